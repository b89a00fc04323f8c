"""One row of every kind that goes up, for homevisit/tests/world.py. The class head is author, judge and owner; the
paper of a school is one row for all its classes."""

from datetime import timedelta

from core.clock import now, today
from core.files import write_bytes
from programmes.models import EventPhoto, LatePass, Publicity
from reports.enums import FilingState, StatementState
from reports.models import PlanVersion, ReportVersion, SchoolPlan, SchoolReport, Statement
from schools.models import Decision, Message
from schools.tests.factories import make_leader
from works.enums import HighlightKind, Level, RoundState, SheetState
from works.models import Highlight, Praise, Round, Scan, Showing
from works.tests.factories import add_sheet, make_work


def what_goes_up(visit, head, tag):
    """{model label: row}"""
    school, programme = visit.school, visit.programme
    at = {"authority_id": school.authority_id, "school": school}
    leader = make_leader(school)
    work = make_work(head, programme, school, visit=visit, kind="story", state="filed", leader=leader)
    round_ = Round.objects.create(
        programme=programme, level=Level.SCHOOL, kind="story", title=f"评选{tag}", created_by=leader,
        state=RoundState.CLOSED, opened_at=now(), closed_at=now(), **at,
    )  # fmt: skip
    write_bytes("scan.pdf", b"%PDF-1.4")
    sheet = add_sheet(round_, work, head, by=leader, school=school, state=SheetState.SCORED, total=80)
    return {
        "schools.Message": Message.objects.create(user=head, text="示例通知"),
        "schools.Decision": Decision.objects.create(
            about_type="works.work", about_id=work.pk, level="district", verb="accept", was="filed", became="accepted",
            by=leader, **at,
        ),
        "programmes.LatePass": LatePass.objects.create(
            programme=programme, submission={"s": "report"}.get(tag, "story"), until=now() + timedelta(days=3),
            reason="示例", given_by=leader, **at,
        ),
        "programmes.Publicity": Publicity.objects.create(
            programme=programme, kind="media", title=f"示例报道{tag}", on=today(), created_by=head, **at
        ),
        "programmes.EventPhoto": EventPhoto.objects.create(
            event=programme.meetings.filter(school=school).latest("pk"), school=school, owner=head, file="e.jpg",
            thumb="e-t.jpg", source_sha256=tag,
        ),
        "works.Work": work,
        "works.WorkVersion": work.versions.get(),
        "works.Scan": Scan.objects.create(
            work=work, version=1, file="scan.pdf", original_name="s.pdf", content_type="application/pdf", sha256=tag,
            uploaded_by=leader,
        ),
        "works.Round": round_,
        "works.Judge": sheet.judge,
        "works.Entry": sheet.entry,
        "works.Sheet": sheet,
        "works.Highlight": Highlight.objects.create(visit=visit, kind=HighlightKind.BRIGHT, marked_by=head, **at),
        "works.Praise": Praise.objects.create(
            visit=visit, teacher=head, said_by="parent", words="耐心", noted_by=head, **at
        ),
        "works.Showing": Showing.objects.create(
            work=work, level=Level.SCHOOL, programme=programme, kind="story", title="示例", body="示例", shown_by=leader,
            **at,
        ),
        **_filed(programme, school, leader),
        "reports.Statement": Statement.objects.create(
            programme=programme, teacher=head, state=StatementState.SHOWN, counted_at=now(), shown_at=now(), **at
        ),
    }  # fmt: skip


def _filed(programme, school, leader):
    moment = now()
    values = {
        "authority_id": school.authority_id, "state": FilingState.FILED, "version": 1, "created_by": leader,
        "approved_at": moment, "approved_by": leader, "filed_at": moment, "filed_by": leader, "receipt": "1",
    }  # fmt: skip
    plan, _ = SchoolPlan.objects.get_or_create(programme=programme, school=school, defaults=values)
    report, _ = SchoolReport.objects.get_or_create(programme=programme, school=school, defaults=values)
    kept = {"data": {}, "filed_by": leader}
    return {
        "reports.SchoolPlan": plan,
        "reports.PlanMember": plan.members.get_or_create(seat="组长", name="示例校长")[0],
        "reports.PlanVersion": PlanVersion.objects.get_or_create(plan=plan, number=1, defaults=kept)[0],
        "reports.SchoolReport": report,
        "reports.ReportVersion": ReportVersion.objects.get_or_create(report=report, number=1, defaults=kept)[0],
    }
