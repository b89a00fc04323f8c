"""The package's own job. Its task runs twice: it hands the schools out and waits, and the last of them wakes it."""

from functools import partial

from django.db import transaction
from django.db.models import Sum

from core import jobs
from core.audit import record
from core.clock import now
from core.enums import JobState
from core.files import delete_private, local_copy, write_private
from core.formats import percent
from core.models import Job
from core.states import move
from programmes.enums import DeadlineKind
from programmes.queries.past import notice_as_of
from reports.actions.compile import mail, told
from reports.actions.compile.schools import part_name, run_schools
from reports.actions.compile.start import STEPS
from reports.enums import COMPILATION_MOVES, CompilationState
from reports.models import Compilation, SchoolPart, Snapshot
from reports.package.district import check_package, write_package
from schools.models import School
from visits.models.register import ALL
from visits.queries.as_of import school_ids_as_of

PART = "reports.tasks.compile_schools"
FOLDER = "compilations"
NAMED = 10  # schools named in a line of words


def run_compilation(job_id):
    """All of it in this process, as the command line does it. Schools that others have at hand are left to them."""
    run_lead(job_id)
    waiting = Job.objects.filter(parent_id=job_id, state=JobState.QUEUED).order_by("pk")
    ids = list(waiting.values_list("pk", flat=True))
    for first in range(0, len(ids), jobs.PARTS_A_MESSAGE):
        run_schools(ids[first : first + jobs.PARTS_A_MESSAGE])
    run_lead(job_id)


def run_lead(job_id):
    """What a worker does with the job. Returns without a word when the job is over, waiting, or another worker's."""
    with jobs.running(job_id) as job:
        if job is None:
            return
        compilation = Compilation.objects.select_related("programme__authority", "started_by", "job").get(job=job)
        compilation.programme = notice_as_of(compilation.programme, compilation.known_at)
        if compilation.state == CompilationState.WAITING:
            _hand_out(compilation, job)
        if job.children.open().exists():
            jobs.progress(job, step=1, label=STEPS[0])
            jobs.wait(job)
        else:
            _write_and_check(compilation, job)


def _hand_out(compilation, job):
    """A job for every school of the district's table; from here on the list of schools stands."""
    ids = school_ids_as_of(compilation.programme)
    if not ids:
        raise jobs.JobFailed("还没有学校，没有可以汇编的数据。请先在“后台管理—学校”里添加学校。")
    schools = School.objects.in_bulk(ids)
    with transaction.atomic():
        # First the job's row: whoever took the job over waits here, or has it and this worker stops.
        jobs.progress(job, step=1, label=STEPS[0], total=len(ids))
        parts = jobs.create_parts(
            job, PART, [{"label": f"汇编{schools[pk].short_name}", "school_id": pk} for pk in ids]
        )
        SchoolPart.objects.bulk_create(
            SchoolPart(compilation=compilation, authority_id=compilation.authority_id, school_id=part.school_id, job=part)
            for part in parts
        )
        _move(compilation, "freeze")


def _write_and_check(compilation, job):
    parts = list(compilation.parts.select_related("school", "job").order_by("school__code"))
    done = [part for part in parts if part.job.state == JobState.DONE]
    missing = [part for part in parts if part.job.state != JobState.DONE]
    if not done:
        raise jobs.JobFailed(f"没有一所学校汇编成，第一所的原因：{_why(missing[0])}")
    with transaction.atomic():
        jobs.progress(job, step=2, label=STEPS[1])
        compilation.missing = [{"school": p.school_id, "name": p.school.name, "why": _why(p)} for p in missing]
        if compilation.state == CompilationState.FREEZING:
            move(compilation, COMPILATION_MOVES, "frozen")
        compilation.save(update_fields=["state", "missing"])
    name = package_name(compilation, job.attempts)
    try:
        checksum = write_private(name, partial(_write, compilation, job, done))
        jobs.progress(job, step=3, label=STEPS[2])
        _check(compilation, name)
        _publish(compilation, job, name, checksum, done)
    except jobs.AWAY:
        raise  # what was written may be committed, and the row then needs its file
    except Exception:
        delete_private(name)
        raise
    _remove_left_overs(compilation, job, done)


def _why(part):
    return part.job.message or f"这所学校的任务{part.job.get_state_display()}"


def package_name(compilation, attempt):
    """Each worker writes a file of its own, so that one that lost the job spoils nobody's."""
    return f"{package_stem(compilation)}{attempt}.zip"


def package_stem(compilation):
    return f"{FOLDER}/{compilation.programme.code}-{compilation.kind}-{compilation.revision}-"


def _write(compilation, job, parts, path):
    def alive(done=0, total=0):
        if done % jobs.PARTS_A_MESSAGE == 0 or done == total:
            jobs.progress(job, done=done, total=total)

    write_package(
        compilation, path, parts=parts, missing=compilation.missing, password=compilation.password, alive=alive
    )


def _check(compilation, name):
    with local_copy(name) as path:
        check_package(compilation, path)


def _publish(compilation, job, name, checksum, done):
    sums = Snapshot.objects.filter(compilation=compilation, dimension=ALL).aggregate(due=Sum("due"), visited=Sum("visited"))
    due, visited = sums["due"] or 0, sums["visited"] or 0
    with transaction.atomic():
        jobs.finish(job, file=name, message=_words(compilation, done, due, visited))
        compilation.file, compilation.checksum, compilation.ready_at = name, checksum, now()
        compilation.mailed_at, compilation.mail_error = None, ""  # what was mailed before lacked schools
        _move(
            compilation, "incomplete" if compilation.missing else "ready", "file", "checksum", "ready_at", "mailed_at",
            "mail_error",
        )  # fmt: skip
        record(
            compilation, "compilation.ready", by=compilation.started_by, sha256=checksum, schools=len(done), due=due,
            visited=visited, missing=[line["school"] for line in compilation.missing],
        )  # fmt: skip
        told.tell_made(compilation, len(done))
        mail.on_commit(compilation)


def _words(compilation, parts, due, visited):
    """Coverage where the deadline is that of visits, else what it is about: papers."""
    papers = sum(len(part.papers) for part in parts)
    about = f"覆盖率{percent(visited, due, 2)}" if compilation.kind == DeadlineKind.COVERAGE else f"{papers}份材料"
    words = f"{len(parts)}所学校，{about}"
    if not compilation.missing:
        return words
    names = [line["name"] for line in compilation.missing]
    more = "等" if len(names) > NAMED else ""
    return f"{words}。缺{len(names)}所：{'、'.join(names[:NAMED])}{more}"[:500]


def _remove_left_overs(compilation, job, done):
    """What workers wrote that did not live to finish."""
    for attempt in range(1, job.attempts):
        delete_private(package_name(compilation, attempt))
    for part in done:
        for attempt in range(1, part.job.attempts):
            delete_private(part_name(part, attempt))


def _move(compilation, verb, *also):
    move(compilation, COMPILATION_MOVES, verb)
    compilation.save(update_fields=["state", *also])
