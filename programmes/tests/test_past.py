"""What a notice said before it was changed, asked for an instant."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from programmes.actions.past import keep_notice, lock_notice
from programmes.models import Category, Deadline, PastNotice, Phase, Programme, ProgrammeCategory
from programmes.queries.past import notice_as_of
from programmes.tests.factories import make_programme
from programmes.tests.test_admin import officer, programme, save  # noqa: F401 (fixtures)
from programmes.tests.test_load import BAOSHAN, load

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER = (timezone.make_aware(datetime(2022, month, 1)) for month in (9, 10))


@pytest.fixture
def clock(settings):
    def to(text):
        settings.HOMEVISIT_CLOCK = f"{text}+08:00"

    to("2022-09-15T10:00")
    return to


def change(notice, act):
    stood = lock_notice(notice.pk)
    act()
    keep_notice(notice.pk, stood)


def ends_on(notice, day):
    return lambda: Programme.objects.filter(pk=notice.pk).update(ends_on=day)


@pytest.mark.seed("S23")
def test_what_stood_stands_until_the_instant_of_the_change_and_no_longer(clock):
    notice = make_programme()
    for text, day in (("2022-09-15T10:00", 25), ("2022-09-20T10:00", 20)):
        clock(text)
        change(notice, ends_on(notice, date(2022, 9, day)))
    notice.refresh_from_db()
    said = {
        text: notice_as_of(notice, timezone.make_aware(datetime.fromisoformat(text))).ends_on.day
        for text in ("2022-09-01T00:00", "2022-09-15T10:00", "2022-09-15T10:01", "2022-09-20T10:00", "2022-09-20T10:01")
    }
    assert list(said.values()) == [30, 30, 25, 25, 20]
    assert notice.ends_on.day == 20  # the one that was asked of stays as it is


def test_deadlines_categories_and_settings_are_those_of_then(clock):
    notice = make_programme()

    def rewrite():
        notice.deadlines.update(at=OCTOBER.replace(day=8))
        notice.categories.filter(label="STUDY").update(from_changes=True)
        more = Category.objects.create(authority=notice.authority, code="MORE", name="更多")
        ProgrammeCategory.objects.create(programme=notice, category=more, position=2, label="更多")
        config = {**notice.config, "visit": {"modes": [{"code": "phone", "counts": True}]}}
        Programme.objects.filter(pk=notice.pk).update(config=config)

    change(notice, rewrite)
    notice = Programme.objects.get(pk=notice.pk)
    then = notice_as_of(notice, SEPTEMBER)
    assert [one.at for one in then.deadlines.all()] == [OCTOBER]
    assert [(use.label, use.bit, use.from_changes) for use in then.categories.all()] == [
        ("HARDSHIP", 1, False), ("STUDY", 2, False),
    ]  # fmt: skip
    assert then.rules.counted_modes == {"in_person", "nearby"} and notice.rules.counted_modes == {"phone"}
    now = notice_as_of(then, OCTOBER)  # also asked of a copy
    assert (now.rules.counted_modes, now.categories.count(), now.deadlines.get().at) == (
        {"phone"}, 3, OCTOBER.replace(day=8),
    )  # fmt: skip


def test_one_query_and_none_for_the_same_instant_or_where_they_are_at_hand(clock, django_assert_num_queries):
    notice = make_programme()
    with django_assert_num_queries(1):
        then = notice_as_of(notice, SEPTEMBER)
    with django_assert_num_queries(0):
        assert notice_as_of(then, SEPTEMBER) is then
    notice = Programme.objects.prefetch_related("past_notices").get()
    with django_assert_num_queries(0):
        notice_as_of(notice, SEPTEMBER)


def test_steps_of_a_phase_and_the_same_again_keep_nothing(clock):
    notice = make_programme()
    phase = Phase.objects.create(programme=notice, code="visits", name="走访", starts_on="2022-09-01", ends_on="2022-09-30")
    change(notice, lambda: Phase.objects.filter(pk=phase.pk).update(steps=["备课"]))
    change(notice, ends_on(notice, notice.ends_on))
    assert not PastNotice.objects.exists()


def test_a_changed_file_keeps_what_the_notice_said_and_the_same_file_nothing():
    load(BAOSHAN)
    load(BAOSHAN)
    assert not PastNotice.objects.exists()
    was = Programme.objects.get().title
    load(BAOSHAN, (f'title = "{was}"', 'title = "另一个名称"'))
    past = PastNotice.objects.get()
    assert (past.data["programme"]["title"], set(past.data)) == (was, {"programme", "deadlines", "categories", "config"})


def test_an_edit_in_the_administration_keeps_it_too(client, programme, officer):  # noqa: F811
    save(client, programme)
    assert not PastNotice.objects.exists()
    save(client, programme, ends_on="2022-09-29")
    kept = [past.data["programme"]["ends_on"] for past in PastNotice.objects.all()]
    assert kept == [str(programme.ends_on)] and Deadline.objects.filter(programme=programme).exists()
