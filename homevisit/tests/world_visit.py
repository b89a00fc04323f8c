"""One row of every kind that hangs on a pupil's visit, for homevisit/tests/world.py."""

import uuid

from core.clock import now
from honesty.models import Hint, HintVisit, SchoolLook
from programmes.models import Attendance, ConductSignature, DocumentTemplate, Event
from students.models import Assignment, Consent, PortraitNote
from visits.actions.calendar import hashed
from visits.enums import MediaState
from visits.models import (
    CalendarLink,
    HelpGiven,
    Media,
    PastVoid,
    Promise,
    Upload,
    VisitDraft,
    VisitNote,
    VisitVersion,
)


def _calendar(user, token):
    link = CalendarLink.objects.create(user=user, token_hash=hashed(token))
    link.token = token  # what stands in the address; the row keeps only its hash
    return link


def around_visit(visit, student, head, tag):
    """{model label: row}; head wrote the record and owns what is his alone."""
    school, programme = visit.school, visit.programme
    at = {"authority_id": school.authority_id, "school": school}
    hint = Hint.objects.create(
        programme=programme, teacher=head, kind="photo", key=tag, facts={"records": 2, "pupils": 2}, leader_from=now(), **at
    )
    event = Event.objects.create(programme=programme, kind="training", title="家访培训", created_by=head, **at)
    return {
        "programmes.ConductSignature": ConductSignature.objects.create(
            programme=programme, user=head, school=school, version=1
        ),
        "programmes.Event": event,
        "programmes.Attendance": Attendance.objects.create(event=event, school=school, user=head, marked_by=head),
        "programmes.DocumentTemplate": DocumentTemplate.objects.get_or_create(
            authority=school.authority, kind="visit_record",
            defaults={"file": "templates/t.docx", "original_name": "t.docx", "checksum": "0", "uploaded_by": head},
        )[0],
        "students.Assignment": Assignment.objects.create(
            programme=programme, student=student, visitor=head, assigned_by=head, **at
        ),
        "students.Consent": Consent.objects.create(student=student, purpose="photo", recorded_by=head),
        "students.PortraitNote": PortraitNote.objects.create(student=student, text="会修自行车", written_by=head),
        "visits.VisitNote": VisitNote.objects.create(visit=visit, student=student, strengths="手巧", **at),
        "visits.Promise": Promise.objects.create(visit=visit, text="每晚读书", **at),
        "visits.HelpGiven": HelpGiven.objects.create(visit=visit, kind="物品", **at),
        "visits.VisitVersion": VisitVersion.objects.create(
            visit=visit, number=1, written_by=head, written_at=now(), superseded_by=head
        ),
        "visits.PastVoid": PastVoid.objects.create(
            visit=visit, voided_at=now(), voided_by=head, void_reason="示例", unvoided_by=head, unvoid_reason="示例"
        ),
        "visits.VisitDraft": VisitDraft.objects.create(user=head, programme=programme, student=student),
        "visits.CalendarLink": _calendar(head, f"a-calendar-token-{tag}"),
        "visits.Media": Media.objects.create(
            client_uuid=visit.client_uuid, visit=visit, programme=programme, owner=head, kind="photo",
            state=MediaState.READY, file=f"media/{tag}.jpg", thumb=f"media/{tag}-s.jpg", sha256="0", size=1, **at,
        ),
        "visits.Upload": Upload.objects.create(
            client_uuid=uuid.uuid4(), programme=programme, school=school, owner=head, kind="photo", size=10
        ),
        "honesty.Hint": hint,
        "honesty.HintVisit": HintVisit.objects.create(hint=hint, visit=visit),
        "honesty.SchoolLook": SchoolLook.objects.get_or_create(
            programme=programme, school=school, defaults={"looked_at": now()}
        )[0],
    }  # fmt: skip
