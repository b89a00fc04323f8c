"""后台任务 as the desk lists them: what ran, runs, failed and was tried again, whoever made it."""

from dataclasses import dataclass

from django.db.models import Count, Q

from core.beat import KIND as BEAT
from core.enums import JobState
from core.models import Job
from reports.models import Compilation
from schools.models import School, User

OPEN = (JobState.QUEUED, JobState.RUNNING, JobState.WAITING)
GROUPS = {
    "": ("全部", None),
    "open": ("进行中", OPEN),
    "failed": ("没有完成", (JobState.FAILED,)),
    "done": ("已完成", (JobState.DONE,)),
    "cancelled": ("已取消", (JobState.CANCELLED,)),
}


@dataclass(frozen=True)
class JobLine:
    """One job in the list. by: who started it; address, retry: its page and its second try, "" where the reader has none."""

    job: Job
    by: str
    compilation: Compilation | None
    again_by: str  # whose it is to try again, where it is not the reader's

    @property
    def is_beat(self):
        return self.job.kind.startswith(BEAT)

    @property
    def seconds(self):
        """How long it took or has been running; None before it began."""
        job = self.job
        end = job.finished_at or (job.heartbeat_at if job.is_open else None)
        return max(0, round((end - job.started_at).total_seconds())) if job.started_at and end else None


def desk_jobs(user, group=""):
    """Jobs under the user's authorities, the latest first, parts folded into the whole. See job_lines()."""
    rows = Job.objects.run_under(user.reach.authorities).filter(parent__isnull=True)
    states = GROUPS[group][1]
    return (rows.filter(state__in=states) if states else rows).order_by("-created_at", "-pk")


def group_counts(user):
    """{group: number of jobs}. One query."""
    rows = Job.objects.run_under(user.reach.authorities).filter(parent__isnull=True).order_by()
    by_state = dict(rows.values_list("state").annotate(Count("pk")))
    return {
        code: sum(number for state, number in by_state.items() if states is None or state in states)
        for code, (_, states) in GROUPS.items()
    }


def job_lines(jobs, *, user):
    """JobLines of a page of jobs. Three queries for any number of them, one more where schools made some; each job
    carries parts_done, parts_failed, parts. Of what a school made the desk reads which school, not which teacher."""
    jobs = list(jobs)
    ids = [job.pk for job in jobs]
    at_desk = {job.owner_id for job in jobs if job.school_id is None}
    names = dict(User.objects.filter(pk__in=at_desk).values_list("pk", "name"))
    of_schools = {job.school_id for job in jobs} - {None}
    schools = dict(School.objects.filter(pk__in=of_schools).values_list("pk", "short_name")) if of_schools else {}
    compilations = {row.job_id: row for row in Compilation.objects.visible_to(user).filter(job__in=ids)}
    parts = {row["parent_id"]: row for row in _parts(ids)}
    lines = []
    for job in jobs:
        counted = parts.get(job.pk, {})
        job.parts, job.parts_done, job.parts_failed = (counted.get(name, 0) for name in ("parts", "done", "failed"))
        foreign = job.owner_id not in (None, user.pk) and not job.shared
        by = names.get(job.owner_id, "已离开的人") if job.owner_id else "定时"
        by = schools.get(job.school_id, by)
        lines.append(JobLine(job, by, compilations.get(job.pk), by if foreign else ""))
    return lines


def _parts(ids):
    rows = Job.objects.filter(parent__in=ids).order_by().values("parent_id")
    return rows.annotate(
        parts=Count("pk"), done=Count("pk", filter=Q(state=JobState.DONE)), failed=Count("pk", filter=Q(state=JobState.FAILED))
    )
