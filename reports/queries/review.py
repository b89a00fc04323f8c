"""What waits at the desk of an authority: reports, works of every kind, plans; the list, and one paper with its place."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from core.clock import local_date, today
from core.difference import difference
from core.formats import clock, day
from reports.enums import FILING_LABELS, FilingState
from reports.models import ReviewDuty, SchoolPlan, SchoolReport
from reports.queries.filters import UPPER
from works.enums import AT_DISTRICT_STATES, WorkState
from works.models import Work
from works.queries.alias import names_in, unnamed
from works.queries.checks import Check, filed_in_time, school_in_use
from works.queries.queue import RETURNED, at_desk, listed_title, waiting_counts

PAGE = 50
FILINGS = {"report": SchoolReport, "plan": SchoolPlan}
LONG_WAIT = 3  # days; then the list says so in colour
S, F = WorkState, FilingState
KINDS = dict(Work._meta.get_field("kind").choices)
SHORT = {"story": "故事", "essay": "征文", "diary": "日记", "survey": "调查", "case": "案例", "deeds": "事迹"}
WORK_STATES = {
    "waiting": [S.FILED], "accepted": [S.ACCEPTED], "recommended": [S.SHORTLISTED], "returned": RETURNED,
    "awarded": [S.AWARDED, S.PUBLISHED], "every": AT_DISTRICT_STATES,
}  # fmt: skip


@dataclass(frozen=True)
class Tab:
    code: str  # report, plan, or a kind of work
    label: str
    count: int


def filings_at_desk(user, model, programme=None):
    """Plans or reports that have been filed with a desk of the user's."""
    reach = user.reach
    rows = model.objects.visible_to(user).filter(
        authority_id__in=reach.authorities | reach.reviewed_authorities, filed_at__isnull=False
    )
    return rows if programme is None else rows.filter(programme=programme)


def duty_schools(user, programme):
    """Schools the user was named to read for, as a part of another query."""
    return ReviewDuty.objects.filter(programme=programme, reviewer=user, ended_at__isnull=True).values("school_id")


def tabs(user, programme, *, mine=False):
    """What the notice asks for, each with how many wait; mine: of the schools the user reads for. Three queries."""
    own = {"school__in": duty_schools(user, programme)} if mine else {}
    counts = waiting_counts(user, programme, **own)
    filed = {
        code: filings_at_desk(user, model, programme).filter(state=F.FILED, **own).count() for code, model in FILINGS.items()
    }
    kinds = {one.code: one.label for one in programme.rules.works if one.goes_up}
    kinds |= {code: KINDS[code] for code in counts if code not in kinds}
    return [
        Tab("report", "报告", filed["report"]),
        *(Tab(code, SHORT.get(code, label), counts.get(code, 0)) for code, label in kinds.items()),
        Tab("plan", "方案", filed["plan"]),
    ]


class Waiting(NamedTuple):
    """What waits for review of one school: how many, since when the oldest."""

    count: int = 0
    since: datetime | None = None

    def __add__(self, other):
        return Waiting(self.count + other.count, min(filter(None, (self.since, other.since)), default=None))


def listed(user, programme, filters):
    """The rows of a tab under its filters: first come, first served; what is decided, the latest first."""
    if filters.tab in FILINGS:
        rows = _filings(user, programme, filters)
    else:
        rows = at_desk(user, programme).filter(kind=filters.tab, **_of_state(filters.state))
    if filters.q:
        rows = rows.filter(school__name__icontains=filters.q) | rows.filter(school__short_name__icontains=filters.q)
    if filters.again:
        rows = rows.filter(version__gt=1)
    if filters.late:
        rows = rows.filter(late=True)
    if filters.mine:
        rows = rows.filter(school__in=duty_schools(user, programme))
    return rows.order_by(*(("filed_at", "pk") if filters.state == "waiting" else ("-filed_at", "-pk")))


def _of_state(state):
    return {"sent_up_at__isnull": False} if state == UPPER[0] else {"state__in": WORK_STATES[state]}


def _filings(user, programme, filters):
    rows = filings_at_desk(user, FILINGS[filters.tab], programme)
    if filters.state == "waiting":
        return rows.filter(state=F.FILED)
    if filters.state == "every":
        return rows.filter(state__in=[F.FILED, F.ACCEPTED])
    if filters.state == "returned":
        return rows.exclude(state__in=[F.FILED, F.ACCEPTED])
    return rows.filter(state=F.ACCEPTED, recommended_at__isnull=filters.state == "accepted")


def state_words(filing):
    """In the district's words."""
    return FILING_LABELS.get(filing.state, filing.get_state_display())


@dataclass(frozen=True)
class Line:
    """One row of the list."""

    pk: int
    school: str
    said: str
    since: str
    long: bool
    version: int
    late: bool
    title: str = ""


def lines(rows, ids, tab):
    """Lines of these ids, in their order. One query."""
    if tab in FILINGS:
        rows = rows.only("pk", "school", "school__short_name", "filed_at", "version", "late", "state")
    else:
        rows = rows.only(
            "pk", "school", "school__short_name", "filed_at", "version", "late", "state", "title", "aliases", "kind"
        )
    found = rows.select_related("school").filter(pk__in=ids).in_bulk() if ids else {}
    return [_line(found[pk], tab) for pk in ids if pk in found]


def _line(row, tab):
    days = (today() - local_date(row.filed_at)).days
    return Line(
        pk=row.pk, school=row.school.short_name, since=since(row), late=row.late, version=row.version,
        said={"report": "活动报告", "plan": "走访方案"}.get(tab, ""),
        long=days >= LONG_WAIT and row.state in (F.FILED, S.FILED),
        title="" if tab in FILINGS else listed_title(row),
    )  # fmt: skip


def since(row):
    """等了3天, 昨天, 今天 09:12; for what is decided the day it came."""
    days = (today() - local_date(row.filed_at)).days
    if days <= 0:
        return f"今天 {clock(row.filed_at)}"
    if days == 1:
        return "昨天"
    return f"等了{days}天" if row.state in (F.FILED, S.FILED) else day(row.filed_at)


@dataclass(frozen=True)
class Sheet:
    """A plan or a report as it was filed: what the school writes in it since is not the desk's. changes: against the
    filing before."""

    number: int
    data: dict
    changes: list


def filed_sheet(filing):
    """Pupils whose names slipped into the text are read by alias, as in a story. Three queries."""
    versions = list(filing.versions.order_by("-number")[:2])
    both = [versions[0].data if versions and versions[0].data else filing.content(), *(one.data for one in versions[1:])]
    data, *before = _without_names(filing, both)
    number = versions[0].number if versions else filing.version
    return Sheet(number, data, difference(as_texts(filing, before[0]), as_texts(filing, data)) if before else [])


@dataclass(frozen=True)
class _Place:
    """What works.queries.alias asks of a text: whose pupils may be named in it."""

    school_id: int
    visit_id: None = None


def _without_names(filing, sheets):
    written = [text for data in sheets for text in [data.get("title") or "", *_written(data)]]
    names = names_in(_Place(filing.school_id), "\n".join(written))
    return [data | {"title": unnamed(data.get("title") or "", names), "sections": _each(data, names)} for data in sheets]


def _written(data):
    sections = data.get("sections") or []
    return [text or "" for text in (sections.values() if isinstance(sections, dict) else sections)]


def _each(data, names):
    sections = data.get("sections") or []
    if isinstance(sections, dict):
        return {label: unnamed(text or "", names) for label, text in sections.items()}
    return [unnamed(text or "", names) for text in sections]


def as_texts(filing, data):
    """{label: text or lines} of a filed plan or report, for the difference."""
    texts = {"标题": data.get("title", "")}
    if isinstance(filing, SchoolPlan):
        texts |= data.get("sections") or {}
        texts["阶段"] = [
            f"{one.get('name', '')} {one.get('starts_on', '')}–{one.get('ends_on', '')} {one.get('text', '')}".strip()
            for one in data.get("phases") or []
        ]
        texts["领导小组"] = [
            " ".join(filter(None, (one.get("seat"), one.get("name"), one.get("office"), one.get("duty"))))
            for one in data.get("members") or []
        ]
        return texts
    parts = data.get("sections") or []
    rules = filing.programme.rules.report.sections
    texts |= {one.label: parts[position] if position < len(parts) else "" for position, one in enumerate(rules)}
    figures = data.get("figures") or {}
    texts["数据"] = [f"{line.get('label')} {line.get('value')}" for line in figures.get("lines", [])]
    return texts


def plan_check(plan, data):
    """Checks of a filed plan. At most three queries."""
    rules = plan.programme.rules
    checks = [filed_in_time(plan, "plan"), school_in_use(plan.school)]
    if rules.plan_fields:
        empty = [label for label in rules.plan_fields if not ((data.get("sections") or {}).get(label) or "").strip()]
        checks.append(_complete(empty, "各项都写了", "没写："))
    if rules.group:
        seats = {one.get("seat") for one in data.get("members") or []}
        checks.append(_complete([one.label for one in rules.group if one.label not in seats], "领导小组齐了", "领导小组缺"))
    if data.get("phases"):
        checks.append(_phases(plan, data["phases"]))
    return checks


def _complete(missing, whole, lacking):
    said = "、".join(missing)
    return Check(False, f"{lacking}{said}", f"请补上{said}。") if missing else Check(True, whole)


def _phases(plan, phases):
    start, end = plan.programme.starts_on.isoformat(), plan.programme.ends_on.isoformat()
    days = [one.get(name) for one in phases for name in ("starts_on", "ends_on")]
    if all(start <= value <= end for value in days if value):
        return Check(True, "各阶段在活动期间")
    return Check(False, "有阶段不在活动期间", "有阶段不在活动期间，请改时间。")
