"""Drafts: the one of a form, those of a person."""

import base64
import json
import uuid
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.urls import reverse

from core import formats
from core.clock import local_date, today
from core.fields import derived_key
from students.models import Student
from visits.enums import VisitState
from visits.models import Visit, VisitDraft
from visits.rules import pupils_to_visit

OPEN_AGAIN = {VisitState.LOCKED}  # amended after it was locked


def base_of(draft):
    """Names one saved state of one row; a row that was deleted and made anew is another."""
    return f"{draft.pk}-{draft.version}" if draft else ""


def saved_at(draft):
    """20:07, with the day when it is another."""
    clock = formats.clock(draft.updated_at)
    return clock if local_date(draft.updated_at) == today() else f"{formats.day(draft.updated_at)} {clock}"


def submitted_as(user, client_uuid, visit=None):
    """The record this number was submitted as, None while it can be. visit: the one a correction is of."""
    if visit is not None:
        return None if visit.is_returned or visit.state in OPEN_AGAIN else visit
    return Visit.objects.filter(client_uuid=client_uuid, lead=user, recorded_at__isnull=False).first()


def for_form(user, programme, student, visit=None):
    """What the form needs to keep its words, for the template's context: the newest draft of this family (or of this
    record) and where to save. visit: the appointment that becomes the record, or the record to correct.
    draft_post: the draft as if it were posted, None without a draft."""
    corrected = visit if visit is not None and visit.recorded_at else None
    drafts = VisitDraft.objects.filter(user=user, programme=programme, dropped_at=None)
    drafts = drafts.filter(visit=corrected) if corrected else drafts.filter(student=student, visit=None)
    draft = drafts.order_by("-updated_at", "-pk").first()
    if visit is not None:
        number = visit.client_uuid
    else:
        number = draft.client_uuid if draft else _number(user, programme, student)
    place = f"{user.pk}:{programme.pk}:{student.pk if student else ''}:{corrected.pk if corrected else ''}"
    return {
        "draft_uuid": number,
        "draft_url": reverse("visits:draft", args=[number]),
        "draft_drop_url": reverse("visits:delete_draft", args=[number]),
        "draft_base": base_of(draft),
        "draft_saved": saved_at(draft) if draft else "",
        "draft_data": json.loads(draft.data or "{}") if draft else None,
        "draft_spare": json.loads(draft.data or "{}").get("spare", []) if draft else [],
        "draft_post": posted(draft, number) if draft else None,
        "draft_owner": owner_tag(user),
        "draft_slot": derived_key(f"draft slot {place}").hex()[:16],
        "draft_key": base64.b64encode(derived_key(f"local copy {user.pk}")).decode(),
        "draft_visit": corrected.pk if corrected else "",
    }


def owner_tag(user):
    """Tells one person's local copies from another's without saying who it is."""
    return derived_key(f"local copy owner {user.pk}").hex()[:16]


def _number(user, programme, student):
    """The same for every tab that opens this family's form, until a record of it is submitted."""
    records = Visit.objects.filter(lead=user, programme=programme, recorded_at__isnull=False)
    if student:
        records = records.filter(visit_students__student=student)
    last = records.order_by("-pk").values_list("pk", flat=True).first()
    name = f"visit number {user.pk}:{programme.pk}:{student.pk if student else ''}:{last or ''}"
    return uuid.UUID(bytes=derived_key(name)[:16], version=4)


def posted(draft, number=None):
    """The draft as the form would have posted it."""
    document = json.loads(draft.data or "{}")
    post = QueryDict(mutable=True)
    for name, texts in document.get("values", {}).items():
        post.setlist(name, texts)
    for prefix, count in document.get("rows", {}).items():
        post[f"{prefix}-TOTAL_FORMS"], post[f"{prefix}-INITIAL_FORMS"] = str(count), "0"
    post["client_uuid"] = str(number or draft.client_uuid)
    if draft.student_id:
        post["student"] = str(draft.student_id)
    return post


@dataclass(frozen=True)
class Drafts:
    """Newest first. deleted: those that can be had back."""

    open: list = field(default_factory=list)
    deleted: list = field(default_factory=list)


def my_drafts(user):
    """What I have not submitted, with .mine: may I still visit that pupil. One query."""
    may_visit = Student.objects.filter(pupils_to_visit(user.reach), pk=OuterRef("student"))
    rows = (
        VisitDraft.objects.filter(user=user)
        .select_related("programme", "student__school_class", "visit")
        .annotate(mine=Exists(may_visit))
        .defer("data")
        .order_by("-updated_at", "-pk")
    )
    found = Drafts()
    for draft in rows:
        draft.saved = saved_at(draft)
        (found.deleted if draft.dropped_at else found.open).append(draft)
    return found


def told(draft, labels):
    """[(label, text)] of everything written in words. labels: {field: label} the form would have had."""
    document = json.loads(draft.data or "{}")
    labels = {**document.get("labels", {}), **labels}
    lines = []
    for name, texts in document.get("values", {}).items():
        text = "\n".join(texts).strip()
        if text and name in labels:
            lines.append((labels[name], text))
    return lines + [(one["label"], one["text"]) for one in document.get("spare", [])]
