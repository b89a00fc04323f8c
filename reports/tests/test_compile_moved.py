"""A deadline that is moved after a package was started moves nothing in it, nor in its correction."""

from datetime import datetime

import pytest

from core.states import WrongState
from reports.actions.compile import correct_compilation, restart_compilation, run_compilation
from reports.actions.compile import schools as of_schools
from reports.models import Compilation, SubmissionLine
from reports.queries.submissions import register
from reports.tests.package import PAPERS_BY, compiled, members, rows_of
from schools.tests.factories import make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
LATER = datetime.fromisoformat("2022-11-01T00:00+08:00")


def lines(compilation, code="plan"):
    rows = SubmissionLine.objects.filter(compilation=compilation, code=code).order_by("school__code")
    return list(rows.values_list("state", "late"))


def until(compilation):
    """截止 of the paper that came late, and of those that are owed."""
    data = members(compilation)["未走访和未报送.xlsx"]
    return rows_of(data, "补报")[3][-1], {row[2]: row[4] for row in rows_of(data, "未报送")[3:-1]}


def test_a_school_tried_again_is_late_by_the_deadline_of_the_package(district, turn, monkeypatch):
    officer = make_officer(district.programme.authority)
    turn(PAPERS_BY)

    def breaks(*args):
        raise ValueError("a template is broken")

    monkeypatch.setattr(of_schools, "write_part", breaks)
    compilation = compiled(district.programme)
    assert compilation.job.state == "failed"
    monkeypatch.undo()
    district.programme.deadlines.update(at=LATER)
    restart_compilation(compilation, by=officer)
    run_compilation(compilation.job_id)
    compilation.refresh_from_db()
    assert compilation.state == "ready"
    assert lines(compilation) == [("filed", True), ("missing", False), ("missing", False)]
    late, owed = until(compilation)
    assert (late, owed["学校走访方案"], owed["活动报告"]) == (
        "2022年8月31日24:00", "2022年8月31日24:00", "2022年10月8日24:00",
    )  # fmt: skip
    with pytest.raises(WrongState):
        restart_compilation(compilation, by=officer)
    today = register(type(district.programme).objects.get(pk=district.programme.pk))
    assert not today[district.schools[0].pk]["plan"].late  # the desk goes by the deadline of today


def test_a_correction_goes_by_the_deadlines_of_what_it_corrects(district, turn):
    turn(PAPERS_BY)
    first = compiled(district.programme)
    district.programme.deadlines.update(at=LATER)
    turn("2022-10-20T10:00+08:00")
    second = correct_compilation(first, by=make_officer(district.programme.authority), reason="漏了一次走访")
    run_compilation(second.job_id)
    second = Compilation.objects.select_related("programme__authority", "job").get(pk=second.pk)
    assert (lines(second), until(second)) == (lines(first), until(first))
    assert (second.state, second.deadline_at, second.stage) == ("ready", first.deadline_at, "截止数据")
