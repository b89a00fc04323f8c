"""Who runs the desk is told in the inbox how a package came out: once each time it was made or failed."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse

from core import jobs
from core.clock import now
from core.enums import JobState
from core.models import Job
from reports.models import Compilation
from schools.actions.message import tell
from schools.enums import Role
from schools.models import Message, Post

NAMED = 5  # schools
RECENT = timedelta(days=14)


def tell_made(compilation, number):
    """Inside the transaction that publishes it. number: of schools in it."""
    missing = [line["name"] for line in compilation.missing]
    if missing:
        more = "等" if len(missing) > NAMED else ""
        said = f"：做了{number}所，缺{len(missing)}所：{'、'.join(missing[:NAMED])}{more}。打开看原因，再试这几所。"
    else:
        said = f"：做好了，{number}所学校都在，可以下载。"
    _tell(compilation, said)


def tell_failed():
    """What the tick does: packages whose job failed, also when nobody was left to say so."""
    failed = Compilation.objects.filter(job__state=JobState.FAILED, job__finished_at__gt=now() - RECENT)
    for compilation in failed.select_related("programme", "job").order_by("pk"):
        if compilation.job.args.get("told") != compilation.job.attempts:
            _tell_failed(compilation)


@transaction.atomic
def _tell_failed(compilation):
    job = Job.objects.select_for_update().get(pk=compilation.job_id)
    if job.state != JobState.FAILED or job.args.get("told") == job.attempts:
        return
    jobs.remember(job, told=job.attempts)
    _tell(compilation, f"：没有做成。{job.message}")


def _tell(compilation, said):
    programme = compilation.programme
    what = f"{programme.short_title}，“{compilation.get_kind_display()}”汇编（{compilation.stage}，第{compilation.revision}版）"
    url = reverse("reports:snapshot", args=[compilation.pk])
    _tell_officers(compilation, f"{what}{said}", url)


def tell_not_started(row, text):
    """row: core.beat.could_not()'s."""
    _tell_officers(row, text, reverse("reports:files"))


def _tell_officers(about, text, url):
    """District administrators of today. What was said before of the same and nobody has read is no longer true."""
    withdraw(about)
    posts = Post.objects.active().filter(authority_id=about.authority_id, role=Role.DISTRICT_ADMIN, user__is_active=True)
    tell(posts.order_by("user_id").values_list("user_id", flat=True), text, url=url, about=about)


def withdraw(about):
    said = Message.objects.filter(about_type=about._meta.label_lower, about_id=about.pk)
    said.filter(read_at__isnull=True).delete()
