"""A round from its opening to its result: entries dealt, sheets scored, places counted, awards written.

Every act locks the round first. So a closing waits for a save on its way, and a save after the closing is refused.
"""

import hashlib
import json
import random
import secrets
from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from core.audit import record
from core.clock import now
from core.formats import instant
from core.states import WrongState, move
from schools.actions.message import tell
from works.actions.dealing import deal, short_of
from works.actions.results import Marks, exact, rank, sheet_total, suggest
from works.enums import ROUND_MOVES, RoundState, SheetState
from works.models import Entry, Judge, Round, Sheet
from works.queries.alias import blind, outside
from works.queries.judging import DEALT_OR_SCORED, ELIGIBLE, allowed_judges, shown_title, staff_names, written

BATCH = 1000  # rows a statement
LONGEST_TITLE = Entry._meta.get_field("title").max_length
NOT_OPEN = "评选不在评分中，分数不能改。"
NOT_YOURS_NOW = "这一件已经改派给别的评委。"
CHANGED = "这一件刚在别处改过，现在是{}。看一下，还要改就再保存一次。"


class Incomplete(Exception):
    """It can be done, but not everything is as asked for: say yes first. sentences: what is missing."""

    def __init__(self, sentences):
        super().__init__("".join(sentences))
        self.sentences = sentences


class Changed(Exception):
    """The sheet was saved elsewhere since this page was drawn."""


@dataclass
class Dealing:
    """sheets: the new ones, judge set. short: numbers of entries for which nobody is left."""

    sheets: list = field(default_factory=list)
    short: list = field(default_factory=list)


def locked_round(pk):
    return Round.objects.select_for_update(of=("self",)).select_related("programme").get(pk=pk)


def number_of(entry):
    """017: what judges call a work."""
    return f"{entry.number:03d}" if entry.number else ""


# ── Opening ──


@transaction.atomic
def open_round(round_, *, by, confirmed=False, seed=None):
    """Deal every entry to judges_each judges and freeze its text without names → the round.

    Works taken back meanwhile are left out. Raises WrongState where it cannot begin, Incomplete where some works get
    fewer judges than asked for and nobody has said yes to that. seed: for tests; what was drawn stands in the log.
    """
    round_ = locked_round(round_.pk)
    if round_.state == RoundState.OPEN:
        return round_
    rows = _judgeable(round_)
    judges = list(Judge.objects.standing().filter(round=round_).order_by("pk"))
    _can_begin(round_, rows, judges)
    allowed = allowed_judges(round_, rows)
    _enough(round_, rows, allowed, confirmed)
    seed = secrets.randbits(63) if seed is None else seed
    dealt = deal(allowed, round_.judges_each, seed=seed)
    _freeze(round_, rows, seed)
    Sheet.objects.bulk_create(
        (Sheet(entry_id=entry, judge_id=judge) for entry, chosen in dealt.items() for judge in chosen),
        batch_size=BATCH,
    )
    move(round_, ROUND_MOVES, "open")
    round_.opened_at = now()
    round_.save(update_fields=["state", "opened_at"])
    record(round_, "round.open", by=by, seed=seed, entries=len(rows), judges=len(judges))
    counts = Counter(judge for chosen in dealt.values() for judge in chosen)
    _tell_judges(round_, counts, lambda count: f"你是“{round_.title}”的评委，有{count}件要评。")
    return round_


def _judgeable(round_):
    """Entries whose works may still take part; the others go."""
    rows = Entry.objects.filter(round=round_).select_related("work__author", "work__honoree", "work__school")
    rows = list(rows.defer("work__facts", "work__author__phone", "work__honoree__phone").order_by("pk"))
    gone = [entry.pk for entry in rows if entry.work.state not in ELIGIBLE[round_.level]]
    if gone:
        Entry.objects.filter(pk__in=gone).delete()
    return [entry for entry in rows if entry.pk not in set(gone)]


def _can_begin(round_, rows, judges):
    if round_.state == RoundState.CLOSED:
        raise WrongState("评选已经结束，不能再开始。")
    if round_.closes_at and round_.closes_at <= now():
        raise WrongState(f"原定评到{instant(round_.closes_at)}，已经过了。先改日期，再开始。")
    if not rows:
        raise WrongState("还没有参评作品。先把作品加进来。")
    if not judges:
        raise WrongState("还没有评委。先加评委。")
    if not round_.criteria:
        raise WrongState("还没有评分项。先改设置。")


def _enough(round_, rows, allowed, confirmed):
    short = short_of(allowed, round_.judges_each)
    if nobody := [entry for entry in rows if short.get(entry.pk) == 0]:
        titles = "、".join(f"《{shown_title(round_, entry.work)}》" for entry in nobody[:5]) + (
            "等" if len(nobody) > 5 else ""
        )
        raise WrongState(
            f"有{len(nobody)}件没有评委可评：{titles}。作者本人和本校的评委不评，加别的评委再开始。"
        )
    if short and not confirmed:
        least = min(short.values())
        raise Incomplete(
            [f"每件要{round_.judges_each}位评委评，有{len(short)}件凑不够，最少的只有{least}位。"]
        )


def _freeze(round_, rows, seed):
    """Numbers at random, texts as they are now. One statement a thousand rows."""
    numbers = list(range(1, len(rows) + 1))
    random.Random(f"numbers {seed}").shuffle(numbers)
    staff = staff_names({entry.work.school_id for entry in rows}) if round_.blind else {}
    for entry, number in zip(rows, numbers, strict=True):
        entry.number, entry.version = number, entry.work.version
        entry.title = _without_names(round_, entry.work, entry.work.title, staff)[:LONGEST_TITLE]
        entry.body = _without_names(round_, entry.work, entry.work.body, staff)
    _write(rows, ["number", "version", "title", "body"])


def _without_names(round_, work, text, staff):
    if not round_.blind:
        return outside(work, text)
    return blind(work, text, staff.get(work.school_id, ()))


def _write(rows, fields):
    """Changed columns of many entries: by INSERT … ON CONFLICT, which is ten times quicker than CASE WHEN."""
    Entry.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=fields, batch_size=BATCH
    )


# ── While judges score ──


def deal_missing(round_, *, by):
    """The caller holds the round. Entries of an open round that lack judges go to those who may read them → Dealing."""
    rows = Entry.objects.filter(round=round_).select_related("work")
    rows = list(rows.only("number", "work__author", "work__honoree", "work__school").order_by("number"))
    sheets = Sheet.objects.filter(entry__round=round_)
    had, live, load = {}, {}, {}
    for entry_id, judge_id, state in sheets.values_list("entry_id", "judge_id", "state"):
        had.setdefault(entry_id, set()).add(judge_id)
        if state in DEALT_OR_SCORED:
            live[entry_id] = live.get(entry_id, 0) + 1
            load[judge_id] = load.get(judge_id, 0) + 1
    lacking = {row.pk: round_.judges_each - live.get(row.pk, 0) for row in rows}
    rows = [row for row in rows if lacking[row.pk] > 0]
    allowed = {pk: judges - had.get(pk, set()) for pk, judges in allowed_judges(round_, rows).items()}
    standing = set().union(*allowed.values()) if allowed else set()
    load = {judge: count for judge, count in load.items() if judge in standing}
    dealt = deal(allowed, lacking, load=load, seed=round_.pk)
    sheets = [Sheet(entry_id=entry, judge_id=judge) for entry, chosen in dealt.items() for judge in chosen]
    Sheet.objects.bulk_create(sheets, batch_size=BATCH)
    record(round_, "round.deal_missing", by=by, sheets=len(sheets))
    return Dealing(sheets, [number_of(row) for row in rows if len(dealt[row.pk]) < lacking[row.pk]])


def tell_dealt(round_, dealing):
    counts = Counter(sheet.judge_id for sheet in dealing.sheets)
    _tell_judges(round_, counts, lambda count: f"“{round_.title}”又派给你{count}件。")
    if dealing.short:
        numbers = "、".join(dealing.short[:5])
        text = f"“{round_.title}”第{numbers}号没有评委可以补上，去加评委。"
        tell([round_.created_by_id], text, url=reverse("works:round", args=[round_.pk]), about=round_)


def _tell_judges(round_, counts, text):
    """One statement for all judges with the same number, which is nearly all of them."""
    users = dict(Judge.objects.filter(pk__in=counts).values_list("pk", "user_id"))
    for count in sorted(set(counts.values())):
        same = [users[judge] for judge in sorted(counts) if counts[judge] == count]
        tell(same, text(count), url=reverse("works:judging"), about=round_)


@transaction.atomic
def save_sheet(sheet, *, by, scores, comment="", seen=None):
    """Points for every line and a comment. May be changed until the round closes; the same twice is once.

    seen: state_of() of the sheet when the page was drawn; Changed where it was saved otherwise in between.
    """
    round_, sheet = _own_sheet(sheet, by)
    scores = clean_scores(round_.criteria, scores)
    comment = comment.strip()[:500]
    if sheet.state == SheetState.SCORED and (sheet.scores, sheet.comment) == (scores, comment):
        return sheet
    if sheet.state == SheetState.RECUSED:
        raise WrongState("这一件你已经回避，不用打分。")
    if seen is not None and seen != state_of(sheet):
        raise Changed(CHANGED.format(f"{sheet.total}分" if sheet.total is not None else "还没有打分"))
    sheet.scores, sheet.comment, sheet.total = scores, comment, sheet_total(round_.criteria, scores)
    sheet.state, sheet.updated_at = SheetState.SCORED, now()
    sheet.save(update_fields=["scores", "comment", "total", "state", "updated_at"])
    record(sheet, "sheet.score", by=by, authority_id=round_.authority_id, school_id=round_.school_id)
    return sheet


@transaction.atomic
def recuse(sheet, *, by, reason):
    """回避: the judge reads this one no further, and another gets it → Dealing. Twice is once."""
    reason = reason.strip()[:200]
    if not reason:
        raise ValidationError({"reason": "写一句为什么回避。"})
    round_, sheet = _own_sheet(sheet, by)
    if sheet.state == SheetState.RECUSED:
        return Dealing()
    sheet.state, sheet.recuse_reason, sheet.updated_at = SheetState.RECUSED, reason, now()
    sheet.scores, sheet.total, sheet.comment = {}, None, ""
    sheet.save(update_fields=["state", "recuse_reason", "scores", "total", "comment", "updated_at"])
    record(sheet, "sheet.recuse", by=by, authority_id=round_.authority_id, school_id=round_.school_id)
    dealing = deal_missing(round_, by=by)
    tell_dealt(round_, dealing)
    return dealing


def _own_sheet(sheet, by):
    """(round, sheet), both locked: the round is open and the sheet still this judge's."""
    round_ = locked_round(Entry.objects.values_list("round_id", flat=True).get(pk=sheet.entry_id))
    row = (
        Sheet.objects.select_for_update(of=("self",))
        .select_related("judge", "entry")
        .filter(pk=sheet.pk)
        .first()
    )
    if row is None or row.judge.user_id != by.pk or row.judge.removed_at:
        raise WrongState(NOT_YOURS_NOW)
    if round_.state != RoundState.OPEN:
        raise WrongState(NOT_OPEN)
    return round_, row


def clean_scores(criteria, scores):
    """{code: points} in whole or half points; raises ValidationError by code."""
    found, problems = {}, {}
    for one in criteria:
        points = scores.get(one["code"])
        if points is None:
            problems[one["code"]] = f"“{one['label']}”还没有打分。"
        elif not 0 <= exact(points) <= one["max"] or (exact(points) * 2).denominator != 1:
            problems[one["code"]] = f"“{one['label']}”打0到{one['max']}分，可以打半分。"
        else:
            half = exact(points)
            found[one["code"]] = int(half) if half.denominator == 1 else float(half)
    if problems:
        raise ValidationError(problems)
    return found


def state_of(sheet):
    """A short word that changes with what is on the sheet."""
    told = json.dumps([sheet.state, sheet.scores, sheet.comment], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


# ── Closing ──


@transaction.atomic
def close_round(round_, *, by, confirmed=False, reason=""):
    """Count the places. Sheets nobody scored are left out, if somebody says yes to that; every entry needs one.

    by: None when its time was over; the reason says so in the log.
    """
    round_ = locked_round(round_.pk)
    if round_.state == RoundState.CLOSED:
        return round_
    if round_.state != RoundState.OPEN:
        raise WrongState("评选还没有开始，不能结束。")
    sheets, open_sheets = _marks(round_)
    entries = dict(Entry.objects.filter(round=round_).values_list("pk", "number"))
    if without := sorted(number for pk, number in entries.items() if pk not in sheets):
        numbers = "、".join(f"{number:03d}" for number in without[:5])
        more = "等" if len(without) > 5 else ""
        raise WrongState(
            f"第{numbers}号{more}一共{len(without)}件还没有人打分，不能结束。催一催评委，或者加评委。"
        )
    if open_sheets and not confirmed:
        raise Incomplete([f"还有{open_sheets}份没有打分。现在结束，这些就不算了。"])
    move(round_, ROUND_MOVES, "close")
    round_.closed_at = now()
    round_.save(update_fields=["state", "closed_at"])
    _write_results(round_, sheets)
    facts = {"reason": reason} if reason else {}
    record(round_, "round.close", by=by, entries=len(entries), left_out=open_sheets, **facts)
    judges = Judge.objects.standing().filter(round=round_).values_list("user_id", flat=True)
    tell(
        judges,
        f"“{round_.title}”评完了，可以看名次。",
        url=reverse("works:results", args=[round_.pk]),
        about=round_,
    )
    return round_


def _marks(round_):
    """({entry id: [Marks]} of what is scored, how many sheets are not)."""
    sheets, waiting = {}, 0
    rows = Sheet.objects.filter(entry__round=round_, state__in=DEALT_OR_SCORED).order_by("pk")
    for entry_id, state, total, scores in rows.values_list("entry_id", "state", "total", "scores"):
        if state == SheetState.SCORED:
            sheets.setdefault(entry_id, []).append(Marks(total, scores))
        else:
            waiting += 1
    return sheets, waiting


def _write_results(round_, sheets):
    order = dict(Entry.objects.filter(round=round_).values_list("pk", "work__school_order"))
    works = dict(Entry.objects.filter(round=round_).values_list("pk", "work_id"))
    ranked = rank(sheets, round_.ties, drop_extremes=round_.drop_extremes, order=order)
    labels, _ = suggest({row.entry: row.place for row in ranked}, round_.awards)
    rows = [
        Entry(pk=row.entry, round=round_, work_id=works[row.entry], score=row.score, place=row.place,
              award=labels.get(row.entry, ""))
        for row in ranked
    ]  # fmt: skip
    _write(rows, ["score", "place", "award"])


@transaction.atomic
def reopen_round(round_, *, by):
    """Back to scoring, as long as no award of it stands with a work. The places go, and a time that is over: else the
    next tick would close it again."""
    round_ = locked_round(round_.pk)
    if round_.state == RoundState.OPEN:
        return round_
    if written(round_).exists():
        raise WrongState("等级已经写入作品，不能再打开评分。")
    move(round_, ROUND_MOVES, "reopen")
    round_.closed_at = None
    if round_.closes_at and round_.closes_at <= now():
        round_.closes_at = None
    round_.save(update_fields=["state", "closed_at", "closes_at"])
    Entry.objects.filter(round=round_).update(score=None, place=None, award="")
    record(round_, "round.reopen", by=by)
    return round_
