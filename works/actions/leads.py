"""What a visit brings to light, marked by who reads its record: 亮点, and teachers a family speaks well of."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from core.audit import record
from core.clock import now
from core.states import WrongState
from schools.actions.message import tell
from visits.enums import COUNTED_STATES
from works.models import Highlight, Praise
from works.queries.mine import kind_rule, nominees

NOT_RECORDED = "这次家访还没有记录，或者已经作废，先不能标。"
NOT_YOURS = "这是别人标的，请他或者学校负责人来取消。"


@transaction.atomic
def mark_highlight(visit, *, by, kind, on=True, note=""):
    """Mark or unmark; the same act twice is one. Who marked it, or the leader, may unmark it or change the note."""
    if visit.state not in COUNTED_STATES:
        raise WrongState(NOT_RECORDED)
    row = Highlight.objects.select_for_update().filter(visit=visit, kind=kind).first()
    if row is not None and (not on or row.note != note):
        _may_change(row.marked_by_id, visit, by)
    if not on:
        if row is not None:
            row.delete()
            record(visit, "visit.unhighlight", by=by, kind=kind)
        return None
    if row is None:
        row, created = Highlight.objects.get_or_create(
            visit=visit, kind=kind,
            defaults={"authority_id": visit.authority_id, "school_id": visit.school_id, "note": note, "marked_by": by},
        )  # fmt: skip
        if created:
            record(visit, "visit.highlight", by=by, kind=kind)
    elif row.note != note:
        row.note = note
        row.save(update_fields=["note"])
        record(visit, "visit.highlight", by=by, kind=kind)
    return row


def _may_change(author_id, visit, by):
    if author_id != by.pk and visit.school_id not in by.reach.leader_schools:
        raise WrongState(NOT_YOURS)


@transaction.atomic
def note_praise(visit, *, by, teacher, said_by, words):
    """→ (Praise, created). One for a teacher and a visit; said again, the words are replaced by who wrote them."""
    if visit.state not in COUNTED_STATES:
        raise WrongState(NOT_RECORDED)
    if not nominees(visit.school_id).filter(pk=teacher.pk).exists():
        raise ValidationError({"teacher": "选一位本校在职的老师。"})
    row, created = Praise.objects.get_or_create(
        visit=visit, teacher=teacher, removed_at=None,
        defaults={
            "authority_id": visit.authority_id, "school_id": visit.school_id, "said_by": said_by, "words": words,
            "noted_by": by,
        },
    )  # fmt: skip
    if not created and (row.said_by, row.words) != (said_by, words):
        _may_change(row.noted_by_id, visit, by)
        row.said_by, row.words = said_by, words
        row.save(update_fields=["said_by", "words"])
    record(visit, "visit.praise", by=by, teacher=teacher.pk)
    return row, created


@transaction.atomic
def remove_praise(praise, *, by):
    """Kept for the record, shown no more. The same act twice is one."""
    praise = Praise.objects.select_for_update(of=("self",)).select_related("visit").get(pk=praise.pk)
    if praise.removed_at is None:
        _may_change(praise.noted_by_id, praise.visit, by)
        praise.removed_at = now()
        praise.save(update_fields=["removed_at"])
        record(praise.visit, "visit.unpraise", by=by, teacher=praise.teacher_id)
    return praise


@transaction.atomic
def ask_for(visit, *, by, kind):
    """The leader asks who led the visit to write it up; asked twice in a row is one notice while it is unread."""
    rule = kind_rule(visit.programme, kind)
    if rule is None or visit.state not in COUNTED_STATES:
        raise WrongState(NOT_RECORDED)
    lead, text = visit.lead, f"{by.name}请你把{visit.visited_on:%-m月%-d日}的家访写成{rule.label}。"
    if lead.messages.filter(about_type=visit._meta.label_lower, about_id=visit.pk, text=text, read_at=None).exists():
        return
    tell([lead], text, url=f"{reverse('works:new')}?kind={kind}&visit={visit.pk}", about=visit)
    record(visit, "work.ask", by=by, kind=kind)
