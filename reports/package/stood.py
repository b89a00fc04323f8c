"""Works, plans and reports as they stood at an instant: today's rows, with every decision since then taken back.

Texts come from the version that was filed. What changes without a decision has no history and is read as of today:
the nominee's facts sealed with a newer submission, a school's own award.
"""

import copy
from datetime import datetime

from django.db.models import Q

from reports.models import PlanMember, PlanVersion, ReportVersion, SchoolPlan, SchoolReport
from reports.models.filing import AT_DISTRICT as FILED
from reports.queries.text import section_texts, without_names
from schools.models import Decision
from works.enums import AT_DISTRICT_STATES
from works.models import Work, WorkVersion

LABELS = {model: model._meta.label_lower for model in (SchoolPlan, SchoolReport, Work)}


def papers_of(programme, school, at):
    """[(row, text)] of everything that stood filed with the district: the plan, the report, then works by kind and the
    school's order. Copies that must not be saved; text: (title, body) of a work, the members of a plan. At most seven
    queries, and two for the names in a report."""
    filings = Q(programme=programme, school=school, created_at__lt=at)
    plan = SchoolPlan.objects.filter(filings).select_related("school").first()
    report = SchoolReport.objects.filter(filings).select_related("school").first()
    works = Work.objects.filter(filings).select_related("authority", "school", "author", "honoree", "visit").order_by("pk")
    rows = [row for row in (plan, report, *works) if row is not None]
    since = _decisions(rows, at)
    for row in rows:
        row.programme = programme  # read once, with its settings
    stood = [_stood(row, since.get((LABELS[type(row)], row.pk), ())) for row in rows]
    stood = [row for row in stood if row.state in (*FILED, *AT_DISTRICT_STATES) and row.filed_at and row.filed_at < at]
    texts = _of_works([row for row in stood if type(row) is Work])
    return [(row, texts[row.pk] if type(row) is Work else _text(row)) for row in _in_order(programme, stood)]


def _decisions(rows, at):
    """{(label, pk): [decision]} since the instant, newest first. One query."""
    chosen = Q(pk__in=[])
    for model, label in LABELS.items():
        if ids := [row.pk for row in rows if type(row) is model]:
            chosen |= Q(about_type=label, about_id__in=ids)
    found = {}
    for decision in Decision.objects.filter(chosen, at__gte=at).order_by("-id"):
        found.setdefault((decision.about_type, decision.about_id), []).append(decision)
    return found


def _stood(row, since):
    shown = copy.copy(row)
    for decision in since:
        shown.state = decision.was
        for name, value in decision.before.items():
            field = row._meta.get_field(name)
            setattr(shown, field.attname, value if field.is_relation else field.to_python(value))
    return shown


def _in_order(programme, rows):
    kinds = [one.code for one in programme.rules.works]

    def place(row):
        if type(row) is not Work:
            return (0, [SchoolPlan, SchoolReport].index(type(row)), 0, row.pk)
        kind = kinds.index(row.kind) if row.kind in kinds else len(kinds)
        return (1, kind, row.school_order or 1 << 15, row.pk)

    return sorted(rows, key=place)


def _of_works(works):
    """{pk: (title, body)} as handed in. One query."""
    rows = WorkVersion.objects.filter(work__in=[work.pk for work in works]) if works else ()
    versions = {(row.work_id, row.number): (row.title, row.body) for row in rows}
    return {work.pk: versions.get((work.pk, work.version), (work.title, work.body)) for work in works}


def _text(row):
    """What was filed is written into the copy; see papers_of for what is returned."""
    if type(row) is SchoolPlan:
        return _plan(row, PlanVersion.objects.filter(plan=row.pk, number=row.version).first())
    return _report(row, ReportVersion.objects.filter(report=row.pk, number=row.version).first())


def _plan(plan, version):
    if version is None:
        return list(plan.members.all())
    for name in ("title", "sections", "phases"):
        setattr(plan, name, version.data[name])
    return [PlanMember(**member) for member in version.data["members"]]


def _report(report, version):
    """Pupils and parents by alias: it leaves the school."""
    if version is not None:
        for name in ("title", "sections", "figures"):
            setattr(report, name, version.data[name])
        at = version.data["figures_at"]
        report.figures_at = datetime.fromisoformat(at) if at else None
    [told] = without_names(report, [{"title": report.title, "sections": section_texts(report)}])
    report.title, report.sections = told["title"], told["sections"]
    return None
