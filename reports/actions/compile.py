"""A deadline's figures: frozen once, written into the district's workbook, checked, kept.

Every step may be done again: a worker that dies leaves schools that are frozen whole and a job that the tick sends
to another worker, which goes on with the schools that are missing. docs/decisions/0004-compilations.md
"""

from functools import partial
from itertools import islice

import openpyxl
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Sum

from core import jobs
from core.audit import record
from core.clock import local_date, now
from core.files import open_private, write_private
from core.formats import full_day, instant, percent
from core.sheets import clean, internal_mark, write_table
from core.states import move
from programmes.enums import DeadlineKind, ProgrammeState
from programmes.models import Deadline, Programme
from reports import tasks
from reports.enums import COMPILATION_MOVES, CompilationState
from reports.models import Compilation, SchoolSnapshot, Snapshot
from reports.queries.summary import NOTES, summary_table
from schools.models import School
from visits.models import Due
from visits.models.register import ALL
from visits.queries.as_of import calls_as_of, class_figures, school_ids_as_of, schools_as_of

CHUNK = 5  # schools a transaction: a sign of life every second or so
STEPS = ("冻结各校数据", "生成表格", "核对")
OFFERED = (DeadlineKind.COVERAGE,)


class CannotCompile(Exception):
    """The message says why, and what to do."""


def start_compilation(programme, kind, *, by=None, at=None, queue=True):
    """The compilation of that instant, started if nobody has; the same call twice is one compilation.

    at: as of which instant. By default the deadline's once it has passed; before it the present moment, which is
    a 阶段性 package of its own (one at a time). A failed or cancelled one starts again where it stopped.
    queue=False leaves the work to the caller: run_compilation(compilation.job_id).
    """
    deadline = _deadline(programme, kind)
    moment = now()
    if at is not None and at > moment:
        raise CannotCompile("这个时刻还没有到，数据截至时间不能晚于现在。")
    with transaction.atomic():
        Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
        compilation = _existing(programme, deadline, at, moment)
        if compilation is None:
            compilation = _create(programme, deadline, at or min(moment, deadline.at), by)
        elif not _restart(compilation, by):
            return compilation
        if queue:
            transaction.on_commit(partial(jobs.send, tasks.compile_coverage, compilation.job_id))
    return compilation


def _deadline(programme, kind):
    if kind not in DeadlineKind.values:
        raise CannotCompile(f"没有“{kind}”这种截止事项，可以写：{'、'.join(DeadlineKind.values)}。")
    if kind not in OFFERED:
        raise CannotCompile(f"“{DeadlineKind(kind).label}”的汇编还没有开放，现在只能汇编“走访全覆盖”（coverage）。")
    deadline = Deadline.objects.filter(programme=programme, kind=kind).first()
    if deadline is None:
        raise CannotCompile(f"这个活动没有“{DeadlineKind(kind).label}”截止时间，请先在“管理—截止事项”里添加。")
    return deadline


def _existing(programme, deadline, at, moment):
    same = Compilation.objects.select_related("job").filter(programme=programme, kind=deadline.kind)
    wanted = at or (deadline.at if deadline.at <= moment else None)
    if wanted is not None:
        return same.filter(as_of=wanted).first()
    unfinished = same.exclude(state=CompilationState.READY).filter(as_of__lt=deadline.at).order_by("-revision")
    return next((c for c in unfinished if c.job.is_open), None) or same.filter(as_of=moment).first()


def _create(programme, deadline, at, by):
    last = Compilation.objects.filter(programme=programme, kind=deadline.kind).aggregate(last=Max("revision"))["last"]
    label = f"汇编{deadline.title}报表（截至{instant(at).split('年')[1]}）"
    job = jobs.create(
        "reports.tasks.compile_coverage", label=label, steps=len(STEPS), by=by, shared=True,
        authority_id=programme.authority_id, programme=programme.pk,
    )  # fmt: skip
    compilation = Compilation.objects.create(
        programme=programme, authority_id=programme.authority_id, kind=deadline.kind, revision=(last or 0) + 1,
        as_of=at, known_at=at, deadline_at=deadline.at, job=job, started_by=by, created_at=now(),
    )  # fmt: skip
    record(
        compilation, "compilation.start", by=by, programme=programme.code, kind=deadline.kind, as_of=at.isoformat(),
        revision=compilation.revision,
    )  # fmt: skip
    return compilation


def _restart(compilation, by):
    """True when a stopped one was set going again."""
    if compilation.is_ready or compilation.job.is_open:
        return False
    jobs.retry(compilation.job)
    record(compilation, "compilation.restart", by=by)
    return True


def start_due_compilations():
    """What the tick starts: coverage deadlines of open programmes that have passed and have no compilation."""
    done = Compilation.objects.filter(programme=OuterRef("programme"), kind=OuterRef("kind"), as_of=OuterRef("at"))
    register = Due.objects.filter(programme=OuterRef("programme"))
    passed = Deadline.objects.filter(
        ~Exists(done), Exists(register), kind__in=OFFERED, at__lte=now(), programme__state=ProgrammeState.OPEN
    )
    return [start_compilation(deadline.programme, deadline.kind) for deadline in passed.select_related("programme")]


def cancel_compilation(compilation, *, by):
    """Stop the work. What is frozen stays, and starting again goes on from there. WrongState when it is over."""
    with transaction.atomic():
        jobs.cancel(compilation.job)
        record(compilation, "compilation.cancel", by=by)


def run_compilation(job_id):
    """What a worker does with the job. Returns without a word when the job is over or another worker's."""
    with jobs.running(job_id) as job:
        if job is None:
            return
        compilation = Compilation.objects.select_related("programme__authority", "started_by", "job").get(job=job)
        if compilation.state in (CompilationState.WAITING, CompilationState.FREEZING):
            _freeze(compilation, job)
        _write_and_check(compilation, job)


def _freeze(compilation, job):
    programme = compilation.programme
    ids = school_ids_as_of(programme)
    frozen = set(SchoolSnapshot.objects.filter(compilation=compilation).values_list("school_id", flat=True))
    waiting = iter([pk for pk in ids if pk not in frozen])
    done = len(frozen)
    jobs.progress(job, step=1, label=STEPS[0], done=done, total=len(ids))
    _move(compilation, "freeze")
    alive = partial(jobs.progress, job, done=done, total=len(ids))
    calls = calls_as_of(programme, compilation.as_of, alive=alive)
    while chunk := list(islice(waiting, CHUNK)):
        rows = schools_as_of(programme, compilation.as_of, school_ids=chunk, calls=calls)
        with transaction.atomic():
            # First the job's row: whoever takes the job over waits here until these schools are frozen.
            jobs.progress(job, done=done + len(chunk), total=len(ids))
            _keep(compilation, rows)
        done += len(chunk)
    with transaction.atomic():
        jobs.progress(job, done=done, total=len(ids))
        _move(compilation, "frozen")


def _keep(compilation, rows):
    """Snapshot rows of some schools. What already stands stays: figures are frozen once."""
    authority_id = compilation.authority_id
    schools = School.objects.in_bulk([row.school_id for row in rows])
    SchoolSnapshot.objects.bulk_create(
        [
            SchoolSnapshot(
                compilation=compilation, authority_id=authority_id, school_id=row.school_id, **row.figures(),
                code=schools[row.school_id].code, name=schools[row.school_id].name, kind=schools[row.school_id].kind,
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    Snapshot.objects.bulk_create(
        [
            Snapshot(
                compilation=compilation, authority_id=authority_id, school_id=c.school_id,
                school_class_id=c.school_class_id, **class_figures(c),
            )
            for row in rows
            for c in row.class_rows
        ],
        ignore_conflicts=True,
        batch_size=500,
    )  # fmt: skip


def _write_and_check(compilation, job):
    table = summary_table(compilation)
    if not table.rows:
        raise jobs.JobFailed("还没有学校，没有可以汇编的数据。请先在“管理—学校”里添加学校。")
    jobs.progress(job, step=2, label=STEPS[1])
    name = f"compilations/{compilation.programme.code}-{compilation.kind}-{compilation.revision}.xlsx"
    checksum = write_private(name, partial(_write_workbook, compilation, table))
    jobs.progress(job, step=3, label=STEPS[2])
    _check(compilation, name, table)
    _publish(compilation, job, name, checksum, table)


def _write_workbook(compilation, table, path):
    programme, made_at = compilation.programme, compilation.created_at
    filled_on = full_day(local_date(made_at))
    write_table(
        path,
        title=f"{programme.authority.name}{programme.title}走访情况汇总表",
        subtitle=f"数据截至{compilation.as_of_words}（{compilation.stage}，第{compilation.revision}版）",
        columns=table.columns,
        rows=table.rows,
        total=table.sums,
        notes=(*NOTES, f"填表人：　　　　　　审核人：　　　　　　联系电话：　　　　　　填表日期：{filled_on}"),
        sheet="走访情况汇总",
        mark=internal_mark(compilation.started_by, made_at, f"{compilation.pk:06d}"),
        made_at=made_at,
    )


def _check(compilation, name, table):
    """Read the file back: its rows are the frozen ones, and its sums the database's own."""
    with open_private(name) as file:
        sheet = openpyxl.load_workbook(file, read_only=True).active
        written = [list(row) for row in sheet.iter_rows(values_only=True)]
    expected = [[_as_written(value) for value in row] for row in (*table.rows, table.sums)]
    first = written.index(expected[0]) if expected[0] in written else 0
    sums = Snapshot.objects.filter(compilation=compilation, dimension=ALL).aggregate(due=Sum("due"), visited=Sum("visited"))
    frozen = (sums["due"] or 0, sums["visited"] or 0)
    if written[first : first + len(expected)] != expected or (table.due, table.visited) != frozen:
        raise jobs.JobFailed("核对没有通过：表格和冻结的数据对不上，没有发布。请再试一次；再不行请联系管理员。")


def _as_written(value):
    return (clean(value) or None) if isinstance(value, str) else value


def _publish(compilation, job, name, checksum, table):
    words = f"{len(table.rows)}所学校，覆盖率{percent(table.visited, table.due, 2)}"
    with transaction.atomic():
        jobs.finish(job, file=name, message=words)
        compilation.file, compilation.checksum, compilation.ready_at = name, checksum, now()
        _move(compilation, "ready", "file", "checksum", "ready_at")
        record(
            compilation, "compilation.ready", by=compilation.started_by, sha256=checksum, schools=len(table.rows),
            due=table.due, visited=table.visited,
        )  # fmt: skip


def _move(compilation, verb, *also):
    move(compilation, COMPILATION_MOVES, verb)
    compilation.save(update_fields=["state", *also])
