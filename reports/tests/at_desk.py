"""A desk in October 2022: a notice that asks for everything, schools that filed, an officer and a reviewer."""

from core.clock import now
from programmes.tests.upward import make_upward
from reports.enums import FilingState
from reports.models import PlanVersion, ReportVersion, SchoolPlan, SchoolReport
from schools.enums import Role
from schools.tests.factories import make_leader, make_officer, make_school, make_user
from works.tests.factories import make_work

SENTENCE = "先备课，后出门。"


class Desk:
    """programme, officer, reviewer; file_… make what waits."""

    def __init__(self, authority=None, **fields):
        self.programme = make_upward(authority, **fields)
        self.authority = self.programme.authority
        self.officer = make_officer(self.authority, name="周敏")
        self.reviewer = make_user(Role.REVIEWER, authority=self.authority, name="丁宁")

    def school(self, name="示例晨曦小学"):
        school = make_school(self.authority, name=name, short_name=name.removeprefix("示例"))
        school.leader = make_leader(school, name="沈文清")
        school.teacher = make_user(Role.TEACHER, school=school, name="陈晓")
        return school

    def work(self, school, *, kind="essay", state="filed", **fields):
        return make_work(
            school.teacher, self.programme, school, kind=kind, state=state, leader=school.leader, officer=self.officer, **fields
        )

    def report(self, school, *, state=FilingState.FILED, **fields):
        return self._file(SchoolReport, ReportVersion, "report", school, state, {
            "title": f"{school.name}活动报告", "sections": ["", SENTENCE, "孩子更愿意说话了。", "往返路远。"],
            "figures": FIGURES, "figures_at": now(),
        } | fields)  # fmt: skip

    def plan(self, school, *, state=FilingState.FILED, **fields):
        labels = self.programme.rules.plan_fields
        return self._file(SchoolPlan, PlanVersion, "plan", school, state, {
            "title": f"{school.name}走访方案", "sections": {label: f"{label}写在这里。" for label in labels},
            "phases": [{"code": "visits", "name": "走访", "starts_on": "2022-08-01", "ends_on": "2022-09-30", "text": ""}],
        } | fields)  # fmt: skip

    def _file(self, model, versions, name, school, state, values):
        moment, leader = now(), school.leader
        sent = {
            "state": state, "version": 1, "approved_at": moment, "approved_by": leader, "filed_at": moment,
            "filed_by": leader, "receipt": "BG-1", "created_by": leader, "authority_id": school.authority_id,
        }  # fmt: skip
        row = model.objects.create(programme=self.programme, school=school, **(sent | values))
        versions.objects.create(**{name: row}, number=row.version, data=row.content(), filed_at=row.filed_at, filed_by=leader)
        return row


FIGURES = {
    "as_of": "2022-09-30T16:00:00+00:00",
    "lines": [
        {"code": "visited", "label": "已访学生", "value": 1055, "of": 1420, "rate": "74.2%", "unit": "人"},
        {"code": "teachers", "label": "参与教师", "value": 97, "of": None, "rate": "", "unit": "人"},
    ],
    "paragraph": "截至2022年9月30日24:00，全校1,420名学生，已走访1,055人。",
    "grades": [],
    "checklist": [],
}
