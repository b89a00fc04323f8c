"""One row of every kind that deadlines make, for homevisit/tests/world.py. The class head is the one who is told; what
belongs to a whole school is one row for all its classes."""

from core.clock import now, today
from core.jobs import create
from programmes.models import PastNotice
from programmes.queries.rows import rows_in
from reminders.enums import Channel, Platform
from reminders.models import Delivery, Digest, RobotHook, Run
from reports.models import Nudge, ReviewDuty, SavedView, SchoolPart, SubmissionLine
from students.models import PastAnswer, PastHousehold
from visits.models import PastDue
from works.models import PastAward


def what_was_true_before(rows):
    """{model label: row}; rows: what stands at the place now."""
    student, change, due = rows["students.Student"], rows["students.ChangeEvent"], rows["visits.Due"]
    programme = rows["programmes.Programme"]
    return {
        "students.PastHousehold": PastHousehold.objects.create(student=student, household=None, until=now()),
        "students.PastAnswer": PastAnswer.objects.create(
            change=change, answered_on=today(), answered_at=now(), reopened_at=now()
        ),
        "visits.PastDue": PastDue.objects.create(due=due, exempt_reason="other", until=now()),
        "programmes.PastNotice": PastNotice.objects.get_or_create(
            programme=programme, defaults={"data": rows_in(programme), "until": now()}
        )[0],
        "works.PastAward": PastAward.objects.create(work=rows["works.Work"], label="一等奖", until=now()),
    }


def what_deadlines_make(compilation, head, tag, at):
    """{model label: row}; at: {"authority", "school"}"""
    programme = compilation.programme
    mine = {"authority": at["authority"], "programme": programme}
    digest = Digest.objects.create(user=head, on=today(), lines=[])
    hook, _ = RobotHook.objects.get_or_create(
        school=at["school"], defaults={"platform": Platform.WECOM, "address": "https://example.org/x", "set_by": head}
    )
    part = SchoolPart.objects.filter(compilation=compilation, school=at["school"]).first()
    return {
        "reminders.Digest": digest,
        "reminders.Delivery": Delivery.objects.create(
            channel=Channel.MAIL, digest=digest, on=today(), claimed_at=now()
        ),
        "reminders.RobotHook": hook,
        "reminders.Run": Run.objects.get_or_create(kind="day", on=today())[0],
        "reports.SavedView": SavedView.objects.create(user=head, page="desk", name="落后", query="behind=1"),
        "reports.ReviewDuty": ReviewDuty.objects.get_or_create(
            school=at["school"], **mine, defaults={"reviewer": head, "given_by": head}
        )[0],
        "reports.Nudge": Nudge.objects.get_or_create(
            school=at["school"], on=today(), **mine, defaults={"text": "示例", "by": head}
        )[0],
        "reports.SubmissionLine": SubmissionLine.objects.get_or_create(
            compilation=compilation, code="report", **at, defaults={"state": "missing"}
        )[0],
        "reports.SchoolPart": part
        or SchoolPart.objects.create(compilation=compilation, job=create("test", label="试"), **at),
    }
