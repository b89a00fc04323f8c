"""The schools of a package: each whole or not at all, one that fails is named and stops nobody, tried again alone."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, transaction

from core import jobs
from core.enums import JobState
from core.files import checksum_of
from core.models import AuditEntry, Job
from core.states import WrongState
from programmes.enums import DeadlineKind
from programmes.models import Deadline
from programmes.tests.upward import UPWARD
from reports import tasks
from reports.actions.compile import lead as leading
from reports.actions.compile import (
    restart_compilation,
    run_compilation,
    run_schools,
    start_compilation,
    start_due_compilations,
)
from reports.actions.compile import schools as of_schools
from reports.models import Compilation, SchoolPart, SchoolSnapshot, Snapshot, SubmissionLine
from reports.tests.factories import make_district
from reports.tests.test_compile import DEADLINE, compiled, figures, kept, packages
from schools.tests.factories import make_officer, make_school

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media", "august")]


def fails_for(monkeypatch, *schools, error=ZeroDivisionError):
    """The papers of these schools cannot be written."""
    real = of_schools.write_part

    def write(compilation, school, path, *more):
        if school.pk in {s.pk for s in schools}:
            raise error("broken")
        return real(compilation, school, path, *more)

    monkeypatch.setattr(of_schools, "write_part", write)


@pytest.mark.parametrize("kind", DeadlineKind.values)
def test_every_kind_of_deadline_has_its_package(midnight, kind):
    programme, schools = make_district(schools=2)
    Deadline.objects.get_or_create(
        programme=programme, kind=kind, defaults={"at": DEADLINE, "title": DeadlineKind(kind).label}
    )
    midnight()
    compilation = next(c for c in start_due_compilations() if c.kind == kind)
    run_compilation(compilation.job_id)
    compilation.refresh_from_db()
    assert (compilation.state, compilation.as_of, compilation.job.shared) == ("ready", DEADLINE, True)
    assert compilation.file == f"compilations/binhe-2022-{kind}-1-2.zip"
    parts = SchoolPart.objects.filter(compilation=compilation)
    assert {part.school_id for part in parts} == {school.pk for school in schools}
    assert all(part.file and part.sha256 and part.ready_at and part.job.state == JobState.DONE for part in parts)


def test_one_message_carries_ten_schools_and_reads_the_visits_once(midnight, monkeypatch):
    programme, _ = make_district(schools=2, pupils=2, visited=1)
    for _ in range(10):
        make_school(programme.authority)
    midnight()
    read, real = [], of_schools.calls_as_of

    def counted(*args, **kwargs):
        read.append(len(kwargs["school_ids"]))
        return real(*args, **kwargs)

    monkeypatch.setattr(of_schools, "calls_as_of", counted)
    assert compiled(programme).state == "ready"
    assert read == [10, 2]


@pytest.mark.seed("S70")
def test_a_failing_school_is_named_and_stops_nobody(midnight, monkeypatch):
    programme, schools = make_district(schools=3, config=UPWARD)
    midnight()
    fails_for(monkeypatch, schools[1])
    compilation = compiled(programme)
    assert (compilation.state, compilation.job.state) == ("incomplete", JobState.DONE)
    [line] = compilation.missing
    assert (line["school"], line["name"]) == (schools[1].pk, schools[1].name)
    assert "任务中途出错" in line["why"]
    assert compilation.job.message == f"2所学校，覆盖率50.00%。缺1所：{schools[1].name}"
    assert SchoolSnapshot.objects.count() == SubmissionLine.objects.values("school").distinct().count() == 2
    assert set(SubmissionLine.objects.values_list("code", "state")) >= {("story", "missing"), ("report", "missing")}
    [job] = Job.objects.filter(state=JobState.FAILED)
    assert (job.school_id, job.attempts) == (schools[1].pk, of_schools.TRIES)


def test_trying_again_does_the_missing_schools_only(midnight, monkeypatch, media):
    programme, schools = make_district(schools=3)
    officer = make_officer(programme.authority)
    midnight()
    fails_for(monkeypatch, schools[1])
    compilation = compiled(programme)
    first, kept_parts = compilation.file, dict(SchoolPart.objects.exclude(file="").values_list("file", "ready_at"))
    monkeypatch.undo()

    restart_compilation(compilation, by=officer)
    restart_compilation(compilation, by=officer)  # pressed twice
    assert AuditEntry.objects.filter(action="compilation.restart").count() == 1
    run_compilation(compilation.job_id)
    compilation.refresh_from_db()
    assert (compilation.state, compilation.missing) == ("ready", [])
    assert compilation.job.message == "3所学校，覆盖率50.00%"
    assert kept_parts.items() <= dict(SchoolPart.objects.values_list("file", "ready_at")).items()
    assert first not in packages(media) and packages(media) == [compilation.file.rpartition("/")[2]]
    assert len(kept(media)) == 3
    with pytest.raises(WrongState, match="已经汇编好"):
        restart_compilation(compilation, by=officer)
    assert figures(compiled(programme, at=DEADLINE - timedelta(seconds=1))) == figures(compilation)


def test_a_moments_failure_is_tried_again_in_the_same_message(midnight, monkeypatch):
    programme, schools = make_district(schools=2)
    midnight()
    real, failed = of_schools.write_part, []

    def write(compilation, school, path, *more):
        if len(failed) < of_schools.TRIES - 1:
            failed.append(school.pk)
            raise OSError("the disk hiccups")
        return real(compilation, school, path, *more)

    monkeypatch.setattr(of_schools, "write_part", write)
    assert compiled(programme).state == "ready"


def test_a_school_that_cannot_even_be_read_fails_alone(midnight, monkeypatch):
    programme, schools = make_district(schools=3)
    midnight()
    real = of_schools.freeze_extras

    def extras(compilation, school_ids):
        if schools[2].pk in school_ids:
            raise ValueError("this one's rows are broken")
        return real(compilation, school_ids)

    monkeypatch.setattr(of_schools, "freeze_extras", extras)
    compilation = compiled(programme)
    assert (compilation.state, [line["school"] for line in compilation.missing]) == ("incomplete", [schools[2].pk])


def test_no_school_at_all_is_a_failure_with_a_reason(midnight, monkeypatch):
    programme, schools = make_district(schools=2)
    midnight()
    fails_for(monkeypatch, *schools)
    compilation = compiled(programme)
    assert (compilation.state, compilation.job.state, compilation.file) == ("freezing", JobState.FAILED, "")
    assert compilation.job.message.startswith("没有一所学校汇编成，第一所的原因：任务中途出错")
    monkeypatch.undo()
    assert compiled(programme).state == "ready"


def test_a_school_is_frozen_whole_or_not_at_all(midnight, monkeypatch, media):
    programme, schools = make_district(schools=2)
    midnight()
    real = of_schools._keep

    def keeps_and_breaks(part, *facts):
        real(part, *facts)
        if part.school_id == schools[0].pk:
            raise ZeroDivisionError

    monkeypatch.setattr(of_schools, "_keep", keeps_and_breaks)
    assert compiled(programme).state == "incomplete"
    for model in (Snapshot, SchoolSnapshot, SubmissionLine):
        assert not model.objects.filter(school=schools[0]).exists()
    assert len(kept(media)) == 1


class _AnswerLost:
    """transaction.atomic() whose first commit goes through, and the database is away before it says so."""

    lost = False

    def atomic(self):
        @contextmanager
        def block():
            with transaction.atomic():
                yield
            if not self.lost:
                self.lost = True
                raise OperationalError("server closed the connection unexpectedly")

        return block()


def test_a_school_whose_commit_was_not_answered_has_its_papers(midnight, monkeypatch):
    programme, _ = make_district(schools=2)
    midnight()
    monkeypatch.setattr(of_schools, "transaction", _AnswerLost())
    compilation = start_compilation(programme, "coverage", queue=False)
    with pytest.raises(OperationalError):
        run_compilation(compilation.job_id)
    run_schools(list(Job.objects.filter(parent__isnull=False, state=JobState.QUEUED).values_list("pk", flat=True)))
    run_compilation(compilation.job_id)
    compilation.refresh_from_db()
    assert (compilation.state, compilation.missing) == ("ready", [])


def test_a_package_whose_commit_was_not_answered_has_its_file(midnight, monkeypatch):
    programme, _ = make_district(schools=2)
    midnight()
    publish = leading._publish

    def publishes_and_hears_nothing(*args):
        publish(*args)
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(leading, "_publish", publishes_and_hears_nothing)
    with pytest.raises(OperationalError):
        compiled(programme)
    compilation = Compilation.objects.get()
    assert compilation.state == "ready"
    assert checksum_of(compilation.file) == compilation.checksum


def test_a_database_away_for_a_moment_leaves_the_school_to_the_next_worker(midnight, monkeypatch, settings):
    programme, schools = make_district(schools=2)
    midnight()
    fails_for(monkeypatch, schools[0], error=OperationalError)
    compilation = start_compilation(programme, "coverage", queue=False)
    with pytest.raises(OperationalError):
        run_compilation(compilation.job_id)
    monkeypatch.undo()
    settings.HOMEVISIT_CLOCK = "2022-10-01T00:03+08:00"
    jobs.requeue_stale()
    run_compilation(compilation.job_id)
    compilation.refresh_from_db()
    assert (compilation.state, compilation.missing) == ("ready", [])


def test_messages_that_come_twice_and_in_any_order_change_nothing(midnight):
    programme, _ = make_district(schools=4)
    midnight()
    compilation = start_compilation(programme, "coverage", queue=False)
    tasks.compile_deadline(compilation.job_id)
    ids = list(Job.objects.exclude(parent=None).values_list("pk", flat=True))
    for order in (ids[::-1], ids, ids[1:3]):
        tasks.compile_schools(order)
        tasks.compile_deadline(compilation.job_id)
        tasks.compile_deadline(compilation.job_id)
    compilation.refresh_from_db()
    assert (compilation.state, SchoolSnapshot.objects.count()) == ("ready", 4)
    assert set(Job.objects.exclude(parent=None).values_list("attempts", flat=True)) == {1}
    assert AuditEntry.objects.filter(action="compilation.ready").count() == 1


def test_a_school_asked_for_after_the_package_was_made_is_refused(midnight, monkeypatch):
    programme, schools = make_district(schools=2)
    midnight()
    fails_for(monkeypatch, schools[1])
    compiled(programme)
    monkeypatch.undo()
    job = Job.objects.get(state=JobState.FAILED)
    jobs.retry(job)
    run_schools([job.pk])
    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.FAILED, "这份汇编已经做完，不再收学校。要补上就在汇编页再试。")
    assert not SchoolSnapshot.objects.filter(school=schools[1]).exists()


def test_two_beats_at_once_start_each_deadline_once(midnight):
    programme, _ = make_district()
    midnight()
    assert (len(start_due_compilations()), len(start_due_compilations())) == (1, 0)
    assert Compilation.objects.count() == 1


def test_the_command_names_the_missing(midnight, monkeypatch, capsys):
    programme, schools = make_district(schools=2)
    midnight()
    fails_for(monkeypatch, schools[0])
    call_command("compile_deadline", programme.code, "coverage")
    assert f"没有汇编成：{schools[0].name}，任务中途出错" in capsys.readouterr().out
