"""One school of a package: its figures, its lines of the register and the zip of its papers, in one transaction."""

from dataclasses import dataclass

import structlog
from django.db import transaction
from django.db.models import prefetch_related_objects

from core import jobs
from core.clock import now
from core.enums import JobState
from core.files import delete_private, write_private
from core.models import Job
from programmes.queries.past import notice_as_of
from reports.enums import CompilationState
from reports.models import Compilation, SchoolPart, SchoolSnapshot, Snapshot, SubmissionLine
from reports.package.school import freeze_extras, read_papers, write_part
from reports.queries.compilations import deadlines_of
from reports.queries.submissions import register
from visits.queries.as_of import Calls, calls_as_of, class_figures, schools_as_of

log = structlog.get_logger("homevisit.jobs")

PARTS = "compilations/parts"
TRIES = 3  # an unexpected failure may be a moment's


def run_schools(job_ids):
    """The schools of one message, one after the other; what one of them fails of stops no other."""
    batch, left = _Batch(job_ids), list(job_ids)
    while left:
        left = [job_id for job_id in left if _run_one(job_id, batch)]


def _run_one(job_id, batch):
    """True when it is to be tried once more."""
    try:
        with jobs.running(job_id, tries=TRIES) as job:
            if job is None:
                return False
            _compile_school(job, batch)
    except jobs.AWAY:
        raise
    except Exception:
        log.exception("school_not_compiled", job=job_id)
    job = Job.objects.get(pk=job_id)
    jobs.part_over(job)
    return job.state == JobState.QUEUED


@dataclass(frozen=True)
class _Facts:
    calls: Calls
    extras: dict  # {school id: columns of SchoolSnapshot}
    register: dict  # {school id: {code: Line}}
    papers: dict  # {school id: what write_part takes}


class _Batch:
    """What the schools of one message need, read once for all of them."""

    def __init__(self, job_ids):
        parts = SchoolPart.objects.select_related("school").filter(job_id__in=job_ids)
        self.parts = {part.job_id: part for part in parts}
        self.facts, self.is_broken = None, False
        ids = {part.compilation_id for part in self.parts.values()}
        self.compilations = Compilation.objects.select_related("programme__authority", "corrects", "job").in_bulk(ids)
        for compilation in self.compilations.values():
            compilation.programme = notice_as_of(compilation.programme, compilation.known_at)
        prefetch_related_objects([c.programme for c in self.compilations.values()], "categories")
        for part in self.parts.values():
            part.compilation = self.compilations[part.compilation_id]

    def facts_for(self, part, alive):
        """One school whose rows cannot be read makes each read its own, so that it fails alone."""
        if self.facts is None and not self.is_broken:
            try:
                self.facts = _read(part.compilation, [p.school for p in self.parts.values()], alive)
            except (*jobs.AWAY, jobs.JobStopped):
                raise
            except Exception:
                log.exception("schools_not_read_together", compilation=part.compilation_id)
                self.is_broken = True
        return self.facts or _read(part.compilation, [part.school], alive)


def _read(compilation, schools, alive):
    programme, at = compilation.programme, compilation.as_of
    school_ids = [school.pk for school in schools]
    calls = calls_as_of(programme, at, school_ids=school_ids, alive=alive, known_at=compilation.known_at)
    extras = freeze_extras(compilation, school_ids)
    alive()
    papers = read_papers(compilation, schools)
    lines = register(programme, at, school_ids=school_ids, deadlines=deadlines_of(compilation))
    return _Facts(calls, extras, lines, papers)


def _compile_school(job, batch):
    part = batch.parts[job.pk]
    compilation = part.compilation
    facts = batch.facts_for(part, lambda: jobs.progress(job))
    [figures] = schools_as_of(
        compilation.programme, compilation.as_of, school_ids=[part.school_id], calls=facts.calls,
        known_at=compilation.known_at,
    )  # fmt: skip
    jobs.progress(job)
    papers = []
    name = part_name(part, job.attempts)
    checksum = write_private(name, lambda path: papers.extend(write_part(compilation, part.school, path, facts.papers)))
    try:
        with transaction.atomic():
            # First the job's row: whoever took the job over waits here, or has it and this worker stops.
            jobs.progress(job)
            _keep(part, figures, facts)
            SchoolPart.objects.filter(pk=part.pk).update(
                file=name, sha256=checksum, papers=papers, ready_at=now()
            )
            jobs.finish(job, message=f"{len(papers)}份材料" if papers else "没有材料")
    except jobs.AWAY:
        raise  # it may be committed all the same, and the part then needs its file; what nobody needs goes in the end
    except Exception:
        delete_private(name)
        raise


def part_name(part, attempt):
    """Each worker writes a file of its own, so that one that lost the job spoils nobody's."""
    return f"{PARTS}/{part.compilation_id}/{part.school.code}-{attempt}.zip"


def _keep(part, figures, facts):
    """The rows of one school, frozen once: they stand from here on, and its job is done."""
    compilation, school = part.compilation, part.school
    if not Compilation.objects.filter(pk=compilation.pk, state=CompilationState.FREEZING).exists():
        raise jobs.JobFailed("这份汇编已经做完，不再收学校。要补上就在汇编页再试。")
    place = {"compilation": compilation, "authority_id": compilation.authority_id, "school_id": school.pk}
    SchoolSnapshot.objects.create(
        **place, code=school.code, name=school.name, kind=school.kind, **figures.figures(),
        **facts.extras.get(school.pk, {}),
    )  # fmt: skip
    Snapshot.objects.bulk_create(
        [Snapshot(**place, school_class_id=row.school_class_id, **class_figures(row)) for row in figures.class_rows],
        batch_size=500,
    )
    SubmissionLine.objects.bulk_create(
        SubmissionLine(
            **place, code=line.code, state=line.state, late=line.late, count=line.count, filed_at=line.filed_at
        )
        for line in facts.register.get(school.pk, {}).values()
    )
