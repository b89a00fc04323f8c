"""全区走访登记 as a file: two hundred thousand rows without a name, made by a job for its maker, kept for a day."""

import csv
import secrets
from datetime import timedelta
from functools import partial

from django.db import transaction

from core import jobs
from core.access import allowed
from core.audit import record
from core.clock import now, today
from core.enums import JobState
from core.files import delete_private, write_private
from core.formats import clock, day, instant, thousands
from core.models import Job
from core.packing import within_the_day
from core.sheet_stream import stream_table
from core.sheets import guard, internal_mark
from core.states import WrongState
from programmes.models import Programme
from reports import tasks
from reports.queries.register import COLUMNS, register_rows, register_schools
from schools.models import User

KIND = "reports.tasks.export_register"
KEPT = timedelta(hours=24)
FORMS = {"xlsx": "Excel 表格", "csv": "CSV 文本"}
CHUNK = 10  # schools a query
NOTE = "一行一名学生，没有姓名、学号和类别；班内按首次走访日期排，序号和名册无关。"


def exports(user):
    """The user's own, the latest first."""
    return Job.objects.visible_to(user).filter(owner_id=user.pk, kind=KIND)


def start_register_export(programme, *, by, form):
    """(job, created); one at a time for each maker."""
    if form not in FORMS:
        raise WrongState("选 Excel 或 CSV。")
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        running = exports(by).filter(state__in=[JobState.QUEUED, JobState.RUNNING]).first()
        if running is not None:
            return running, False
        within_the_day(KIND, by)
        if not register_schools(programme).exists():
            raise WrongState("登记里还没有学生。学校导入名册、活动开始后再导出。")
        # Up to five a day lie side by side: which form, of when.
        job = jobs.create(
            KIND, label=f"导出走访登记（{FORMS[form]}，{day(today())}{clock(now())}）", by=by, steps=1,
            authority_id=programme.authority_id, programme=programme.pk, form=form, name=secrets.token_hex(16),
        )  # fmt: skip
        record(programme, "register.export", by=by, job=job.pk, form=form)
        transaction.on_commit(partial(jobs.send, tasks.export_register, job.pk))
    return job, True


def retry_register_export(job, *, by):
    with transaction.atomic():
        within_the_day(KIND, by)
        jobs.retry(job)
        jobs.remember(job, name=job.args.get("name") or secrets.token_hex(16))
        record(None, "register.retry", by=by, authority_id=job.authority_id, job=job.pk)
        transaction.on_commit(partial(jobs.send, tasks.export_register, job.pk))


def run_register_export(job_id):
    with jobs.running(job_id) as job:
        if job is not None:
            _make(job)


def _make(job):
    user = User.objects.filter(pk=job.owner_id, is_active=True).first()
    programme = Programme.objects.select_related("authority").get(pk=job.args["programme"])
    if not allowed(user, "reports.view_desk", programme):
        raise jobs.JobFailed("你现在不管这个教育局的走访，不能导出。")
    export = _Export(job, user, programme)
    name = file_name(job, job.attempts)
    try:
        checksum = write_private(name, export.write)
        with transaction.atomic():
            record(programme, "register.exported", by=user, job=job.pk, rows=export.count, sha256=checksum)
            jobs.finish(job, file=name, message=f"{thousands(export.count)}行，文件留24小时。")
    except jobs.JobStopped:
        delete_private(name)
        raise


def file_name(job, attempt):
    """Each worker writes a file of its own, so that one that lost the job spoils nobody's."""
    return f"registers/{job.args['name']}-{attempt}.{job.args['form']}"


class _Export:
    def __init__(self, job, user, programme):
        self.job, self.programme, self.count = job, programme, 0
        self.at = now()
        self.mark = internal_mark(user, self.at, job.pk)

    def write(self, path):
        self.count = self._csv(path) if self.job.args["form"] == "csv" else self._xlsx(path)

    def _xlsx(self, path):
        return stream_table(
            path, title=f"{self.programme.authority.name}{self.programme.title}走访登记", columns=COLUMNS, rows=self._rows(),
            notes=[f"导出时的数据，{instant(self.at)}。{NOTE}", self.mark], sheet="走访登记", mark=self.mark, made_at=self.at,
        )  # fmt: skip

    def _csv(self, path):
        count = 0
        with open(path, "w", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file)
            out.writerow([column.title for column in COLUMNS])
            for row in self._rows():
                out.writerow([guard(cell) if isinstance(cell, str) else cell for cell in row])
                count += 1
        return count

    def _rows(self):
        schools = list(register_schools(self.programme))
        for start in range(0, len(schools), CHUNK):
            jobs.progress(self.job, step=1, label="写登记", done=start, total=len(schools))
            yield from register_rows(self.programme, schools[start : start + CHUNK])


def remove_old_registers():
    """A day after it was made an export is gone."""
    for job in Job.objects.filter(kind=KIND, finished_at__lt=now() - KEPT, args__has_key="name"):
        for attempt in range(1, job.attempts + 1):
            delete_private(file_name(job, attempt))
        if job.file:
            jobs.forget_file(job, "过了24小时，文件已经删掉。要用就重新导出。")
        jobs.remember(job, name=None)
