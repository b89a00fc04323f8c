"""Works, plans and reports as they stood at an instant: today's rows, with every decision since then taken back.

A decision that was undone after the instant stood at it, as reports/queries/submissions.py tells it. Texts and the
nominee's facts come from the version that was filed, a school's own award from what it was before it was changed. Read as
of today are names of teachers and schools, and the aliases of pupils, of whom a later submission may add more.
"""

import copy
from datetime import datetime

from django.db.models import Q

from reports.models import PlanMember, PlanVersion, ReportVersion, SchoolPlan, SchoolReport
from reports.models.filing import AT_DISTRICT as FILED
from schools.models import Decision
from works.enums import AT_DISTRICT_STATES
from works.models import PastAward, Work, WorkVersion

LABELS = {model: model._meta.label_lower for model in (SchoolPlan, SchoolReport, Work)}


def papers_of(programme, schools, at):
    """{school id: [(row, text)]} of everything that stood filed with the district: the plan, the report, then works by
    kind and the school's order. Copies that must not be saved; text: (title, body) of a work, the members of a plan.

    Eight queries for any number of schools.
    """
    rows = _rows(programme, schools, at)
    since = _decisions(rows, at)
    stood = [_stood(row, since.get((LABELS[type(row)], row.pk), ()), at) for row in rows]
    stood = [row for row in stood if row.state in (*FILED, *AT_DISTRICT_STATES) and row.filed_at and row.filed_at < at]
    texts = _texts(stood)
    _give_back_awards(stood, at)
    found = {school.pk: [] for school in schools}
    for row in _in_order(programme, stood):
        found[row.school_id].append((row, texts[type(row), row.pk]))
    return found


def _rows(programme, schools, at):
    """Everything begun by then, with what its paper prints. Three queries."""
    chosen = Q(programme=programme, school__in=schools, created_at__lt=at)
    works = Work.objects.select_related("authority", "author", "honoree", "visit").order_by("pk")
    rows = [row for rows in (SchoolPlan.objects, SchoolReport.objects, works) for row in rows.filter(chosen)]
    by_id = {school.pk: school for school in schools}
    for row in rows:
        row.programme, row.school = programme, by_id[row.school_id]  # read once, with its settings
    return rows


def _decisions(rows, at):
    """{(label, pk): [decision]} made or undone since the instant, newest first. One query."""
    chosen = Q(pk__in=[])
    for model, label in LABELS.items():
        if ids := [row.pk for row in rows if type(row) is model]:
            chosen |= Q(about_type=label, about_id__in=ids)
    found = {}
    moved = Q(at__gte=at) | Q(undone_at__gte=at)
    for decision in Decision.objects.filter(chosen, moved).order_by("-id"):
        found.setdefault((decision.about_type, decision.about_id), []).append(decision)
    return found


def _stood(row, since, at):
    """The columns of an undone decision are gone; of those that can be undone a paper prints none."""
    shown = copy.copy(row)
    for decision in since:
        if decision.at < at:
            continue
        shown.state = decision.was
        for name, value in decision.before.items():
            field = row._meta.get_field(name)
            setattr(shown, field.attname, value if field.is_relation else field.to_python(value))
    stood = next((decision for decision in since if decision.at < at), None)
    if stood is not None:
        shown.state = stood.became
    return shown


def _in_order(programme, rows):
    kinds = [one.code for one in programme.rules.works]

    def place(row):
        if type(row) is not Work:
            return (0, [SchoolPlan, SchoolReport].index(type(row)), 0, row.pk)
        kind = kinds.index(row.kind) if row.kind in kinds else len(kinds)
        return (1, kind, row.school_order or 1 << 15, row.pk)

    return sorted(rows, key=place)


def _texts(stood):
    """{(model, pk): the text}; what was filed of a plan or a report is written into the copy. Three queries."""
    found = {}
    for model, versions, name in VERSIONS:
        rows = {row.pk: row for row in stood if type(row) is model}
        kept = versions.objects.filter(**{f"{name}__in": list(rows)}) if rows else ()
        kept = {getattr(one, f"{name}_id"): one for one in kept if one.number == rows[getattr(one, f"{name}_id")].version}
        for pk, row in rows.items():
            found[model, pk] = WRITE[model](row, kept.get(pk))
    return found


def _give_back_awards(stood, at):
    """校级等级 moves without a decision. One query."""
    works = {row.pk: row for row in stood if type(row) is Work}
    changed = PastAward.objects.filter(work__in=works, until__gte=at).order_by("-id")
    for past in changed if works else ():  # the oldest comes last
        works[past.work_id].school_award = past.label


def _work(work, version):
    if version is None:
        return work.title, work.body
    work.facts = version.facts or work.facts  # not kept before it was
    return version.title, version.body


def _plan(plan, version):
    if version is None:
        return list(plan.members.all())
    for name in ("title", "sections", "phases"):
        setattr(plan, name, version.data[name])
    return [PlanMember(**member) for member in version.data["members"]]


def _report(report, version):
    if version is not None:
        for name in ("title", "sections", "figures"):
            setattr(report, name, version.data[name])
        at = version.data["figures_at"]
        report.figures_at = datetime.fromisoformat(at) if at else None


VERSIONS = ((Work, WorkVersion, "work"), (SchoolPlan, PlanVersion, "plan"), (SchoolReport, ReportVersion, "report"))
WRITE = {Work: _work, SchoolPlan: _plan, SchoolReport: _report}
