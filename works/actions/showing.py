"""A work goes on display and comes down: read once more by a person, with the family's consent (security.md X6).

Whoever locks several rows takes pupils first, then the work, then its showings, so that a consent that is taken back
at the same moment either stops the showing or takes it down.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from core.access import authorize
from core.audit import record
from core.clock import now
from core.states import WrongState, can_move, move
from schools.actions.decide import decide
from schools.actions.message import tell
from schools.models import User
from students.enums import ConsentPurpose
from students.models import Student
from works.enums import RECOMMENDED_STATES, WORK_MOVES, Level, WorkState
from works.models import Showing, Work
from works.queries.showing import findings, hindrances, signature_of

READ_IT = "通读一遍，确认以后勾上。"
NO_REASON = "写明为什么撤下，作者才知道。"
NOT_RECOMMENDED = "学校推荐以后才能在本校展示。"
TAKEN_BACK = "家长撤回了公开展示的同意。"


@transaction.atomic
def publish_work(work, *, by, title, body, confirmed):
    """区里展示 an awarded work → its Showing. Twice is once."""
    work = _locked(work)
    authorize(by, "works.publish", work)
    title, body = _clean(title), _clean(body)
    if (showing := _same(work, Level.DISTRICT, title, body)) and work.state == WorkState.PUBLISHED:
        return showing
    if not can_move(work, WORK_MOVES, "publish"):
        move(work, WORK_MOVES, "publish")  # says what it is now
    _check(work, title, body, confirmed)
    showing = _show(work, Level.DISTRICT, by, title, body, work.award)
    decide(
        work, WORK_MOVES, "publish", by=by, level=Level.DISTRICT, published_at=now(), published_by=by,
        users=[work.author_id], text=f"你的《{title}》在区里的展示页上展示了。", url=reverse("works:showing", args=[showing.pk]),
    )  # fmt: skip
    return showing


@transaction.atomic
def show_at_school(work, *, by, title, body, confirmed):
    """本校展示 of a recommended work (S53); its state stays as it is. Twice is once."""
    work = _locked(work)
    authorize(by, "works.show_at_school", work)
    title, body = _clean(title), _clean(body)
    if showing := _same(work, Level.SCHOOL, title, body):
        return showing
    if work.state not in RECOMMENDED_STATES:
        raise WrongState(NOT_RECOMMENDED)
    _check(work, title, body, confirmed)
    if old := work.showings.standing().filter(level=Level.SCHOOL).first():
        _down(old, by, "换成新的文字。")
    showing = _show(work, Level.SCHOOL, by, title, body, work.school_award)
    tell([work.author_id], f"你的《{title}》在本校展示了。", url=reverse("works:showing", args=[showing.pk]), about=work)
    return showing


@transaction.atomic
def take_down(showing, *, by, reason):
    """撤下, with the reason for the author; from the district's page back to 已表彰. Twice is once."""
    work = Work.objects.select_for_update(of=("self",)).get(pk=showing.work_id)
    showing = Showing.objects.select_for_update(of=("self",)).get(pk=showing.pk)
    authorize(by, "works.take_down", showing)
    reason = (reason or "").strip()[:200]
    if not reason:
        raise ValidationError({"reason": NO_REASON})
    if showing.taken_down_at is None:
        _take_down(work, showing, by, reason)
    return showing


def consent_withdrawn(sender, student_id, purpose, by_id, **kwargs):
    """A family took its consent back: what tells of the visit to this pupil comes down in the same transaction."""
    if purpose != ConsentPurpose.PUBLICATION:
        return
    by = User.objects.get(pk=by_id)
    shown = Showing.objects.standing().filter(work__visit__visit_students__student_id=student_id)
    works = Work.objects.select_for_update(of=("self",)).filter(pk__in=shown.values("work_id")).order_by("pk")
    for work in works:
        for showing in work.showings.standing().select_for_update(of=("self",)):
            _take_down(work, showing, by, TAKEN_BACK)


def _locked(work):
    """The work, after its pupils: see above."""
    pupils = Student.objects.filter(visit_students__visit__works=work.pk).values("pk")
    list(Student.objects.select_for_update(of=("self",)).filter(pk__in=pupils).order_by("pk").only("pk"))
    rows = Work.objects.select_for_update(of=("self",)).select_related("programme", "school", "author", "honoree")
    return rows.get(pk=work.pk)


def _clean(text):
    """As typed, whichever way the browser ends its lines."""
    return "\n".join(text.splitlines()).strip()


def _same(work, level, title, body):
    return work.showings.standing().filter(level=level, title=title, body=body).first()


def _check(work, title, body, confirmed):
    errors = {}
    if not title:
        errors["title"] = "题目不能空着。"
    if not body:
        errors["body"] = "正文不能空着。"
    if not confirmed:
        errors["confirmed"] = READ_IT
    if errors:
        raise ValidationError(errors)
    if problems := [*hindrances(work), *map(str, findings(work, title, body))]:
        raise ValidationError(problems)


def _show(work, level, by, title, body, award):
    showing = Showing.objects.create(
        work=work, level=level, programme_id=work.programme_id, authority_id=work.authority_id, school_id=work.school_id,
        kind=work.kind, title=title, body=body, signature=signature_of(work), award=award, shown_by=by, shown_at=now(),
    )  # fmt: skip
    record(showing, "showing.show", by=by, work=work.pk, level=level)
    return showing


def _take_down(work, showing, by, reason):
    _down(showing, by, reason)
    words = f"《{showing.title}》从展示页撤下了：{reason}"
    if showing.level == Level.DISTRICT and work.state == WorkState.PUBLISHED:
        decide(
            work, WORK_MOVES, "take_down", by=by, level=Level.DISTRICT, reason=reason, published_at=None,
            published_by=None, users=[work.author_id], text=words,
        )  # fmt: skip
    else:
        tell([work.author_id], words, about=work)


def _down(showing, by, reason):
    showing.taken_down_at, showing.taken_down_by, showing.down_reason = now(), by, reason
    showing.save(update_fields=["taken_down_at", "taken_down_by", "down_reason"])
    record(showing, "showing.take_down", by=by, reason=reason)
