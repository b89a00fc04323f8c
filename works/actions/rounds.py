"""Getting a round ready: what is judged, by which lines, by whom. Everything but judges stands still once it opens.

Every act on a round locks its row first, so that two of them come one after the other.
"""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.audit import record
from core.clock import now
from core.states import WrongState
from schools.models import Post
from works.actions.judging import deal_missing, locked_round, tell_dealt
from works.enums import Level, RoundState, SheetState
from works.models import Entry, Judge, Round, Sheet
from works.queries.judging import eligible, may_judge, rule_of, runners, stands

STARTED = "评选已经开始，这些不能再改。"
CLOSED = "评选已经结束。"
SAME_TITLE = "已经有同名的评选，换个名称。"
RUNS_IT = "管这次评选的人看得到作者，不能当评委。换一位。"
ELSEWHERE = "校级评选找本校的老师，区级评选找本区的人。换一位。"
SETTINGS = ("title", "criteria", "ties", "awards", "judges_each", "drop_extremes", "closes_at")


@transaction.atomic
def create_round(programme, *, by, kind, title, school=None, **fields):
    """In preparation, with what the programme says of this kind. Without a school: of the district."""
    rule = rule_of(programme, kind)
    values = {
        "criteria": [one.model_dump() for one in rule.criteria], "ties": list(rule.ties),
        "awards": [one.model_dump() for one in rule.awards], "judges_each": rule.judges_each,
        "drop_extremes": rule.drop_extremes,
    }  # fmt: skip
    round_ = Round(
        programme=programme, authority_id=programme.authority_id, school=school, kind=kind, title=title, created_by=by,
        level=Level.SCHOOL if school else Level.DISTRICT, **(values | fields),
    )  # fmt: skip
    _save(round_)
    record(round_, "round.create", by=by, kind=kind)
    return round_


@transaction.atomic
def change_round(round_, *, by, **fields):
    round_ = _in_preparation(round_)
    for name in SETTINGS:
        if name in fields:
            setattr(round_, name, fields[name])
    _save(round_)
    record(round_, "round.change", by=by, fields=sorted(fields))
    return round_


@transaction.atomic
def delete_round(round_, *, by):
    """Only before it opens: nothing but its settings is lost."""
    round_ = _in_preparation(round_)
    record(round_, "round.delete", by=by, kind=round_.kind)
    round_.delete()


def _save(round_):
    try:
        with transaction.atomic():
            round_.save()
    except IntegrityError:
        raise ValidationError({"title": SAME_TITLE}) from None


def _in_preparation(round_):
    round_ = locked_round(round_.pk)
    if round_.state != RoundState.DRAFT:
        raise WrongState(STARTED)
    return round_


# ── Judges ──


@transaction.atomic
def add_judge(round_, user, *, by):
    """Whoever runs the round sees authors and numbers and is no judge of it. The same person twice is once. In an open
    round the newcomer gets what the others are too few for."""
    round_ = locked_round(round_.pk)
    if round_.state == RoundState.CLOSED:
        raise WrongState(CLOSED)
    if user.pk in runners(round_):
        raise ValidationError(RUNS_IT)
    if not may_judge(round_).filter(user=user).exists():
        raise ValidationError(ELSEWHERE)
    judge, created = Judge.objects.get_or_create(
        round=round_,
        user=user,
        defaults={"school": _school_of(round_, user), "appointed_by": by, "appointed_at": now()},
    )
    if not created and judge.removed_at is None:
        return judge
    if judge.removed_at:
        judge.removed_at = None
        judge.save(update_fields=["removed_at"])
    record(round_, "round.judge_add", by=by, judge=user.pk)
    if round_.state == RoundState.OPEN:
        tell_dealt(round_, deal_missing(round_, by=by))
    return judge


def _school_of(round_, user):
    if round_.level == Level.SCHOOL:
        return round_.school
    posts = Post.objects.active().filter(user=user).select_related("school", "school_class__school")
    return next((post.place_school for post in posts if post.place_school), None)


@transaction.atomic
def remove_judge(judge, *, by):
    """What the judge has scored stays and counts; what is not yet scored goes to others → entries nobody is left for."""
    round_ = locked_round(judge.round_id)
    judge = Judge.objects.select_for_update(of=("self",)).get(pk=judge.pk)
    if round_.state == RoundState.CLOSED:
        raise WrongState(CLOSED)
    if judge.removed_at:
        return []
    record(round_, "round.judge_remove", by=by, judge=judge.user_id)
    if round_.state == RoundState.DRAFT:
        judge.delete()
        return []
    judge.removed_at = now()
    judge.save(update_fields=["removed_at"])
    Sheet.objects.filter(judge=judge, state=SheetState.DEALT).delete()
    dealing = deal_missing(round_, by=by)
    tell_dealt(round_, dealing)
    return dealing.short


# ── Entries ──


@transaction.atomic
def add_entries(round_, *, by, ids=None):
    """Works of the round's kind that may take part, all or the picked ones → how many came in."""
    round_ = _in_preparation(round_)
    works = eligible(round_)
    if ids is not None:
        works = works.filter(pk__in=ids)
    rows = [Entry(round=round_, work_id=pk) for pk in works.order_by("pk").values_list("pk", flat=True)]
    Entry.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    record(round_, "round.entries_add", by=by, count=len(rows))
    return len(rows)


@transaction.atomic
def remove_entry(entry, *, by):
    """Before it opens, any. In an open round one that nobody has scored, or whose work was taken back."""
    round_ = locked_round(entry.round_id)
    entry = Entry.objects.select_for_update(of=("self",)).select_related("work").filter(pk=entry.pk).first()
    if entry is None:
        return
    if round_.state == RoundState.CLOSED:
        raise WrongState(CLOSED)
    scored = entry.sheets.filter(state=SheetState.SCORED).exists()
    if scored and stands(round_, entry.work):
        raise WrongState("已经有评委打了分，不能再移出。")
    record(round_, "round.entry_remove", by=by, work=entry.work_id, number=entry.number)
    entry.delete()
