"""State × verb × role of the desk's verbs on plans and reports; many at once in the administration."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from core.models import AuditEntry
from core.states import WrongState
from programmes.models import LatePass
from reports.actions.filing import accept_filing, recommend_filing, return_filing
from reports.actions.review import decide_one, decide_rows, undo_decisions
from reports.enums import FILING_MOVES, FilingState
from reports.models import SchoolPlan, SchoolReport
from reports.tests.at_desk import SENTENCE, Desk
from schools.enums import Role
from schools.models import Decision, Message
from schools.tests.factories import add_post, make_authority, make_officer, make_user

pytestmark = pytest.mark.django_db
VERBS = {"accept": (accept_filing, {}), "return": (return_filing, {"reason": "太短"}), "recommend": (recommend_filing, {})}
F = FilingState


@pytest.fixture
def desk(settings):
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00+08:00"
    return Desk()


def in_state(desk, school, what, state):
    moment = {"returned_at": None} if state != F.RETURNED else {
        "returned_at": "2022-10-08T01:00Z", "returned_by": desk.officer, "return_reason": "原因"
    }  # fmt: skip
    accepted = {"accepted_at": "2022-10-08T01:00Z", "accepted_by": desk.officer} if state == F.ACCEPTED else {}
    return getattr(desk, what)(school, state=state, **moment, **accepted)


@pytest.mark.parametrize("what", ["report", "plan"])
@pytest.mark.parametrize("verb", VERBS)
def test_every_state_and_verb(desk, what, verb):
    wrong = []
    for number, state in enumerate(F):
        row = in_state(desk, desk.school(f"示例{number}小学"), what, state)
        function, facts = VERBS[verb]
        try:
            moved = function(row, by=desk.reviewer, **facts).state
        except WrongState:
            moved = None
        sources, target = FILING_MOVES[verb]
        same = verb == "accept" and state == F.ACCEPTED  # twice is once
        expected = target if state in sources else state if same else None
        if moved != expected:
            wrong.append((state, moved, expected))
    assert wrong == []


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("what", ["report", "plan"])
@pytest.mark.parametrize("verb", VERBS)
def test_who_may(desk, what, verb):
    school, there = desk.school(), make_authority("there")
    row = getattr(desk, what)(school)
    function, facts = VERBS[verb]
    add_post(own := make_officer(desk.authority), Role.TEACHER, school=school)
    strangers = [
        school.leader, school.teacher, make_user(Role.SCHOOL_ADMIN, school=school), make_officer(there), own,
        make_user(Role.REVIEWER, authority=there), make_user(Role.AUDITOR, authority=desk.authority), make_user(),
    ]  # fmt: skip
    for user in strangers:
        with pytest.raises(PermissionDenied):
            function(row, by=user, **facts)
    for number, user in enumerate((desk.reviewer, desk.officer)):
        function(getattr(desk, what)(desk.school(f"示例{number}小学")), by=user, **facts)


def test_many_at_once_and_taken_back_together(desk):
    rows = [desk.report(desk.school(f"示例{n}小学")) for n in range(3)]
    outcome, batch = decide_rows(SchoolReport.objects.all(), "accept", by=desk.reviewer)
    assert len(outcome.done) == 3 and Decision.objects.filter(batch=batch).count() == 3
    undo_decisions(batch, by=desk.reviewer)
    assert set(SchoolReport.objects.values_list("state", flat=True)) == {F.FILED} and not Message.objects.exists()
    decide_one(rows[0], "return", by=desk.officer, reason="太短")
    outcome, _ = decide_rows(SchoolReport.objects.all(), "accept", by=desk.reviewer)
    assert len(outcome.done) == 2 and set(outcome.refused) == {rows[0].pk}


@pytest.mark.parametrize("what, model", [("report", SchoolReport), ("plan", SchoolPlan)])
def test_the_administration_decides_by_the_same_actions(desk, what, model):
    row = getattr(desk, what)(desk.school())
    client = Client()
    client.force_login(desk.reviewer, backend="schools.backends.StaffBackend")
    address = f"/admin/reports/{model._meta.model_name}/"
    assert SENTENCE[:4] in client.get(f"{address}{row.pk}/change/").content.decode() or what == "plan"
    data = {"action": "return_many", "_selected_action": [row.pk]}
    assert "退回原因" in client.post(address, data).content.decode()
    client.post(address, data | {"said": "yes", "reason": "第四部分太短"})
    row.refresh_from_db()
    assert (row.state, row.return_reason) == (F.RETURNED, "第四部分太短")
    assert Message.objects.filter(user=row.filed_by).exists()
    exported = client.post(f"{address}export/", {"format": "0", "resource": "0"})
    assert exported["Content-Type"].endswith("sheet") and AuditEntry.objects.get(action="admin.export").facts["rows"] == 1


def test_late_passes_are_read_there(desk):
    school = desk.school()
    LatePass.objects.create(
        programme=desk.programme, authority=desk.authority, school=school, submission="report",
        until="2022-10-20T16:00Z", reason="校舍搬迁", given_by=desk.officer,
    )  # fmt: skip
    client = Client()
    client.force_login(desk.reviewer, backend="schools.backends.StaffBackend")
    text = client.get("/admin/programmes/latepass/").content.decode()
    assert "校舍搬迁" in text and "活动报告" in text
    assert client.get("/admin/programmes/latepass/add/").status_code == 403
