"""A decision taken back within its ten seconds stood while it stood: register and folders say the same of it."""

from datetime import datetime, timedelta

import pytest

from reports.actions.filing import accept_filing, return_filing, undo_filing
from reports.models import SchoolPlan, SchoolReport
from reports.package.stood import papers_of
from reports.queries.submissions import standing
from reports.tests.package import compiled, members
from schools.models import Decision
from schools.tests.factories import make_officer
from works.actions.district import accept_work, return_to_school
from works.actions.school import recall_work, undo_work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
DECIDED, DEADLINE, UNDONE = (f"2022-10-0{at}+08:00" for at in ("8T23:59:57", "9T00:00:00", "9T00:00:04"))
CODES = {"plan", "report", "story", "essay"}


@pytest.fixture
def officer(district):
    return make_officer(district.programme.authority)


def in_register(district, at):
    ids = [school.pk for school in district.schools]
    return sorted((paper.school_id, paper.code) for paper in standing(district.programme, at, CODES, ids))


def in_folders(district, at):
    found = papers_of(district.programme, district.schools, at)
    return sorted((pk, _code(row)) for pk, papers in found.items() for row, _ in papers)


def _code(row):
    return {SchoolPlan: "plan", SchoolReport: "report"}.get(type(row)) or row.kind


def all_undone_across(district, officer, turn):
    """The plan is returned, the report accepted, the story returned, the essay accepted; all of it taken back."""
    turn(DECIDED)
    return_filing(district.plan, by=officer, reason="缺分工")
    accept_filing(district.report, by=officer)
    return_to_school(district.story, by=officer, reason="缺走访时间")
    accept_work(district.essay, by=officer)
    turn(UNDONE)
    for filing in (district.plan, district.report):
        undo_filing(filing, by=officer)
    for work in (district.story, district.essay):
        undo_work(work, by=officer)


def instants():
    second = timedelta(seconds=1)
    for moment in (DECIDED, DEADLINE, UNDONE):
        at = datetime.fromisoformat(moment)
        yield from (at - second, at, at + timedelta(microseconds=1), at + second)


def test_register_and_folders_agree_at_every_instant(district, officer, turn):
    all_undone_across(district, officer, turn)
    assert {at: in_folders(district, at) for at in instants()} == {at: in_register(district, at) for at in instants()}
    at = datetime.fromisoformat(DEADLINE)
    school = district.schools[0].pk
    assert in_folders(district, at) == [(school, "essay"), (school, "report")]
    assert len(in_folders(district, at + timedelta(minutes=1))) == len(in_folders(district, at - timedelta(minutes=1))) == 4


def test_what_happened_after_the_undo_is_taken_back_too(district, officer, turn):
    all_undone_across(district, officer, turn)
    before = {at: in_folders(district, at) for at in instants()}
    turn("2022-10-10T10:00+08:00")
    return_filing(district.report, by=officer, reason="数据不全")
    recall_work(district.essay, by=district.leaders[0])
    return_filing(district.plan, by=officer, reason="还缺分工")
    assert {at: in_folders(district, at) for at in instants()} == before
    assert before == {at: in_register(district, at) for at in instants()}


def test_a_package_made_before_the_undo_and_one_made_after_hold_the_same(district, officer, turn):
    turn(DECIDED)
    return_filing(district.plan, by=officer, reason="缺分工")
    turn(DEADLINE)
    first = members(compiled(district.programme))
    turn(UNDONE)
    undo_filing(district.plan, by=officer)
    assert Decision.objects.get(undone_at__isnull=False).undone_at == datetime.fromisoformat(UNDONE)
    later = compiled(district.programme, at=datetime.fromisoformat(DEADLINE) - timedelta(seconds=1))
    assert not any("走访方案" in name for name in first)
    assert list(members(later)) == list(first)
