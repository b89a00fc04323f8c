"""A correction is a revision beside what stands: the same instant, as it is known now, with its reason."""

from datetime import date, timedelta

import pytest

from core.clock import now
from core.files import checksum_of
from core.models import AuditEntry
from core.states import WrongState
from reports.actions.compile import CannotCompile, correct_compilation, run_compilation, start_compilation
from reports.models import Compilation, Snapshot
from reports.queries.summary import summary_table
from reports.tests.factories import make_district
from reports.tests.test_compile import DEADLINE, compiled, figures
from schools.tests.factories import make_officer
from students.models import Student
from visits.models import Visit
from visits.tests.rows import add_visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media", "august")]
REASON = "两所学校9月的走访10月才补录"


@pytest.fixture
def district(midnight):
    programme, _ = make_district(pupils=4, visited=2)
    officer = make_officer(programme.authority)
    midnight()
    return programme, officer, compiled(programme)


def corrected(compilation, officer, reason=REASON):
    correction = correct_compilation(compilation, by=officer, reason=reason)
    run_compilation(correction.job_id)
    correction.refresh_from_db()
    return correction


def visited(compilation):
    return sum(line[3] for line in figures(compilation) if line[1] == 0)


@pytest.mark.seed("S23")
def test_late_entries_show_in_revision_two_and_revision_one_stays(district, settings):
    programme, officer, first = district
    before, checksum, file = figures(first), first.checksum, first.file
    settings.HOMEVISIT_CLOCK = "2022-10-06T10:00+08:00"
    unvisited = Student.objects.exclude(pk__in=Visit.objects.values("visit_students__student"))
    add_visit(programme, [unvisited[0]], on=date(2022, 9, 29), recorded_at=now())  # made in time, written down late
    add_visit(programme, [unvisited[1]], on=date(2022, 10, 5), recorded_at=now())  # 补访
    settings.HOMEVISIT_CLOCK = "2022-10-07T10:00+08:00"

    second = corrected(first, officer)
    assert (second.state, second.revision, second.corrects_id, second.reason) == ("ready", 2, first.pk, REASON)
    assert (second.as_of, second.known_at, second.stage) == (DEADLINE, now(), "截止数据")
    assert visited(second) == visited(first) + 1
    first.refresh_from_db()
    assert (figures(first), first.checksum, first.file, checksum_of(first.file)) == (before, checksum, file, checksum)
    facts = AuditEntry.objects.get(action="compilation.correct").facts
    assert facts == {"revision": 2, "reason": REASON}


def test_a_correction_may_be_corrected(district, settings):
    _, officer, first = district
    settings.HOMEVISIT_CLOCK = "2022-10-06T10:00+08:00"
    second = corrected(first, officer)
    third = corrected(second, officer, "还有一所")
    assert (third.revision, third.corrects_id, third.state) == (3, second.pk, "ready")
    assert ["，更正）" in one.job.label for one in (first, second, third)] == [False, True, True]


def test_the_same_correction_twice_is_one_and_another_is_refused(district, settings):
    _, officer, first = district
    settings.HOMEVISIT_CLOCK = "2022-10-06T10:00+08:00"
    second = correct_compilation(first, by=officer, reason=REASON)
    assert correct_compilation(first, by=officer, reason=f" {REASON} ") == second
    with pytest.raises(WrongState, match="已经更正过，请打开第2版"):
        correct_compilation(first, by=officer, reason="别的原因")
    assert Compilation.objects.count() == 2


def test_a_correction_needs_a_reason_and_something_to_correct(district, settings):
    programme, officer, first = district
    with pytest.raises(CannotCompile, match="写明更正的原因"):
        correct_compilation(first, by=officer, reason="  ")
    settings.HOMEVISIT_CLOCK = "2022-10-06T10:00+08:00"
    unfinished = start_compilation(programme, "coverage", at=now(), queue=False)
    with pytest.raises(WrongState, match="还没有汇编好"):
        correct_compilation(unfinished, by=officer, reason=REASON)


def test_asking_for_the_deadline_again_gives_the_first_not_the_correction(district, settings):
    programme, officer, first = district
    settings.HOMEVISIT_CLOCK = "2022-10-06T10:00+08:00"
    corrected(first, officer)
    assert start_compilation(programme, "coverage") == first
    assert not Snapshot.objects.exclude(compilation__revision__in=(1, 2)).exists()


def test_a_deadline_that_was_moved_is_another_instant(district, settings):
    programme, officer, first = district
    programme.deadlines.filter(kind="coverage").update(at=DEADLINE + timedelta(days=10))
    settings.HOMEVISIT_CLOCK = "2022-10-12T10:00+08:00"
    second = compiled(programme)
    assert (second.revision, second.as_of, second.corrects) == (2, DEADLINE + timedelta(days=10), None)
    assert corrected(first, officer).deadline_at == DEADLINE


def test_two_revisions_together_tell_no_small_number(midnight, settings):
    programme, _ = make_district(schools=3)
    officer = make_officer(programme.authority)
    midnight()
    first = compiled(programme)
    settings.HOMEVISIT_CLOCK = "2022-10-06T10:00+08:00"
    second = corrected(first, officer)
    dimension = max(line[1] for line in figures(first))
    for compilation, numbers in ((first, (3, 6, 9)), (second, (3, 6, 5))):
        rows = Snapshot.objects.filter(compilation=compilation, dimension=dimension).order_by("school__code")
        for row, number in zip(rows, numbers, strict=True):
            Snapshot.objects.filter(pk=row.pk).update(due=number, visited=0)
    assert _due_of(first, dimension) == ["<5", "…", 9, 18]
    assert _due_of(second, dimension) == ["<5", "…", "…", 14]  # 6 shown here would say that 3 is left out above


def _due_of(compilation, dimension):
    """应访 of a category as the summary writes it, 合计 last."""
    table = summary_table(compilation)
    category = next(use for use in compilation.programme.categories.all() if use.position + 1 == dimension)
    at = next(i for i, column in enumerate(table.columns) if (column.group, column.title) == (category.label, "应访"))
    return [row[at] for row in (*table.rows, table.sums)]
