"""The forms of a desk's list as one zip, made by a job, for its maker alone and for a day (security.md §4).

A folder a school, a paper a work, plan or report, the list of them as a workbook, and their checksums. Encrypted where
the papers carry telephones; the password stands encrypted in the job until its maker has seen it, once. A worker that
dies leaves nothing behind: the next one writes a file of its own, and only what is finished is written down.
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
from core.enums import JobState
from core.files import delete_private, write_private
from core.models import Job
from core.packing import new_password, opened, within_the_day
from core.sheets import Column, internal_mark, write_table
from core.states import WrongState
from programmes.models import Programme
from reports import tasks
from reports.models import SchoolPlan
from reports.papers.make import plan_docx, report_docx
from reports.queries.filters import QueueFilter
from reports.queries.review import FILINGS, listed, state_words
from schools.models import User
from works.actions.district import kind_label
from works.enums import Side
from works.models import Work
from works.papers.make import for_form, form_docx, form_name
from works.queries.queue import listed_title

KIND = "reports.tasks.pack_forms"
KEPT = timedelta(hours=24)
INDEX, SUMS = "目录.xlsx", "SHA256SUMS.txt"
COLUMNS = [
    Column("文件夹", 22), Column("学校", 26), Column("材料", 14), Column("题目", 30), Column("作者", 12), Column("状态", 12),
    Column("文件", 44), Column("SHA-256", 66),
]  # fmt: skip
NO_PAPER = "没有表"


def packed_rows(user, programme, filters):
    """What the list shows this person, with all that a form prints."""
    rows = listed(user, programme, filters)
    if filters.tab in FILINGS:
        return rows.select_related("programme", "school", "authority", "filed_by", "approved_by")
    return for_form(rows)


def packs(user):
    """The user's own, the latest first."""
    return Job.objects.visible_to(user).filter(owner_id=user.pk, kind=KIND)


def start_pack(programme, filters, *, by):
    """(job, created); one at a time for each maker."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        running = packs(by).filter(state__in=[JobState.QUEUED, JobState.RUNNING]).first()
        if running is not None:
            return running, False
        within_the_day(KIND, by)
        if not listed(by, programme, filters).exists():
            raise WrongState("没有可以打包的材料，换个筛选再试。")
        job = jobs.create(
            KIND, label="打包表格", by=by, steps=1, authority_id=programme.authority_id, programme=programme.pk,
            filters=vars(filters), name=secrets.token_hex(16), password=new_password() if _has_phones(by, filters) else None,
        )  # fmt: skip
        record(None, "export.start", by=by, authority_id=programme.authority_id, job=job.pk, filters=vars(filters))
        transaction.on_commit(partial(jobs.send, tasks.pack_forms, job.pk))
    return job, True


def _has_phones(user, filters):
    return filters.tab not in FILINGS and bool(user.reach.authorities)


def retry_pack(job, *, by):
    """A failed or cancelled one is packed again, under a new password."""
    with transaction.atomic():
        within_the_day(KIND, by)
        jobs.retry(job)
        is_sealed = _has_phones(by, QueueFilter(**job.args["filters"]))
        name = job.args.get("name") or secrets.token_hex(16)
        jobs.remember(job, password=new_password() if is_sealed else None, name=name, shown=None)
        record(job, "export.retry", by=by)
        transaction.on_commit(partial(jobs.send, tasks.pack_forms, job.pk))


# ── The work ──


def run_pack(job_id):
    with jobs.running(job_id) as job:
        if job is not None:
            _make(job)


def _make(job):
    user = User.objects.filter(pk=job.owner_id, is_active=True).first()
    programme = Programme.objects.get(pk=job.args["programme"])
    filters = QueueFilter(**job.args["filters"])
    if not allowed(user, "reports.review") or not still_at_desk(user, job):
        raise jobs.JobFailed("你现在不在这个教育局审核，不能打包。")
    sealed = job.args.get("password")
    if _has_phones(user, filters) and not sealed:
        raise jobs.JobFailed("密码已经失效，请重新打包。")
    pack = _Pack(job, user, programme, filters, opened(sealed) if sealed else None)
    name = _file(job, job.attempts)
    try:
        checksum = write_private(name, pack.write)
        with transaction.atomic():
            record(
                None, "export.forms", by=user, authority_id=job.authority_id, job=job.pk, rows=pack.count, sha256=checksum,
                filters=vars(filters), sealed=bool(sealed),
            )  # fmt: skip
            words = f"{pack.count}份，{'已加密，' if sealed else ''}文件留24小时。"
            jobs.finish(job, file=name, message=words)
            row = Job.objects.get(pk=job.pk)
            if row.args.get("shown"):
                jobs.remember(row, password=None)
    except jobs.JobStopped:
        delete_private(name)
        raise


def still_at_desk(user, job):
    reach = user.reach
    return job.authority_id in reach.authorities | reach.reviewed_authorities


def _file(job, attempt):
    """Each worker writes a file of its own, so that one that lost the job spoils nobody's."""
    return f"forms/{job.args['name']}-{attempt}.zip"


class _Pack:
    def __init__(self, job, user, programme, filters, password):
        self.job, self.user, self.programme, self.filters, self.password = job, user, programme, filters, password
        self.count = 0

    def write(self, path):
        sealed = {"encryption": pyzipper.WZ_AES} if self.password else {}
        with pyzipper.AESZipFile(path, "w", compression=pyzipper.ZIP_DEFLATED, **sealed) as archive:
            if self.password:
                archive.setpassword(self.password.encode())
            lines = self._papers(archive)
            archive.writestr(INDEX, self._index(lines))
            archive.writestr(SUMS, "".join(f"{line[-1]}  {line[-2]}\n" for line in lines if line[-1]))

    def _papers(self, archive):
        ids = listed(self.user, self.programme, self.filters).order_by("school__code", "filed_at", "pk")
        ids = list(ids.values_list("pk", flat=True))
        rows, folders, lines, self.count = packed_rows(self.user, self.programme, self.filters), {}, [], 0
        for done, pk in enumerate(ids, start=1):
            row = rows.filter(pk=pk).first()
            if row is None:
                continue
            folder = folders.setdefault(row.school_id, f"{len(folders) + 1:03d}-{row.school.short_name}")
            lines.append([folder, row.school.name, *_said(row), *self._paper(archive, row, folder)])
            jobs.progress(self.job, step=1, label="填写表格", done=done, total=len(ids))
        return lines

    def _paper(self, archive, row, folder):
        """[file, checksum]"""
        try:
            data = _document(row, self.user)
        except WrongState:
            return [NO_PAPER, ""]
        member = f"{folder}/{_name(row)}.docx"
        archive.writestr(member, data)
        self.count += 1
        return [member, hashlib.sha256(data).hexdigest()]

    def _index(self, lines):
        file = BytesIO()
        write_table(
            file, title=f"{self.programme.title}报送材料目录", columns=COLUMNS, rows=lines, sheet="目录",
            mark=internal_mark(self.user, now(), self.job.pk), made_at=now(),
            notes=["SHA-256 用来核对文件有没有被改过。", internal_mark(self.user, now(), self.job.pk)],
        )  # fmt: skip
        return file.getvalue()


def _document(row, user):
    if isinstance(row, Work):
        return form_docx(row, user=user)
    return plan_docx(row, user=user) if isinstance(row, SchoolPlan) else report_docx(row, user=user)


def _said(row):
    if isinstance(row, Work):
        return [kind_label(row), listed_title(row), row.author.name, row.label_for(Side.DISTRICT)]
    return ["走访方案" if isinstance(row, SchoolPlan) else "活动报告", "", row.filed_by.name, state_words(row)]


def _name(row):
    if isinstance(row, Work):
        return form_name(row)
    return f"{'走访方案' if isinstance(row, SchoolPlan) else '活动报告'}-{row.school.short_name}"


def remove_old_packs():
    """A day after it was made a pack is gone; so is a password nobody asked for."""
    for job in Job.objects.filter(kind=KIND, finished_at__lt=now() - KEPT, args__has_key="name"):
        for attempt in range(1, job.attempts + 1):
            delete_private(_file(job, attempt))
        if job.file:
            jobs.forget_file(job, "过了24小时，文件已经删掉。要用就重新打包。")
        jobs.remember(job, name=None, password=None)
