"""What the district does with a filed work: accepted, returned to the school, recommended, awarded; alone or many.

The review page, the administration and bulk acts call these and nothing else. Each is one transaction on the locked
row, a line in the log, a Decision, and a notice that leaves when the ten seconds of the undo are over.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from core.access import authorize
from core.clock import now
from core.states import WrongState
from schools.actions.decide import decide, new_batch, undo
from schools.enums import Role
from schools.models import Decision, Post
from visits.actions.review import CHUNK, Outcome
from works.enums import WORK_MOVES, Level, WorkState
from works.models import Work
from works.queries.queue import FINAL
from works.queries.upper import upper_problem

S = WorkState
NEWER = "学校刚重新报送过，看过新的内容再处理。"
NO_REASON = "写明退回原因，学校才知道改什么。"
NO_LABEL = "写明表彰的等级。"
NOT_YOURS = "这件不归你审，换别人来处理。"
NOTHING_SINCE = {"accepted_at": None, "accepted_by": None, "shortlisted_at": None, "shortlisted_by": None}


@transaction.atomic
def accept_work(work, *, by, version=None, was=None, batch=None):
    """通过. version and was: the filing and the state that were read; another since then is told. Twice is once."""
    work = _locked(work, by)
    if work.state == S.ACCEPTED:
        return work
    as_read(work, version, was)
    return _decide(work, "accept", by, batch, "区里通过了。", accepted_at=now(), accepted_by=by)


@transaction.atomic
def return_to_school(work, *, by, reason, version=None, was=None, batch=None):
    """退回修改, with the reason for the school and the author. The same return twice is one."""
    work = _locked(work, by)
    reason = (reason or "").strip()[:300]
    if not reason:
        raise ValidationError({"reason": NO_REASON})
    if work.state == S.RETURNED and (work.returned_by_id, work.return_reason) == (by.pk, reason):
        return work
    as_read(work, version, was)
    if problem := upper_problem(work):
        raise WrongState(problem)
    return _decide(
        work, "return_to_school", by, batch, f"区里退回修改：{reason}", reason=reason, returned_at=now(), returned_by=by,
        returned_level=Level.DISTRICT, return_reason=reason, **NOTHING_SINCE,
    )  # fmt: skip


@transaction.atomic
def shortlist_work(work, *, by, version=None, was=None, batch=None):
    """推荐典型: accepted, and put forward for an award. Twice is once."""
    work = _locked(work, by)
    if work.state == S.SHORTLISTED:
        return work
    as_read(work, version, was)
    accepted = {} if work.accepted_at else {"accepted_at": now(), "accepted_by": by}
    return _decide(
        work, "shortlist", by, batch, "区里通过并推荐为典型。", shortlisted_at=now(), shortlisted_by=by, **accepted
    )


@transaction.atomic
def award_work(work, *, by, label, version=None, was=None, batch=None):
    """表彰 under a label (一等奖): a district administrator's. The same award twice is one."""
    work = _locked(work, by, "works.award")
    label = (label or "").strip()
    if not label or len(label) > Work._meta.get_field("award").max_length:
        raise ValidationError({"label": NO_LABEL})
    if work.state == S.AWARDED and work.award == label:
        return work
    as_read(work, version, was)
    return _decide(
        work, "award", by, batch, f"区里表彰：{label}。", award=label, awarded_at=now(), awarded_by=by
    )


# ── Many at once ──


def decide_many(rows, ids, act, *, by, batch=None, **facts):
    """act on every row of the queryset with one of the ids → Outcome, under one batch. A chunk is one transaction;
    what is refused is told in a sentence and does not hold up the rest; an id out of reach is not named at all."""
    outcome, batch = Outcome(), batch or new_batch()
    ids = sorted(set(ids))
    for start in range(0, len(ids), CHUNK):
        _decide_chunk(rows, ids[start : start + CHUNK], act, by, outcome, facts | {"batch": batch})
    return outcome


@transaction.atomic
def _decide_chunk(rows, ids, act, by, outcome, facts):
    for row in rows.filter(pk__in=ids).order_by("pk"):
        try:
            outcome.done.append(act(row, by=by, **facts))
        except WrongState as refused:
            outcome.refused[row.pk] = str(refused)
        except ValidationError as wrong:
            outcome.refused[row.pk] = "".join(wrong.messages)
        except PermissionDenied:
            outcome.refused[row.pk] = NOT_YOURS


def undo_batch(model, batch, *, by, lock):
    """撤销 what this person decided under the batch, all that is still as it was left → Outcome. Inside a transaction.
    lock: pk → the row, locked, where the person may decide on it."""
    outcome = Outcome()
    decisions = Decision.objects.standing().filter(
        batch=batch, by=by, level=Level.DISTRICT, about_type=model._meta.label_lower
    ).exclude(verb__in=FINAL)
    for pk in decisions.order_by("about_id").values_list("about_id", flat=True):
        try:
            row = lock(pk)
            undo(row, by=by, batch=batch)
            outcome.done.append(row)
        except WrongState as refused:
            outcome.refused[pk] = str(refused)
        except PermissionDenied:
            outcome.refused[pk] = NOT_YOURS
    return outcome


# ── Parts ──


def as_read(obj, version, was):
    """What is decided upon is what was read: no newer filing, and nobody else's decision in between."""
    if version is not None and version != obj.version:
        raise WrongState(NEWER)
    if was is not None and was != obj.state:
        raise WrongState(f"刚有人处理过，现在是“{obj.get_state_display()}”。看过再决定。")


def told(work):
    """Who hears of it: the author, and the leaders and administrators of the school today."""
    posts = Post.objects.active().filter(school_id=work.school_id, role__in=[Role.SCHOOL_LEADER, Role.SCHOOL_ADMIN])
    office = posts.order_by("user_id").values_list("user_id", flat=True).distinct()
    return [work.author_id, *office]


def kind_label(work):
    """感人故事, as the notice calls it."""
    return next((one.label for one in work.programme.rules.works if one.code == work.kind), work.get_kind_display())


def _decide(work, verb, by, batch, said, *, reason="", **changes):
    text = f"{work.programme.short_title}，{work.author.name}的{kind_label(work)}：{said}"
    decide(
        work, WORK_MOVES, verb, by=by, level=Level.DISTRICT, reason=reason, batch=batch, users=told(work), text=text,
        url=reverse("works:detail", args=[work.pk]), undoable=True, **changes,
    )  # fmt: skip
    return work


def _locked(work, by, perm="works.decide"):
    rows = Work.objects.select_for_update(of=("self",)).select_related("programme", "school", "author")
    work = rows.get(pk=work.pk)
    authorize(by, perm, work)
    return work
