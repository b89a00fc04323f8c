"""A district's package: 300 schools with a report and a work each, 600 papers, by one worker and by two.

Against the bare rendering of the same papers: the filled values at hand, no database, no zip.
"""

import json
import os
import subprocess
import sys
import time
from datetime import timedelta

from benchmarks.district import officer
from benchmarks.output import line, say
from core.clock import now
from core.files import delete_private
from core.models import Job
from reports.actions.compile import run_lead, start_compilation
from reports.models import Compilation, ReportVersion, SchoolReport
from schools.enums import Role
from schools.models import Post
from works.models import Work, WorkVersion

REPORT = [
    "另有几户改到学校谈。",
    "1. 先访困难家庭。\n2. 两人同行，先备课再出门。",
    "按时写完作业的孩子多了。",
    "晚上不好约。\n建议把周末也算进来。",
]
BODY = "照约好的时间去了孩子家。阳台很小，种着一排小葱。我们商量好，每晚八点前写完，外婆当第一个读者。" * 12
KIND = "essay"
CHUNK = 10


def packed(districts):
    programme = districts.small
    user = officer(programme)
    hand_in(programme)
    found = {workers: compiled(programme, user, workers) for workers in (1, 2)}
    bare = _child("bare", programme.code)
    one, two = found[1], found[2]
    if one["papers"] != two["papers"] or one["number"] != bare["papers"]:
        raise SystemExit(f"packages differ: {one['number']}, {two['number']} and {bare['papers']} papers")
    say(f"  {one['number']} papers: bare {bare['seconds']:.1f} s, parts {one['parts']:.1f} and {two['parts']:.1f} s")
    line("package_papers", bare["made"], "s", baseline=bare["seconds"])
    line("package_one_worker", one["parts"], "s", baseline=bare["seconds"])
    line("package_two_workers_speed_up", one["parts"] / two["parts"], "times", baseline=1.7)
    line("package_written", one["written"], "s", baseline=bare["seconds"])
    line("package_memory_worker", one["memory"], "MB", baseline=one["memory_before"])
    line("package_memory_writer", one["writer"]["memory"], "MB", baseline=one["writer"]["memory_before"])
    take_back(programme)


def compiled(programme, user, workers):
    """The whole compilation, schools handed to so many processes; they wait for the word before the clock starts."""
    compilation = start_compilation(programme, "coverage", by=user, queue=False)
    run_lead(compilation.job_id)
    ids = list(compilation.parts.order_by("pk").values_list("job_id", flat=True))
    if not ids:
        raise SystemExit("nothing was handed out")
    messages = [ids[first : first + CHUNK] for first in range(0, len(ids), CHUNK)]
    parts = [_Worker(messages[turn::workers]) for turn in range(workers)]
    begun = time.perf_counter()
    for part in parts:
        part.go()
    done = [part.result() for part in parts]
    spent = time.perf_counter() - begun
    writer = _child("lead", compilation.job_id)
    compilation = Compilation.objects.get(pk=compilation.pk)
    if compilation.state != "ready":
        raise SystemExit(f"the package is {compilation.state}: {compilation.job.message}")
    papers = [paper["name"] for part in compilation.parts.order_by("school__code") for paper in part.papers]
    forget(compilation)
    return {
        "parts": spent, "written": writer["seconds"], "writer": writer, "papers": papers, "number": len(papers),
        "memory": max(one["memory"] for one in done), "memory_before": done[0]["memory_before"],
    }  # fmt: skip


class _Worker:
    """Another process, ready and waiting."""

    def __init__(self, messages):
        command = [sys.executable, "-m", "benchmarks.package_worker", "work", json.dumps(messages)]
        self.process = subprocess.Popen(
            command, env=os.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.process.stdout.readline()

    def go(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def result(self):
        out, _ = self.process.communicate()
        return json.loads(out)


def _child(*words):
    command = [sys.executable, "-m", "benchmarks.package_worker", *map(str, words)]
    done = subprocess.run(command, env=os.environ, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


# ── Papers on their way ──


def hand_in(programme):
    """A report and a work of every school, filed an hour ago, as bare rows."""

    moment = now() - timedelta(hours=1)
    posts = Post.objects.filter(school__authority=programme.authority_id)
    leaders = dict(posts.filter(role=Role.SCHOOL_LEADER).values_list("school_id", "user_id"))
    classes = Post.objects.filter(role=Role.CLASS_HEAD, school_class__school__authority=programme.authority_id)
    heads = dict(classes.values_list("school_class__school_id", "user_id"))
    reports, works = [], []
    for school_id, leader in leaders.items():
        settled = {
            "programme": programme, "authority_id": programme.authority_id, "school_id": school_id, "created_at": moment,
            "state": "filed", "version": 1, "approved_at": moment, "approved_by_id": leader, "filed_at": moment,
            "filed_by_id": leader,
        }  # fmt: skip
        reports.append(
            SchoolReport(**settled, created_by_id=leader, receipt="1", sections=REPORT, figures=_figures(), figures_at=moment)
        )
        works.append(Work(
            **settled, kind=KIND, author_id=heads[school_id], title="阳台上的作文", body=BODY, submitted_at=moment,
            author_confirmed_at=moment, approver_confirmed_at=moment, opinion="情况属实，同意推荐。", opinion_on=moment.date(),
            facts=json.dumps(FACTS, ensure_ascii=False),
        ))  # fmt: skip
    SchoolReport.objects.bulk_create(reports, batch_size=500)
    Work.objects.bulk_create(works, batch_size=500)
    ReportVersion.objects.bulk_create(
        ReportVersion(report=row, number=1, data=row.content(), filed_at=moment, filed_by_id=row.filed_by_id) for row in reports
    )
    WorkVersion.objects.bulk_create(
        WorkVersion(work=row, number=1, title=row.title, body=row.body, submitted_at=moment, submitted_by_id=row.author_id)
        for row in works
    )


FACTS = {
    "name": "陈思远", "gender": "女", "birth_month": "1991-04", "position": "班主任", "politics": "中共党员",
    "phone": "19900005518", "target": "五（3）班 顾同学家庭", "visited_on": "2023-09-16",
}  # fmt: skip


def _figures():
    grades = [
        {"grade": f"{grade}年级", "due": 120, "visited": 118, "rate": "98.3%", "priority_due": 9, "priority_visited": 9}
        for grade in "一二三四五六"
    ]
    return {"lines": [], "paragraph": "截至这一刻，应访720人，实访708人，覆盖率98.3%。", "grades": grades}


def forget(compilation):
    for part in compilation.parts.all():
        delete_private(part.file)
    delete_private(compilation.file)
    job = compilation.job
    compilation.delete()
    Job.objects.filter(parent=job).delete()
    job.delete()


def take_back(programme):
    """The district as it was."""
    ReportVersion.objects.filter(report__programme=programme).delete()
    SchoolReport.objects.filter(programme=programme).delete()
    Work.objects.filter(programme=programme, kind=KIND).delete()
