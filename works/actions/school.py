"""What the school does with a work handed in: returned, recommended, put in order, awarded, sent to the district.

Each is one transaction on the locked row, a line in the log, and a notice to the author. Whatever moves the school's
order or its quota locks the school's row first, so that two at once are counted one by one.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from core.access import allowed, authorize
from core.audit import record
from core.clock import now, today
from core.states import WrongState, can_move, move
from programmes.enums import ProgrammeState
from programmes.queries.window import window
from schools.actions.decide import MOVED_ON, decide, last_decision, undo
from schools.models import School
from visits.actions.review import Outcome
from works.enums import AT_DISTRICT_STATES, STANDING_STATES, WORK_MOVES, Level, WorkState
from works.models import PastAward, Work
from works.queries.alias import names_in, unnamed
from works.queries.quota import label_of, limit_of, quota_left, rule_of
from works.queries.school import in_order, needs_truth, school_words, visit_problem

S = WorkState
NEWER = "老师刚重新交过，看过新的内容再处理。"
CLOSED = "报送时间过了。要补报，请区里给本校开通。"
NOT_STARTED = "活动还没有开始。"
NO_OPINION = "写一句学校推荐意见。"
NOT_TRUE = "核实过内容真实，再勾选推荐。"
NO_REASON = "写明退回原因，老师才知道改什么。"
FUTURE = "这是将来的日期，改成今天或更早的一天。"
NO_ORDER_NOW = "推荐之后、报区之前才排顺序。"
NOT_OFFICE = "由本校的负责人或学校管理员报送。"
# What may be taken back within ten seconds, and who must still be allowed to do it.
UNDOABLE = {
    "approve": "works.approve", "return_to_author": "works.approve", "accept": "works.decide",
    "return_to_school": "works.decide", "shortlist": "works.decide", "award": "works.award", "send_up": "works.send_up",
    "upper_award": "works.send_up", "upper_clear": "works.send_up",
}  # fmt: skip
NOT_RECOMMENDED = {
    "approved_at": None, "approved_by": None, "approver_confirmed_at": None, "opinion": "", "opinion_on": None,
    "school_order": None,
}  # fmt: skip


@transaction.atomic
def approve_work(work, *, by, opinion, opinion_on=None, order=None, confirmed=False, version=None, was=None):
    """推荐: the school's opinion, its day, the place among the recommended ones, and that the approver says it is true.

    version, was: the submission and the state that were read; another since then is told. Twice is once.
    """
    work = _locked(work)
    authorize(by, "works.approve", work)
    opinion = (opinion or "").strip()
    if work.state == S.APPROVED and (work.approved_by_id, work.opinion) == (by.pk, opinion):
        return work
    _as_read(work, version, was)
    if not can_move(work, WORK_MOVES, "approve"):
        move(work, WORK_MOVES, "approve")  # says what it is now
    opinion_on = opinion_on or today()
    truth = needs_truth(work.programme, work.kind)
    if errors := _errors(opinion, opinion_on, confirmed or not truth):
        raise ValidationError(errors)
    if problem := visit_problem(work):
        raise WrongState(problem)
    decide(
        work, WORK_MOVES, "approve", by=by, level=Level.SCHOOL, approved_at=now(), approved_by=by, opinion=opinion,
        opinion_on=opinion_on, approver_confirmed_at=now() if confirmed else None, school_order=_make_room(work, order),
        users=[work.author], text=f"{_what(work)}学校推荐了。", url=_address(work), undoable=True,
    )  # fmt: skip
    return work


@transaction.atomic
def return_to_author(work, *, by, reason, version=None, was=None):
    """Back with a reason; what was handed in stays as a version. The same return twice is one."""
    work = _locked(work)
    authorize(by, "works.approve", work)
    reason = (reason or "").strip()[:300]
    if not reason:
        raise ValidationError({"reason": NO_REASON})
    if work.state == S.RETURNED and (work.returned_by_id, work.return_reason) == (by.pk, reason):
        return work
    _as_read(work, version, was)
    decide(
        work, WORK_MOVES, "return_to_author", by=by, level=Level.SCHOOL, reason=reason, returned_at=now(),
        returned_by=by, returned_level=Level.SCHOOL, return_reason=reason, users=[work.author],
        text=f"{_what(work)}学校退回修改：{unnamed(reason, names_in(work, reason))}", url=_address(work), undoable=True,
        **NOT_RECOMMENDED,
    )  # fmt: skip
    return work


@transaction.atomic
def set_order(work, *, by, order):
    """推荐顺序 among those recommended and not yet sent; the others move up or down. Twice is once."""
    work = _locked(work)
    authorize(by, "works.approve", work)
    if work.state != S.APPROVED:
        raise WrongState(NO_ORDER_NOW)
    number = _make_room(work, order)
    if number != work.school_order:
        work.school_order = number
        work.save(update_fields=["school_order"])
        record(work, "work.order", by=by, fields=["school_order"], order=number)
    return work


@transaction.atomic
def give_school_award(work, *, by, label):
    """校级等级, by the notice's labels or the school's own word; "" takes it back. Not a step on the way up."""
    work = _locked(work)
    authorize(by, "works.approve", work)
    label = (label or "").strip()
    if len(label) > Work._meta.get_field("school_award").max_length:
        raise ValidationError({"label": "等级最多20个字。"})
    if work.state not in STANDING_STATES:
        raise WrongState(f"现在是“{work.get_state_display()}”，不能评等级。")
    if work.school_award != label:
        PastAward.objects.create(work=work, label=work.school_award, until=now())
        work.school_award = label
        work.save(update_fields=["school_award"])
        record(work, "work.school_award", by=by, fields=["school_award"], label=label)
    return work


# ── To the district ──


def file_works(ids, *, by):
    """报送区里 → Outcome. What cannot go is told in a sentence and holds up nothing; out of reach is not named at all.

    Goes in the school's order, so the quota takes the first. Already filed is done: twice is once.
    """
    outcome = Outcome()
    rows = Work.objects.visible_to(by).filter(pk__in=ids).order_by()
    for place in sorted(set(rows.values_list("programme_id", "school_id", "kind"))):
        _file_place(place, rows.values_list("pk", flat=True), by, outcome)
    return outcome


@transaction.atomic
def _file_place(place, ids, by, outcome):
    """The works of one programme, school and kind, with the school's row locked."""
    programme_id, school_id, kind = place
    _lock_school(school_id)
    rows = Work.objects.select_for_update(of=("self",)).select_related("programme", "school", "author", "visit")
    rows = list(rows.filter(pk__in=list(ids), programme_id=programme_id, school_id=school_id, kind=kind).order_by("pk"))
    programme, school = rows[0].programme, rows[0].school
    open_until, moment = window(programme, school_id, kind), now()
    left = quota_left(programme, school, kind)
    for work in sorted(rows, key=lambda row: (row.school_order or 1 << 15, row.pk)):
        if work.state == S.FILED and allowed(by, "works.file", work):
            outcome.done.append(work)
        elif sentence := why_not_filed(work, by, open_until, left):
            outcome.refused[work.pk] = sentence
        else:
            decide(
                work, WORK_MOVES, "file", by=by, level=Level.SCHOOL, filed_at=moment, filed_by=by,
                late=open_until.is_late(moment), users=[work.author], text=f"{_what(work)}学校报到区里了。",
                url=_address(work),
            )  # fmt: skip
            outcome.done.append(work)
            left = None if left is None else left - 1


def why_not_filed(work, by, place, left):
    """The sentence that holds the work back, "" when it may go. place: the Window; left: of the quota."""
    programme, label = work.programme, label_of(work.programme, work.kind)
    if not allowed(by, "works.file", work):
        return NOT_OFFICE
    if programme.state == ProgrammeState.DRAFT:
        return NOT_STARTED
    rule = rule_of(programme, work.kind)
    if rule is None or not rule.goes_up:
        return f"“{label}”在学校评，不往区里报。"
    if not can_move(work, WORK_MOVES, "file"):
        return f"现在是“{school_words(work, programme)}”，不能报送。"
    if problem := visit_problem(work):
        return problem
    if not place.is_open():
        return CLOSED
    if left is not None and left <= 0:
        return f"{label}每校最多报{limit_of(programme, work.kind)}篇，已经满了。要换的话，先撤回一篇。"
    return ""


@transaction.atomic
def recall_work(work, *, by):
    """撤回报送 while the district has not decided: it stands recommended at school again. Twice is once."""
    work = _locked(work)
    authorize(by, "works.file", work)
    if work.state == S.APPROVED and (last := last_decision(work)) and (last.verb, last.by_id) == ("recall", by.pk):
        return work
    decide(
        work, WORK_MOVES, "recall", by=by, level=Level.SCHOOL, filed_at=None, filed_by=None, late=False,
        school_order=work.school_order,  # it may be given another from here on; a package of before prints this one
        users=[work.author], text=f"{_what(work)}学校从区里撤回了。", url=_address(work),
    )  # fmt: skip
    return work


@transaction.atomic
def undo_work(work, *, by):
    """撤销 within ten seconds: the last decision on it, if it is this person's and the person still may."""
    work = _locked(work)
    decision = last_decision(work)
    if decision is None or decision.by_id != by.pk or decision.verb not in UNDOABLE:
        raise WrongState(MOVED_ON)
    authorize(by, UNDOABLE[decision.verb], work)
    if decision.was in AT_DISTRICT_STATES and work.state not in AT_DISTRICT_STATES:
        if quota_left(work.programme, work.school, work.kind) == 0:
            raise WrongState("学校刚报了另一篇，名额满了，不能撤销。")
    undo(work, by=by)
    return work


# ── Parts ──


def _locked(work):
    _lock_school(work.school_id)
    rows = Work.objects.select_for_update(of=("self",)).select_related("programme", "school", "author", "visit")
    work = rows.get(pk=work.pk)
    if work.programme.state == ProgrammeState.DRAFT:
        raise WrongState(NOT_STARTED)
    return work


def _lock_school(school_id):
    """no_key: rows that only point to the school are written meanwhile."""
    School.objects.select_for_update(of=("self",), no_key=True).get(pk=school_id)


def _as_read(work, version, was):
    """What is decided upon is what was read: no newer submission, and nobody else's decision in between."""
    if version is not None and version != work.version:
        raise WrongState(NEWER)
    if was and was != work.state:
        raise WrongState(f"刚有人处理过，现在是“{school_words(work, work.programme)}”。看过再决定。")


def _errors(opinion, opinion_on, confirmed):
    errors = {}
    if not opinion:
        errors["opinion"] = NO_OPINION
    elif len(opinion) > Work._meta.get_field("opinion").max_length:
        errors["opinion"] = "推荐意见最多500字。"
    if opinion_on > today():
        errors["opinion_on"] = FUTURE
    if not confirmed:
        errors["confirmed"] = NOT_TRUE
    return errors


def _make_room(work, order):
    """The number the work gets: the one asked for, or the last. What is sent keeps its numbers, the rest is numbered on
    from there without gaps. The school's row is locked."""
    rows = Work.objects.filter(programme=work.programme, school=work.school, kind=work.kind)
    first = rows.filter(state__in=AT_DISTRICT_STATES).aggregate(last=Max("school_order"))["last"] or 0
    others = list(in_order(work.programme, work.school, work.kind).exclude(pk=work.pk).only("pk", "school_order"))
    at = len(others) if order is None else min(max(order - first - 1, 0), len(others))
    moved = []
    for number, other in enumerate(others[:at] + [work] + others[at:], first + 1):
        if other is not work and other.school_order != number:
            other.school_order = number
            moved.append(other)
    Work.objects.bulk_update(moved, ["school_order"])
    return first + at + 1


def _what(work):
    """No title: it may hold a pupil's name, and a notice may leave as mail."""
    return f"{work.programme.short_title}，你写的{label_of(work.programme, work.kind)}"


def _address(work):
    return reverse("works:detail", args=[work.pk])
