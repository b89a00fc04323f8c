"""Hints in any state without walking there, and the records they speak of."""

from datetime import datetime, timedelta

from django.utils import timezone

from core.clock import now
from core.media.kinds import MediaKind
from honesty.enums import Finding, HintKind, HintState, Reason
from honesty.models import Hint, HintVisit
from schools.tests.factories import make_leader
from visits.enums import MediaState
from visits.models import Media
from visits.tests.rows import add_visit

FACTS = {
    HintKind.BUNCHED: {"visits": 11, "gap": 4, "short": 3},
    HintKind.ALIKE: {"field": "reflection", "records": 6, "all": 6, "percent": 93},
    HintKind.PHOTO: {"records": 3, "pupils": 3},
}
REASON = {HintKind.BUNCHED: Reason.NEIGHBOURS, HintKind.ALIKE: Reason.COMMON, HintKind.PHOTO: Reason.TOGETHER}


def make_hint(teacher, programme, school, *, kind=HintKind.ALIKE, state=HintState.TOLD, visits=(), by=None, **fields):
    """A hint of which the leader knows by now, with every column that its state needs. by: who concluded it."""
    moment = now()
    values = {"facts": FACTS[kind], "leader_from": moment, "found_at": moment - timedelta(days=3)}
    values["key"] = _key(kind, visits)
    if state == HintState.ANSWERED:
        values |= {"reason": REASON[kind], "answer": "几家在一个小区", "answered_at": moment}
    if state == HintState.CONCLUDED:
        values |= {
            "finding": Finding.FINE, "finding_note": "和老师谈过", "concluded_by": by or make_leader(school),
            "concluded_at": moment, "weight": len(visits),
        }  # fmt: skip
    if state == HintState.GONE:
        values |= {"gone_at": moment}
    hint = Hint.objects.create(
        programme=programme, authority_id=school.authority_id, school=school, teacher=teacher, kind=kind, state=state,
        **(values | fields),
    )  # fmt: skip
    HintVisit.objects.bulk_create(HintVisit(hint=hint, visit=visit) for visit in visits)
    return hint


def _key(kind, visits):
    first = min((visit.pk for visit in visits), default=1)
    return {HintKind.BUNCHED: "2022-09-13", HintKind.ALIKE: f"reflection:{first}", HintKind.PHOTO: str(first)}[kind]


def add_call(programme, student, teacher, start, *, minutes=30, **fields):
    """A recorded home call; start: "2022-09-13 18:30"; fields: texts and whatever else the row says."""
    started_at = timezone.make_aware(datetime.fromisoformat(start))
    mode = fields.pop("mode", "in_person")
    visit = add_visit(programme, [student], on=started_at.date(), lead=teacher, mode=mode)
    values = {"started_at": started_at, "ended_at": started_at + timedelta(minutes=minutes), **fields}
    for name, value in values.items():
        setattr(visit, name, value)
    visit.save(update_fields=list(values))
    return visit


def add_photo(visit, *, sha="", likeness=""):
    """A photo of the record that can be seen; sha: of the file as sent."""
    return Media.objects.create(
        client_uuid=visit.client_uuid, visit=visit, programme=visit.programme, authority_id=visit.authority_id,
        school_id=visit.school_id, owner=visit.lead, kind=MediaKind.PHOTO, state=MediaState.READY, file="media/a.jpg",
        thumb="media/a-s.jpg", sha256="b" * 64, source_sha256=sha, likeness=likeness, size=1, ready_at=now(),
    )  # fmt: skip
