"""A class's records of one programme as one encrypted zip, made by a job, for its maker alone (security.md §4).

The password stands encrypted in the job until its maker has seen it, once, and the zip is made. Names are inside the
files only: a zip shows its folders to everybody.
"""

import hashlib
import secrets
from datetime import timedelta
from functools import partial
from io import BytesIO

import pyzipper
from django.db import transaction

from core import jobs
from core.access import allowed
from core.audit import record
from core.clock import now
from core.documents import render
from core.enums import JobState
from core.files import delete_private, write_private
from core.formats import full_day
from core.models import Job
from core.packing import new_password, opened, within_the_day
from core.sheets import Column, internal_mark, write_table
from core.states import WrongState
from programmes.enums import TemplateKind
from programmes.models import Programme
from programmes.queries.template import shape_of
from schools.models import SchoolClass, User
from students.models import Student
from visits import tasks
from visits.enums import COUNTED_STATES
from visits.papers.context import context, readable_visits
from visits.queries.board import label_year

KIND = "visits.tasks.export_archive"
KEPT = timedelta(hours=24)
INDEX = "目录.xlsx"
COLUMNS = [
    Column("文件夹", 8), Column("班内学号", 10), Column("学生", 12), Column("走访日期", 16), Column("方式", 14),
    Column("家访教师", 24), Column("状态", 12), Column("文件", 28), Column("SHA-256", 66),
]  # fmt: skip


def archive_visits(programme, school_class, *, user):
    """Records of the class's pupils of today that the user reads, as they go into the archive."""
    return (
        readable_visits(user)
        .filter(programme=programme, state__in=COUNTED_STATES, visit_students__student__school_class=school_class)
        .order_by("visited_on", "pk")
        .distinct()
    )


def archives(user, programme, school_class):
    """The user's jobs for this class and programme, the latest first."""
    rows = Job.objects.visible_to(user).filter(owner_id=user.pk, kind=KIND)
    return rows.filter(args__school_class=school_class.pk, args__programme=programme.pk)


def start_archive(programme, school_class, *, by):
    """(job, created); one at a time for each maker, class and programme."""
    with transaction.atomic():
        SchoolClass.objects.select_for_update().get(pk=school_class.pk)
        running = archives(by, programme, school_class).filter(state__in=[JobState.QUEUED, JobState.RUNNING]).first()
        if running is not None:
            return running, False
        within_the_day(KIND, by)
        if not archive_visits(programme, school_class, user=by).exists():
            raise WrongState("这个班还没有可以打包的家访记录。")
        job = jobs.create(
            KIND, label=f"打包{school_class.label(label_year(programme))}的家访记录", by=by, steps=1,
            authority_id=programme.authority_id, school_id=school_class.school_id,
            programme=programme.pk, school_class=school_class.pk, name=secrets.token_hex(16), password=new_password(),
        )  # fmt: skip
        record(school_class, "export.start", by=by, school_id=school_class.school_id, job=job.pk, programme=programme.pk)
        transaction.on_commit(partial(jobs.send, tasks.export_archive, job.pk))
    return job, True


def retry_archive(job, *, by):
    """A failed or cancelled one is packed again, under a new password."""
    with transaction.atomic():
        within_the_day(KIND, by)
        jobs.retry(job)
        jobs.remember(job, password=new_password(), name=job.args.get("name") or secrets.token_hex(16), shown=None)
        record(job, "export.retry", by=by)
        transaction.on_commit(partial(jobs.send, tasks.export_archive, job.pk))


# ── The work ──


def run_archive(job_id):
    with jobs.running(job_id) as job:
        if job is not None:
            _make(job)


def _make(job):
    user = User.objects.filter(pk=job.owner_id, is_active=True).first()
    school_class = SchoolClass.objects.select_related("school").get(pk=job.args["school_class"])
    programme = Programme.objects.get(pk=job.args["programme"])
    if not allowed(user, "visits.archive", school_class):
        raise jobs.JobFailed("你现在不负责这个班，不能打包它的记录。")
    if "password" not in job.args:
        raise jobs.JobFailed("密码已经失效，请重新打包。")
    name = _file(job, job.attempts)
    pack = _Pack(job, user, programme, school_class, opened(job.args["password"]))
    try:
        checksum = write_private(name, pack.write)
        with transaction.atomic():
            record(
                school_class, "export.archive", by=user, school_id=school_class.school_id, job=job.pk, rows=pack.count,
                sha256=checksum, filters={"programme": programme.pk, "school_class": school_class.pk},
            )  # fmt: skip
            jobs.finish(job, file=name, message=f"{pack.count}份记录，已加密。文件留24小时。")
            row = Job.objects.get(pk=job.pk)
            if row.args.get("shown"):
                jobs.remember(row, password=None)
    except jobs.JobStopped:
        delete_private(name)
        raise


def _file(job, attempt):
    """Each worker writes a file of its own, so that one that lost the job spoils nobody's."""
    return f"archives/{job.args['name']}-{attempt}.zip"


class _Pack:
    """Writes the zip: a folder a pupil, a paper a visit, and the list of them with their checksums."""

    def __init__(self, job, user, programme, school_class, password):
        self.job, self.user, self.programme, self.school_class = job, user, programme, school_class
        self.password = password.encode()
        self.mark = internal_mark(user, now(), job.pk)
        self.shape = shape_of(programme.authority_id, TemplateKind.VISIT_RECORD)
        self.rows, self.count = [], 0

    def write(self, path):
        visits = list(archive_visits(self.programme, self.school_class, user=self.user))
        pupils = Student.objects.visible_to(self.user).filter(school_class=self.school_class)
        self.rows, self.count = [], 0
        with pyzipper.AESZipFile(path, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
            archive.setpassword(self.password)
            made = {}
            for number, pupil in enumerate(pupils.order_by("class_serial", "pk"), start=1):
                for visit in (v for v in visits if any(row.student_id == pupil.pk for row in v.visit_students.all())):
                    if visit.pk not in made:
                        made[visit.pk] = self._paper(visit)
                        jobs.progress(self.job, step=1, label="填写记录表", done=len(made), total=len(visits))
                    paper, *said = made[visit.pk]
                    member = f"{number:02d}/家访记录表-{visit.pk}.docx"
                    archive.writestr(member, paper)
                    checksum = hashlib.sha256(paper).hexdigest()
                    self.rows.append([f"{number:02d}", pupil.class_serial, pupil.name, *said, member, checksum])
            archive.writestr(INDEX, self._index())
        self.count = len(made)

    def _paper(self, visit):
        """(the paper, day, mode, visitors, state)"""
        values = context(visit)
        paper = render(self.shape.data, values, title=TemplateKind.VISIT_RECORD.label, mark=self.mark)
        return paper, full_day(visit.visited_on), values["方式"], values["家访教师"], values["记录状态"]

    def _index(self):
        file = BytesIO()
        write_table(
            file, title=f"{self.programme.title}家访记录目录",
            subtitle=f"{self.school_class.school.name}　{self.school_class.label(label_year(self.programme))}",
            columns=COLUMNS, rows=self.rows, sheet="目录", mark=self.mark, made_at=now(),
            notes=["SHA-256 用来核对文件有没有被改过。内部资料，严禁外传。"],
        )  # fmt: skip
        return file.getvalue()


def remove_old_archives():
    """A day after it was made an archive is gone; so is a password nobody asked for."""
    over = Job.objects.filter(kind=KIND, finished_at__lt=now() - KEPT, args__has_key="name")
    for job in over:
        for attempt in range(1, job.attempts + 1):
            delete_private(_file(job, attempt))
        if job.file:
            jobs.forget_file(job, "过了24小时，文件已经删掉。要用就重新打包。")
        jobs.remember(job, name=None, password=None)
