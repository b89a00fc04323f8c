"""`rebuild_due PROGRAMME [--check]`: reports what differs from the visits, and repairs only when asked to."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from programmes.enums import ProgrammeState
from programmes.tests.factories import make_programme
from students.tests.factories import make_student
from visits.actions.register import check, open_register
from visits.models import ClassCount, Due
from visits.tests.rows import add_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"
    programme = make_programme()
    first = make_student()
    make_student(first.school_class)
    open_register(programme)
    add_visit(programme, [first], on=date(2022, 9, 10))
    return programme


def run(*arguments):
    out = StringIO()
    call_command("rebuild_due", *arguments, stdout=out)
    return out.getvalue()


def test_check_names_differences_and_fails_without_repairing(programme):
    before = list(Due.objects.order_by("pk").values()), list(ClassCount.objects.order_by("pk").values())

    with pytest.raises(CommandError, match="1处和走访记录不一致") as caught:
        run(programme.code, "--check")

    assert caught.value.returncode == 1
    assert (list(Due.objects.order_by("pk").values()), list(ClassCount.objects.order_by("pk").values())) == before


def test_rebuild_brings_register_and_counters_in_line(programme):
    assert run(programme.code) == "已重新计算，应访2人。\n"
    assert list(ClassCount.objects.filter(dimension=0).values_list("due", "visited")) == [(2, 1)]
    assert run(programme.code, "--check") == "名单、计数和走访记录一致。\n"


def test_rebuild_twice_changes_nothing(programme):
    run(programme.code)
    before = list(Due.objects.order_by("pk").values())

    run(programme.code)

    assert list(Due.objects.order_by("pk").values()) == before


def test_rebuild_of_a_closed_programme_counts_visits_and_keeps_places(programme):
    run(programme.code)
    programme.state = ProgrammeState.CLOSED
    programme.save()
    Due.objects.update(visits=0, first_on=None, last_on=None)

    run(programme.code)

    assert sorted(Due.objects.values_list("visits", flat=True)) == [0, 1]
    assert check(programme) == []


def test_rebuild_of_an_unknown_programme_lists_those_there_are(programme):
    with pytest.raises(CommandError, match="已有：binhe-2022"):
        run("binhe-2099")
