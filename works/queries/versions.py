"""A work as its reader may read it: from which side, which text, what happened to it, what each submission changed."""

from dataclasses import dataclass, field
from datetime import datetime

from core.difference import difference
from schools.actions.decide import decisions_on
from works.enums import Side
from works.models import WorkVersion
from works.queries.alias import outside
from works.queries.facts import LIVE
from works.queries.queue import filed_text

DESK_VERBS = ("file", "recall")  # of the school's acts, what the district is told
WORDS = {
    "submit": "交给学校", "withdraw": "撤回", "reopen": "接着写", "return_to_author": "退回修改", "approve": "推荐",
    "file": "报到区里", "recall": "从区里收回", "return_to_school": "退回", "accept": "收下", "shortlist": "推荐为典型",
    "award": "表彰", "publish": "展示", "take_down": "撤下展示", "school_award": "评了校级等级",
    "send_up": "往上报", "take_back_up": "从上级撤回", "upper_award": "记下上级评的等级", "upper_clear": "清掉上级评的等级",
}  # fmt: skip
OFFICE = {Side.SCHOOL: "学校", Side.DISTRICT: "区里"}


def side_of(user, work):
    """From where this reader, who has it in scope, sees the work."""
    if work.author_id == user.pk:
        return Side.AUTHOR
    return Side.SCHOOL if work.school_id in user.reach.whole_schools else Side.DISTRICT


def text_for(user, work):
    """(title, body) as this reader may read them. Only the author reads what has not been handed in; the district reads
    what was filed, with pupils and parents by alias. One query where the author is writing on."""
    side = side_of(user, work)
    if side == Side.DISTRICT:
        filed = filed_text(work)
        return filed.title, filed.body
    if side != Side.AUTHOR and work.state in LIVE:
        last = work.versions.order_by("-number").first()
        return (last.title, last.body) if last else ("", "")
    return work.title, work.body


@dataclass(frozen=True)
class Version:
    """changes: against the submission before it among those the reader may read; [] for the first one."""

    number: int
    at: datetime
    by: str
    title: str
    body: str
    changes: list = field(default_factory=list)


def versions_for(user, work):
    """Newest first. The district reads what was filed, by alias. Two queries at most."""
    rows = list(WorkVersion.objects.filter(work=work).select_related("submitted_by").order_by("number"))
    if side_of(user, work) == Side.DISTRICT:
        rows = _filed(work, rows)
        for row in rows:
            row.title, row.body = outside(work, row.title), outside(work, row.body)
    found, before = [], None
    for row in rows:
        texts = {"题目": row.title, "正文": row.body}
        changes = difference(before, texts) if before else []
        found.append(Version(row.number, row.submitted_at, row.submitted_by.name, row.title, row.body, changes))
        before = texts
    return found[::-1]


def _filed(work, rows):
    """Those of the versions that reached the district: filed before the next one was handed in."""
    moments = [decision.at for decision in decisions_on(work) if decision.verb == "file"]
    if not moments and work.filed_at:
        moments = [work.filed_at]
    ends = [row.submitted_at for row in rows[1:]] + [None]
    return [
        row for row, end in zip(rows, ends, strict=True)
        if any(row.submitted_at <= at and (end is None or at < end) for at in moments)
    ]  # fmt: skip


@dataclass(frozen=True)
class Step:
    who: str
    what: str
    at: datetime
    reason: str = ""


def timeline(user, work):
    """What happened, newest first, in words for this reader. Names stay inside the house that decided. One query."""
    side, found = side_of(user, work), []
    for row in decisions_on(work):
        if side == Side.DISTRICT and row.level != Side.DISTRICT and row.verb not in DESK_VERBS:
            continue
        inside = row.level == side or (row.level != Side.DISTRICT and side != Side.DISTRICT)
        who = row.by.name if inside else OFFICE.get(row.level, "作者")
        found.append(Step(who, WORDS.get(row.verb, row.verb), row.at, row.reason))
    return found
