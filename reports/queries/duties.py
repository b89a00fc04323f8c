"""明确责任分工 (W96): who does what in each phase of a school's plan, and how far it is."""

from dataclasses import dataclass, replace
from datetime import date

from core.clock import today
from core.formats import day, thousands
from programmes.config.days import last_day_before
from programmes.enums import DeadlineKind
from programmes.queries.overview import SOON, countdown
from programmes.queries.window import passes_of
from programmes.queries.workdays import left_words, workdays_left
from reports.enums import Handed
from reports.queries.submissions import register
from visits.queries.coverage import coverage, total

# A paper's state as a tag: kind, words (ui.md, Status tag).
SAID = {
    Handed.MISSING: ("todo", "未交"), Handed.DRAFT: ("mute", "草稿"), Handed.FILED: ("soon", "已报区，待审"),
    Handed.ACCEPTED: ("done", "区里已通过"), Handed.RETURNED: ("late", "退回修改"),
}  # fmt: skip

OWED = ("todo", "mute", "late", "plan")


@dataclass(frozen=True)
class Paper:
    """What is handed in or done under a deadline: label, how many, and its state as a tag.

    longer: the last day the district gave this school, where that is after the notice's; left: how long until then.
    """

    code: str
    label: str
    count: str
    kind: str
    said: str
    longer: date | None = None
    left: str = ""

    def longer_words(self, over):
        """可补报到10月20日; once the notice's day is over, how long still: 补报还有7天，其中5个工作日."""
        if self.longer is None:
            return ""
        return f"补报{self.left}" if over else f"可补报到{day(self.longer)}"


@dataclass(frozen=True)
class Asked:
    """A deadline inside a phase and how the school stands with it."""

    title: str
    last_day: date
    countdown: str
    tone: str
    over: bool
    papers: list


@dataclass(frozen=True)
class PhaseDuty:
    """A phase of the plan. owners: those named for it; throughout: those of every phase; both as "姓名（分工）"."""

    name: str
    text: str
    first: date
    last: date
    state: str  # past | now | coming
    countdown: str
    owners: list
    throughout: list
    asked: list


def duties(programme, school, content, *, user, office):
    """[PhaseDuty] of a plan's content (SchoolPlan.content()). office: shown the drafts too; everybody else is told only
    what was handed in. At most nine queries."""
    rows = content.get("phases", [])
    if not rows:
        return []
    due = asked(programme, school, user=user, office=office)
    phases = {phase.code: phase for phase in programme.phases.all()}
    members = content.get("members", [])
    throughout = [_owner(row) for row in members if not row["phases"]]
    return [_duty(programme, row, phases.get(row["code"]), members, throughout, due) for row in rows]


def _duty(programme, row, phase, members, throughout, due):
    first, last = date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"])
    within = (phase.starts_on, phase.ends_on) if phase else (first, last)  # the notice's days hold its deadlines
    return PhaseDuty(
        row["name"], row["text"], first, last, *_standing(programme, first, last),
        [_owner(one) for one in members if row["code"] in one["phases"]],
        throughout,
        [one for one in due if within[0] <= one.last_day <= within[1]],
    )  # fmt: skip


def _owner(row):
    """沈文清（统筹）; the office where no duty was written, and "" stands for nobody yet."""
    what = row["duty"] or row["office"] or row["seat"]
    return row["name"], what


def _standing(programme, first, last):
    """(past | now | coming, how long still)"""
    now = today()
    if now < first:
        return "coming", f"还有{(first - now).days}天开始"
    if now > last:
        return "past", ""
    left = (last - now).days
    words = left_words(left, workdays_left(programme, last))
    return "now", f"还有{left}天，{words}" if left else "今天结束"


def asked(programme, school, *, user, office):
    """[Asked] of the notice's deadlines, in order of time. At most eight queries."""
    passes = passes_of(programme, school.pk)
    lines = register(programme, school_ids=[school.pk])[school.pk].values()
    found = []
    for deadline in programme.deadlines.all():
        left = (deadline.last_day - today()).days
        papers = [
            replace(_paper(line, office), **_longer(programme, passes.get(line.code), deadline))
            for line in lines
            if line.deadline == deadline.at
        ]
        if deadline.kind == DeadlineKind.COVERAGE:
            papers = [_reached(programme, school, user), *papers]
        tone = "warm" if left <= SOON and any(paper.kind in OWED for paper in papers) else "sec"
        when = _when(programme, deadline, left)
        found.append(Asked(deadline.title, deadline.last_day, when, tone, deadline.has_passed(), papers))
    return found


def _longer(programme, until, deadline):
    """longer and left of a Paper; {} without more time than the notice gives."""
    if until is None or until <= deadline.at:
        return {}
    last_day = last_day_before(until)
    left = (last_day - today()).days
    return {"longer": last_day, "left": "已截止" if left < 0 else _left_words(programme, last_day, left)}


def _when(programme, deadline, left):
    """还有7天，其中5个工作日; 今天截止; 已截止"""
    return "已截止" if deadline.has_passed() else _left_words(programme, deadline.last_day, left)


def _left_words(programme, last_day, left):
    words = left_words(left, workdays_left(programme, last_day))
    return f"{countdown(left)}，{words}" if words else countdown(left)


def _paper(line, office):
    state = Handed.MISSING if line.state == Handed.DRAFT and not office else line.state
    kind, said = SAID[state]
    count = ""
    if line.quota and line.quota > 1:
        count = f"已报{line.count}份，最多{line.quota}份"
    elif line.count > 1:
        count = f"已报{line.count}份"
    return Paper(line.code, line.label, count, kind, f"{said}，补报" if line.late and kind in ("soon", "done") else said)


def _reached(programme, school, user):
    """走访 as a paper among the others: pupils reached of those due."""
    count = total(coverage(programme, user=user, by="school", school=school)).all
    numbers = f"{thousands(count.visited)}/{thousands(count.due)}人"
    return Paper("coverage", "走访", numbers, *(("done", "走完了") if count.complete else ("plan", count.rate())))
