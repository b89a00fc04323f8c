from datetime import datetime, timedelta

from django.db.models import Count, F

from core.beat import KIND as BEAT
from core.clock import now
from core.enums import JobState
from core.models import Job
from programmes.enums import DeadlineKind, ProgrammeState
from reports.models import Compilation

NOT_STARTED = "deadline"  # core.beat.could_not()'s name for a deadline whose package the beat could not start
RECENT = timedelta(hours=24)
TROUBLED = timedelta(days=14)  # so long the desk is told of a package that stopped or lacks schools
OLD = 3
GROUPS = {
    "open": [JobState.QUEUED, JobState.RUNNING], "done": [JobState.DONE], "missing": [JobState.FAILED, JobState.CANCELLED],
}  # fmt: skip


def compilations_for(user):
    """Newest first, with everything a list shows of them."""
    rows = Compilation.objects.visible_to(user).select_related("programme", "authority", "job", "started_by")
    return rows.order_by("-created_at", "-revision")


def kept_deadlines(programme):
    """{kind: text} of today, for the package's job to keep."""
    return {deadline.kind: deadline.at.isoformat() for deadline in programme.deadlines.all()}


def deadlines_of(compilation):
    """{kind: instant} as they stood when the package was started: one that is moved later moves nothing in it."""
    kept = compilation.job.args.get("deadlines")
    if kept is None:  # started before they were kept
        kept = kept_deadlines(compilation.programme)
    found = {kind: datetime.fromisoformat(at) for kind, at in kept.items()}
    return found | {compilation.kind: compilation.deadline_at}


def on_desk(programme, *, user):
    """(what the job row shows, the coverage deadline's package, jobs of not_started()); the first two may be None. One
    query, one more where a deadline passed without a package.

    The row shows what is in the making, of whatever kind; what stopped or lacks schools; what was finished within a
    day; else the coverage deadline's package.
    """
    rows = Compilation.objects.visible_to(user).filter(programme=programme)
    rows = list(rows.select_related("job").order_by("-created_at", "-revision")[:20])
    final = next((row for row in rows if _is_final(row)), None)
    latest = min(rows, key=_urgency, default=None)
    shown = final if latest is None or _urgency(latest) == OLD else latest
    return shown, final, not_started(programme, programme.deadlines.all(), {(row.kind, row.as_of) for row in rows})


def not_started(programme, deadlines, made):
    """Why deadlines that passed have no package: jobs with label and message. made: {(kind, instant)}. At most one query."""
    passed = [deadline for deadline in deadlines if deadline.at <= now()]
    without = {(one.kind, one.at.isoformat()) for one in passed if (one.kind, one.at) not in made}
    if not without or programme.state != ProgrammeState.OPEN:
        return []
    rows = Job.objects.filter(kind=f"{BEAT}{NOT_STARTED}", state=JobState.FAILED, args__programme=programme.pk).order_by()
    return sorted((row for row in rows if (row.args["kind"], row.args["at"]) in without), key=lambda row: row.pk)


def _is_final(row):
    return row.has_file and row.kind == DeadlineKind.COVERAGE and row.as_of == row.deadline_at


def _urgency(row):
    if row.job.is_open:
        return 0
    if not row.is_ready:
        return 1 if row.created_at > now() - TROUBLED else OLD
    return 2 if row.ready_at > now() - RECENT else OLD


def deadline_lines(programme, *, user):
    """[(Deadline, the newest package as of it or None)] in the order of their instants. Two queries."""
    rows = Compilation.objects.visible_to(user).filter(programme=programme, as_of=F("deadline_at"))
    newest = {}
    for row in rows.select_related("job").order_by("revision"):
        newest[row.kind, row.as_of] = row
    return [(deadline, newest.get((deadline.kind, deadline.at))) for deadline in programme.deadlines.order_by("at", "position")]


def parts_of(compilation, *, group=""):
    """The schools of a package by code, each with its job; group: a state of jobs, "" for all."""
    rows = compilation.parts.select_related("school", "job").order_by("school__code")
    return rows.filter(job__state__in=GROUPS[group]) if group else rows


def part_counts(compilation):
    """{group: number} with "" for all."""
    states = dict(compilation.parts.order_by().values_list("job__state").annotate(Count("pk")))
    counts = {group: sum(states.get(state, 0) for state in of) for group, of in GROUPS.items()}
    return {"": sum(states.values())} | counts
