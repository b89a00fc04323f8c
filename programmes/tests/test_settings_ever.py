"""What a notice said years ago can still be read: names of settings and columns are never lost without a translation.

data/past_notice.json is a PastNotice with every setting there ever was. Add what is new to it; never take anything out: a
setting that was renamed or removed stays there under its old name and is translated (programmes/config/renamed.py).
"""

import json
from datetime import datetime
from pathlib import Path
from typing import get_args

import pytest
from django.utils import timezone
from pydantic import BaseModel

from programmes.admin import ProgrammeForm
from programmes.config.renamed import RENAMED, in_todays_words
from programmes.config.schema import ProgrammeConfig
from programmes.models import Category, PastNotice, Programme
from programmes.queries.past import notice_as_of
from programmes.queries.rows import rows_in
from programmes.tests.factories import make_programme

DATA = json.loads(Path(__file__).with_name("data").joinpath("past_notice.json").read_text())


def models_in(annotation):
    """Parts of the schema that stand in a type: Judging of `Judging | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


def names(model, above=""):
    """Paths of all settings, lists passed through."""
    for name, field in model.model_fields.items():
        yield f"{above}{name}"
        for part in models_in(field.annotation):
            yield from names(part, f"{above}{name}.")


def names_said(data, above=""):
    for name, value in data.items():
        yield f"{above}{name}"
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                yield from names_said(part, f"{above}{name}.")


def test_a_notice_that_says_everything_there_ever_was_can_be_read():
    ProgrammeConfig.model_validate(in_todays_words(DATA["config"]))


def test_every_setting_of_today_stands_in_it():
    assert sorted(set(names(ProgrammeConfig)) - set(names_said(in_todays_words(DATA["config"])))) == []


def test_what_is_translated_is_gone_and_stands_in_it_under_its_old_name():
    assert set(RENAMED) <= set(names_said(DATA["config"]))
    assert not set(RENAMED) & set(names(ProgrammeConfig))


@pytest.mark.django_db
@pytest.mark.seed("S23")
def test_a_figure_of_then_finds_the_notice_of_then():
    notice = make_programme()
    Category.objects.get_or_create(authority=notice.authority, code="HARDSHIP", defaults={"name": "困难家庭"})
    october = timezone.make_aware(datetime(2022, 10, 1))
    PastNotice.objects.create(programme=notice, data=DATA, until=october)
    then = notice_as_of(notice, timezone.make_aware(datetime(2022, 9, 1)))
    assert (then.ends_on.isoformat(), then.rules.hints.more_than_a_day, then.rules.counted_modes) == (
        "2022-09-30", 8, {"in_person"},
    )  # fmt: skip
    assert [(row.kind, row.last_day.isoformat()) for row in then.deadlines.all()] == [("coverage", "2022-09-30")]
    assert [use.category.code for use in then.categories.all()] == ["HARDSHIP"]


@pytest.mark.django_db
def test_every_column_that_is_kept_today_stands_in_it():
    rows = rows_in(Programme.objects.prefetch_related("deadlines").get(pk=make_programme().pk))
    assert set(rows["programme"]) <= set(DATA["programme"])
    assert set(DATA["programme"]) <= {field.attname for field in Programme._meta.get_fields() if field.concrete}
    for kind in ("deadlines", "categories"):
        [kept] = DATA[kind].values()
        assert all(set(row) <= set(kept) for row in rows[kind].values())


@pytest.mark.parametrize(
    ("config", "said"),
    (
        ({"hints": {"many": 9, "short": 1}}, {"hints": {"more_than_a_day": 9, "short": 1}}),
        ({"hints": {"many": 9, "more_than_a_day": 7}}, {"hints": {"more_than_a_day": 7}}),
        ({"works": [{"ask": ["一"], "fee": 3}, {}]}, {"works": [{"prompts": ["一"]}, {}]}),
        ({"hints": None, "works": "坏了"}, {"hints": None, "works": "坏了"}),
        ({}, {}),
    ),
)
def test_old_names_are_read_in_todays_words(config, said):
    before = json.dumps(config)
    renamed = {"hints.many": "more_than_a_day", "works.ask": "prompts", "works.fee": None}
    assert in_todays_words(config, renamed) == said
    assert json.dumps(config) == before


@pytest.mark.django_db
def test_a_notice_written_in_old_words_is_read_and_shown_in_todays(monkeypatch):
    monkeypatch.setitem(RENAMED, "hints.many", "more_than_a_day")
    notice = make_programme()
    Programme.objects.update(config=notice.config | {"hints": {"many": 5}})
    notice = Programme.objects.get()
    assert notice.rules.hints.more_than_a_day == 5
    assert ProgrammeForm(instance=notice).initial["config"]["hints"] == {"more_than_a_day": 5}
