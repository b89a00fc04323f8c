"""The submissions register: of every paper the notice asks of schools, how it stands with each, as of an instant.

Told from what was decided until then, not from today's state: the same answer a year later. What the district has
not been given is a draft or nothing to it; what went back to a school is returned until it is filed again.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from django.db.models import Q

from reports.enums import FilingState, Handed
from reports.models import SchoolPlan, SchoolReport
from reports.queries.review import Waiting
from schools.models import Decision, School
from works.enums import AT_DISTRICT_STATES, WorkState
from works.models import Work

H = Handed
MODELS = {"plan": SchoolPlan, "report": SchoolReport}  # every other code is a kind of work
LABELS = {code: model._meta.label_lower for code, model in MODELS.items()}
WORK = Work._meta.label_lower
# A state at the district, in the register's words; every other one is the school's own affair.
AT_DISTRICT = dict.fromkeys(AT_DISTRICT_STATES, H.ACCEPTED) | {
    WorkState.FILED: H.FILED, FilingState.FILED: H.FILED, FilingState.ACCEPTED: H.ACCEPTED,
}  # fmt: skip
RETURNS = ("return", "return_to_school")
FILED_AS = AT_DISTRICT | {WorkState.RETURNED: H.RETURNED, FilingState.RETURNED: H.RETURNED}
FILED = (H.FILED, H.ACCEPTED, H.RETURNED)
TELLING = Q(became__in=list(AT_DISTRICT)) | Q(verb__in=[*RETURNS, "recall", "withdraw", "reopen"])
WORST = (H.RETURNED, H.FILED, H.ACCEPTED, H.DRAFT, H.MISSING)
STANDING = (H.FILED, H.ACCEPTED)
OWED = (H.MISSING, H.DRAFT, H.RETURNED)


@dataclass(frozen=True)
class Line:
    """One paper of one school. state: the worst of them; count: how many stand filed; late: the last came after the
    deadline; quota: how many the notice takes, None for any number; deadline: exclusive, None where it sets no day."""

    code: str
    label: str
    state: Handed
    late: bool = False
    count: int = 0
    quota: int | None = None
    filed_at: datetime | None = None
    deadline: datetime | None = None

    @property
    def is_owed(self):
        """Nothing stands with the district, or something went back."""
        return self.state in OWED


@dataclass
class _Paper:
    """One row of the school's on its way, and how it stands as of the instant."""

    school_id: int
    code: str
    state: Handed | None
    filed_at: datetime | None
    before: Handed = H.DRAFT

    def step(self, verb, became, at):
        if verb == "file":
            self.before, self.state, self.filed_at = self.state or H.DRAFT, H.FILED, at
        elif verb == "recall":
            self.state = self.before
        elif became in AT_DISTRICT:
            self.state = AT_DISTRICT[became]
        elif verb in RETURNS:
            self.state = H.RETURNED
        elif verb == "withdraw":
            self.state = None
        elif verb == "reopen" and self.state is None:
            self.state = H.DRAFT


def asked(programme):
    """[(code, label, kind of deadline)] of what schools hand in to the district, in the notice's order.

    Records and ledgers stay in the school; a kind of work stands here when its way leads to the district.
    """
    up = {one.code for one in programme.rules.works if one.goes_up} | set(MODELS)
    return [(one.code, one.label, one.deadline) for one in programme.rules.submissions if one.code in up]


def register(programme, at=None, *, school_ids=None, deadlines=None):
    """{school_id: {code: Line}} as of an instant; None is the present: of the schools given, or of all in use and others
    that hold a paper.

    deadlines: {kind: instant} that late is told by, where not those of today.
    Exclusive, as every deadline: what happened at `at` itself came after it. At most six queries, however many schools.
    """
    papers = _papers(programme, _of_kinds({code for code, _, _ in asked(programme)}), school_ids, at)
    places = _in_use(programme) if school_ids is None else school_ids
    return _register(programme, papers, places, deadlines, others=school_ids is None)


def register_and_waiting(programme, in_use):
    """(register() of today, {school_id: Waiting}) from the same rows; in_use: ids of the schools in use.

    What waits is of every kind, also of one the notice no longer asks for. At most four queries.
    """
    wanted = _of_kinds({code for code, _, _ in asked(programme)} | set(MODELS), Q(state=WorkState.FILED))
    papers, waiting = _papers(programme, wanted, None, None), {}
    for paper in papers:
        if paper.state == H.FILED:
            waiting[paper.school_id] = waiting.get(paper.school_id, Waiting()) + Waiting(1, paper.filed_at)
    return _register(programme, papers, in_use, None, others=True), waiting


def _register(programme, papers, places, deadlines, *, others):
    """others: schools that hold a paper stand in it as well."""
    codes = asked(programme)
    if deadlines is None:
        deadlines = {deadline.kind: deadline.at for deadline in programme.deadlines.all()}
    quotas = programme.rules.quotas
    asks = {code: (code, label, getattr(quotas, code, None), deadlines.get(kind)) for code, label, kind in codes}
    found = defaultdict(list)
    for paper in papers:
        if paper.code in asks:
            found[paper.school_id, paper.code].append(paper)
    nothing = {code: _line(*ask) for code, ask in asks.items()}
    if others:
        places = dict.fromkeys([*places, *(pk for pk, _ in found)])
    return {
        pk: nothing | {code: _line(*ask, found[pk, code]) for code, ask in asks.items() if (pk, code) in found}
        for pk in places
    }


def standing(programme, at, codes, school_ids):
    """What stood filed with the district as of an instant, one row each with school_id and code; codes: any of plan,
    report and kinds of works, asked for or not. At most four queries."""
    return [paper for paper in _papers(programme, _of_kinds(codes), school_ids, at) if paper.state in STANDING]


def _in_use(programme):
    rows = School.objects.filter(is_active=True, authority_id=programme.authority_id)
    return list(rows.order_by("code").values_list("pk", flat=True))


def _line(code, label, quota, deadline, papers=()):
    states = {paper.state for paper in papers}
    state = next((one for one in WORST if one in states), H.MISSING)
    standing = [paper.filed_at for paper in papers if paper.state in STANDING]
    filed_at = max(standing or [paper.filed_at for paper in papers if paper.state == H.RETURNED and paper.filed_at], default=None)
    late = bool(deadline and filed_at and filed_at >= deadline)
    return Line(code, label, state, late, len(standing), quota, filed_at, deadline)


# ── History ──


def _of_kinds(codes, also=None):
    """(plan and report as far as they are among the codes, a condition on works or None); also: other works besides."""
    kinds = codes - set(MODELS)
    works = Q(kind__in=kinds) if kinds else None
    if also is not None:
        works = also if works is None else works | also
    return [code for code in MODELS if code in codes], works


def _papers(programme, wanted, school_ids, at):
    """Every paper begun by then, as it stood; what was taken back for good is left out. wanted: of _of_kinds()."""
    filings, works = wanted
    begun = Q(programme=programme)
    if school_ids is not None:  # a list of all of them costs more than the papers
        begun &= Q(school_id__in=school_ids)
    if at is not None:
        begun &= Q(created_at__lt=at)
    sources = [(LABELS[code], MODELS[code], code, begun) for code in filings]
    if works is not None:
        sources.append((WORK, Work, "", begun & works))
    rows = {}
    for label, model, code, chosen in sources:
        columns = ("pk", "school_id", "state", "filed_at") if code else ("pk", "school_id", "state", "filed_at", "kind")
        begun_ones = model.objects.filter(chosen).order_by().values_list(*columns)
        rows[label] = [(*row, code) for row in begun_ones] if code else list(begun_ones)
    # What lies with the district today was filed as its columns say; the rest may have come back.
    settled = AT_DISTRICT if at is None else ()
    moved = [(label, model, chosen) for label, model, _, chosen in sources if any(row[2] not in settled for row in rows[label])]
    steps, found = _steps(moved, ~Q(state__in=list(settled)) if settled else Q()), []
    for label, papers in rows.items():
        for pk, *values in papers:
            paper = _told(*values, steps.get((label, pk), ()), at)
            if paper.state is not None:
                found.append(paper)
    return found


def _steps(sources, narrowed):
    """{(label, pk): [(verb, was, became, at, undone_at)]} in order, as far as the district or the owing is concerned."""
    queries = []
    for label, model, chosen in sources:
        ids = model.objects.filter(chosen, narrowed).order_by().values("pk")
        rows = Decision.objects.filter(TELLING, about_type=label, about_id__in=ids).order_by()
        queries.append(rows.values_list("about_type", "about_id", "pk", "verb", "was", "became", "at", "undone_at"))
    steps = defaultdict(list)
    if queries:
        first, *others = queries
        for label, about, _, *step in sorted(first.union(*others, all=True), key=itemgetter(2)):
            steps[label, about].append(step)
    return steps


def _told(school_id, state, filed_at, code, steps, at):
    """A row nothing was decided on came as it is; any other began as its first decision found it."""
    was_filed = filed_at is not None and (at is None or filed_at < at)
    began = _began(steps[0][1] if steps else state, was_filed)
    paper = _Paper(school_id, code, began, filed_at if began in FILED else None)
    for verb, _, became, moment, undone_at in steps:
        if undone_at is None if at is None else moment < at and (undone_at is None or undone_at >= at):
            paper.step(verb, became, moment)
    return paper


def _began(state, was_filed):
    if state == WorkState.WITHDRAWN:
        return None
    return FILED_AS.get(state, H.DRAFT) if was_filed else H.DRAFT
