"""One deadline, one compilation, one file; whoever dies, the figures are the same."""

import io
import zipfile
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import close_old_connections
from django.utils import timezone

from core import jobs
from core.clock import now
from core.enums import JobState
from core.files import checksum_of, private_path
from core.models import AuditEntry, Job
from core.states import WrongState
from core.tests.at_once import at_once
from programmes.models import Deadline
from reports import tasks
from reports.actions.compile import CannotCompile, cancel_compilation, run_compilation, start_compilation
from reports.actions.compile import lead as leading
from reports.actions.compile import schools as of_schools
from reports.models import Compilation, SchoolPart, SchoolSnapshot, Snapshot
from reports.tests.factories import make_district
from schools.models import School
from schools.tests.factories import make_class, make_officer, make_school
from students.models import Enrolment
from students.tests.factories import make_student
from visits.models import Visit
from visits.tests.rows import add_visit

DEADLINE = timezone.make_aware(datetime(2022, 10, 1))
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media", "august")]


def compiled(programme, kind="coverage", **options):
    compilation = start_compilation(programme, kind, queue=False, **options)
    run_compilation(compilation.job_id)
    compilation.refresh_from_db()
    return compilation


def summary_sheet(compilation):
    with zipfile.ZipFile(private_path(compilation.file)) as archive:
        return openpyxl.load_workbook(io.BytesIO(archive.read("走访情况汇总表.xlsx"))).active


def sheet_rows(compilation):
    """[[cells]] of the schools and 合计, with the header's titles (group · title) in front."""
    sheet = summary_sheet(compilation)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    start = next(i for i, row in enumerate(rows) if row[0] == "序号")
    group, titles = "", []
    for above, below in zip(rows[start], rows[start + 1], strict=True):
        group = above or group
        titles.append(f"{group}·{below}" if below else group)
    end = next(i for i, row in enumerate(rows) if row[0] == "合计")
    return [titles, *rows[start + 2 : end + 1]]


def main_job():
    return Job.objects.get(parent=None)


def packages(media):
    return [p.name for p in (media / "compilations").iterdir() if p.is_file()]


def figures(compilation):
    return sorted(Snapshot.objects.filter(compilation=compilation).values_list("school_id", "dimension", "due", "visited"))


@pytest.mark.seed("S23")
def test_the_deadlines_figures_equal_a_recount_from_the_visits(midnight):
    programme, schools = make_district(schools=3, classes=2, pupils=5, visited=2)
    late = add_visit(programme, [make_student(make_class(schools[0], number=7))], on=date(2022, 9, 30))
    Visit.objects.filter(pk=late.pk).update(recorded_at=DEADLINE)
    make_school(programme.authority)
    midnight()
    compilation = compiled(programme)

    assert (compilation.state, compilation.as_of, compilation.stage) == ("ready", DEADLINE, "截止数据")
    titles, *rows = sheet_rows(compilation)
    by_name = {row[1]: dict(zip(titles, row, strict=True)) for row in rows}
    for school in School.objects.all():
        due = Enrolment.objects.filter(school=school).count()
        visits = Visit.objects.filter(school=school, recorded_at__lt=DEADLINE)
        visited = visits.values("visit_students__student").distinct().count()
        row = by_name[school.name]
        assert (row["应访学生数"], row["实访学生数"]) == (due, visited)
        assert row["覆盖率"] == ("–" if not due else f"{visited * 10000 // due / 100:.2f}%")
    total = by_name["4所学校"]
    assert (total["序号"], total["应访学生数"], total["实访学生数"], total["覆盖率"]) == ("合计", 31, 12, "38.70%")
    assert (total["HARDSHIP·应访"], total["HARDSHIP·实访"], total["上门户数"], total["教师家访人次"]) == (6, 6, 12, 12)


def test_the_sheet_opens_right_in_the_office(midnight):
    programme, schools = make_district(schools=1, pupils=1, visited=1)
    School.objects.filter(pk=schools[0].pk).update(name="=1+1")
    officer = make_officer(programme.authority, name="周敏", username="zhoumin")
    midnight()
    compilation = compiled(programme, by=officer)
    sheet = summary_sheet(compilation)
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == "=1+1")
    assert (cell.data_type, cell.number_format) == ("s", "@")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("D5", "$3:$4")
    assert sheet["A1"].value == "binhe区教育局“示例走万家”活动走访情况汇总表"
    assert sheet["A2"].value == "数据截至2022年9月30日24:00（截止数据，第1版）"
    assert sheet_rows(compilation)[1][10] == "100%"
    mark = sheet.oddFooter.left.text
    assert mark == f"内部资料 严禁外传　周敏（zhoumin）　2022-10-01 00:00　编号{compilation.pk:06d}"


def test_called_twice_is_one_compilation_and_one_file(midnight, media, django_capture_on_commit_callbacks):
    programme, _ = make_district()
    midnight()
    with django_capture_on_commit_callbacks(execute=True) as messages:
        first = start_compilation(programme, "coverage")
        second = start_compilation(programme, "coverage")
    again = start_compilation(programme, "coverage")
    run_compilation(first.job_id)
    assert first == second == again == Compilation.objects.get()
    assert (len(messages), main_job().attempts) == (3, 2)  # the package, its schools, the package again
    assert packages(media) == ["binhe-2022-coverage-1-2.zip"]
    compilation = Compilation.objects.get()
    assert compilation.checksum == checksum_of(compilation.file)


def test_what_is_frozen_stays_whatever_happens_later(midnight):
    programme, _ = make_district()
    midnight()
    compilation = compiled(programme)
    before, checksum = figures(compilation), compilation.checksum
    Visit.objects.update(state="voided", voided_at=DEADLINE - timedelta(days=3), void_reason="核查不实")
    assert compiled(programme) == compilation
    assert (figures(compilation), checksum_of(compilation.file)) == (before, checksum)


def test_as_of_is_the_same_when_told_again_later(midnight, settings):
    programme, _ = make_district()
    midnight()
    first = figures(compiled(programme))
    settings.HOMEVISIT_CLOCK = "2022-11-01T00:00+08:00"
    Visit.objects.filter(pk=Visit.objects.first().pk).update(state="voided", voided_at=now(), void_reason="重复")
    Compilation.objects.all().delete()
    assert figures(compiled(programme)) == first


def test_before_the_deadline_a_package_is_interim_and_the_deadlines_own_comes_besides(midnight):
    programme, _ = make_district()
    interim = compiled(programme)
    midnight()
    final = compiled(programme)
    assert (interim.stage, interim.revision, final.stage, final.revision) == ("阶段性", 1, "截止数据", 2)
    assert compiled(programme, at=DEADLINE) == final


def test_only_one_interim_package_is_in_the_making(settings):
    programme, _ = make_district()
    first = start_compilation(programme, "coverage", queue=False)
    settings.HOMEVISIT_CLOCK = "2022-08-20T10:05+08:00"
    assert start_compilation(programme, "coverage", queue=False) == first
    run_compilation(first.job_id)
    assert start_compilation(programme, "coverage", queue=False).revision == 2


def test_after_the_deadline_the_present_state_may_be_asked_for(midnight, settings):
    programme, _ = make_district()
    settings.HOMEVISIT_CLOCK = "2022-10-05T09:00+08:00"
    assert compiled(programme).stage == "截止数据"
    assert compiled(programme, at=now()).stage == "截止后"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("submissions", "这个活动没有“材料报送”截止时间，请先在“后台管理—截止事项”里添加。"),
        ("nonsense", "没有“nonsense”这种截止事项，可以写：plan、coverage、submissions、essays、report。"),
    ],
)
def test_another_kind_is_answered_with_one_sentence(kind, words):
    programme, _ = make_district(schools=1)
    with pytest.raises(CannotCompile, match=words):
        start_compilation(programme, kind)
    with pytest.raises(CommandError) as error:
        call_command("compile_deadline", programme.code, kind)
    assert str(error.value) == words


def test_a_future_instant_and_a_missing_deadline_are_refused():
    programme, _ = make_district(schools=1)
    with pytest.raises(CannotCompile, match="还没有到"):
        start_compilation(programme, "coverage", at=now() + timedelta(seconds=1))
    Deadline.objects.all().delete()
    with pytest.raises(CannotCompile, match="请先在“后台管理—截止事项”里添加"):
        start_compilation(programme, "coverage")


def test_a_dead_workers_schools_stay_and_the_next_worker_goes_on(midnight, monkeypatch, settings):
    programme, schools = make_district(schools=12)
    midnight()
    compilation = start_compilation(programme, "coverage", queue=False)
    parts, keep = [], of_schools._keep

    def dies_at_the_sixth(part, *facts):
        parts.append(part)
        if len(parts) == 6:
            raise KeyboardInterrupt  # the process is gone: nothing below runs
        keep(part, *facts)

    monkeypatch.setattr(of_schools, "_keep", dies_at_the_sixth)
    with pytest.raises(KeyboardInterrupt):
        run_compilation(compilation.job_id)
    assert (main_job().state, SchoolSnapshot.objects.count()) == (JobState.WAITING, 5)
    assert Job.objects.filter(parent=main_job(), state=JobState.RUNNING).count() == 1

    settings.HOMEVISIT_CLOCK = "2022-10-01T00:03+08:00"
    monkeypatch.setattr(of_schools, "_keep", keep)
    tasks.tick()
    run_compilation(compilation.job_id)
    compilation.refresh_from_db()
    assert (compilation.state, SchoolSnapshot.objects.count()) == ("ready", 12)
    assert sorted(Job.objects.exclude(parent=None).values_list("attempts", flat=True)) == [1] * 11 + [2]
    untroubled = compiled(programme, at=DEADLINE - timedelta(seconds=1))
    assert figures(untroubled) == figures(compilation)


def test_an_old_worker_that_wakes_up_writes_nothing(midnight, monkeypatch, settings, media):
    programme, _ = make_district(schools=6)
    midnight()
    compilation = start_compilation(programme, "coverage", queue=False)
    real = of_schools.schools_as_of

    def sleeps(*args, **kwargs):
        monkeypatch.setattr(of_schools, "schools_as_of", real)
        settings.HOMEVISIT_CLOCK = "2022-10-01T00:03+08:00"
        jobs.requeue_stale()
        run_compilation(compilation.job_id)  # another worker does all of it meanwhile
        return real(*args, **kwargs)

    monkeypatch.setattr(of_schools, "schools_as_of", sleeps)
    run_compilation(compilation.job_id)
    compilation.refresh_from_db()
    assert compilation.state == "ready"
    assert sorted(Job.objects.exclude(parent=None).values_list("attempts", flat=True)) == [1] * 5 + [2]
    assert AuditEntry.objects.filter(action="compilation.ready").count() == 1
    assert (SchoolSnapshot.objects.count(), checksum_of(compilation.file)) == (6, compilation.checksum)
    assert sorted(kept(media)) == sorted(SchoolPart.objects.values_list("file", flat=True))


def kept(media):
    return [str(p.relative_to(media)) for p in (media / "compilations" / "parts").rglob("*.zip")]


def test_a_file_that_does_not_match_is_not_published(midnight, monkeypatch, media):
    programme, _ = make_district()
    midnight()

    def nothing(compilation, path, **rest):
        with zipfile.ZipFile(path, "w") as archive:
            book = io.BytesIO()
            openpyxl.Workbook().save(book)
            archive.writestr("走访情况汇总表.xlsx", book.getvalue())

    monkeypatch.setattr(leading, "write_package", nothing)
    compilation = compiled(programme)
    assert (compilation.state, compilation.job.state) == ("frozen", JobState.FAILED)
    assert "核对没有通过" in compilation.job.message
    assert packages(media) == []
    monkeypatch.undo()
    assert compiled(programme).state == "ready"


def test_a_district_without_schools_is_told_what_to_do(midnight):
    programme, _ = make_district(schools=0)
    midnight()
    compilation = compiled(programme)
    assert compilation.job.message == "还没有学校，没有可以汇编的数据。请先在“后台管理—学校”里添加学校。"


def test_cancelled_work_goes_on_from_where_it_stopped(midnight, monkeypatch):
    programme, _ = make_district(schools=6)
    officer = make_officer(programme.authority)
    midnight()
    compilation = start_compilation(programme, "coverage", queue=False)
    real = jobs.part_over

    def cancelled_meanwhile(part):
        real(part)
        if SchoolSnapshot.objects.count() == 5 and main_job().is_open:
            cancel_compilation(compilation, by=officer)

    monkeypatch.setattr(jobs, "part_over", cancelled_meanwhile)
    run_compilation(compilation.job_id)
    monkeypatch.undo()
    states = Job.objects.exclude(parent=None).order_by("pk").values_list("state", flat=True)
    assert list(states) == [JobState.DONE] * 5 + [JobState.CANCELLED]
    assert (main_job().state, SchoolSnapshot.objects.count()) == (JobState.CANCELLED, 5)
    with pytest.raises(WrongState):
        cancel_compilation(Compilation.objects.select_related("job").get(), by=officer)
    assert tasks.tick() is None  # a cancelled one is not started behind the officer's back
    assert main_job().state == JobState.CANCELLED
    assert compiled(programme, by=officer) == compilation
    assert Compilation.objects.get().state == "ready"
    assert list(Job.objects.exclude(parent=None).order_by("pk").values_list("attempts", flat=True)) == [1] * 6
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "compilation.start", "compilation.cancel", "compilation.restart", "compilation.ready",
    ]  # fmt: skip


def test_the_tick_starts_what_is_due_once(midnight, django_capture_on_commit_callbacks):
    programme, _ = make_district()
    tasks.tick()
    assert not Compilation.objects.exists()
    midnight()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            tasks.tick()
    compilation = Compilation.objects.get()
    assert (compilation.state, compilation.as_of, compilation.started_by) == ("ready", DEADLINE, None)


@pytest.mark.seed("S23")
def test_the_last_second_belongs_to_the_deadline(settings):
    programme, _ = make_district()
    settings.HOMEVISIT_CLOCK = "2022-09-30T23:59:59.999999+08:00"
    tasks.tick()
    assert not Compilation.objects.exists()
    settings.HOMEVISIT_CLOCK = "2022-09-30T16:00:00+00:00"
    tasks.tick()
    assert Compilation.objects.get().as_of == DEADLINE


def test_a_beat_that_was_down_for_three_days_compiles_the_deadline_as_it_was(
    settings, django_capture_on_commit_callbacks
):
    programme, schools = make_district()
    settings.HOMEVISIT_CLOCK = "2022-10-02T10:00+08:00"
    Visit.objects.filter(pk=Visit.objects.first().pk).update(state="voided", voided_at=now(), void_reason="重复")
    add_visit(programme, [make_student(make_class(schools[0], number=7))], on=date(2022, 9, 30))
    settings.HOMEVISIT_CLOCK = "2022-10-04T08:00+08:00"
    with django_capture_on_commit_callbacks(execute=True):
        tasks.tick()
        tasks.tick()
    compilation = Compilation.objects.get()
    assert (compilation.state, compilation.stage, compilation.known_at) == ("ready", "截止数据", DEADLINE)
    assert [(due, visited) for _, dimension, due, visited in figures(compilation) if dimension == 0] == [(4, 2), (4, 2)]


def test_a_failing_part_of_the_tick_keeps_no_other_from_its_turn(midnight, monkeypatch):
    programme, _ = make_district()
    midnight()

    def fails():
        raise RuntimeError("broken")

    monkeypatch.setattr(jobs, "requeue_stale", fails)
    with pytest.raises(ExceptionGroup):
        tasks.tick()
    assert Compilation.objects.count() == 1


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_the_tick_leaves_programmes_alone_that_are_not_open(midnight, state):
    programme, _ = make_district()
    programme.state = state
    programme.save()
    midnight()
    tasks.tick()
    assert not Compilation.objects.exists()


def test_the_command_prints_file_and_figures_and_does_it_once(midnight, capsys):
    programme, schools = make_district(schools=1, pupils=3, visited=1)
    midnight()
    call_command("compile_deadline", programme.code, "coverage")
    first = capsys.readouterr().out
    call_command("compile_deadline", programme.code, "coverage", "--at", "2022-10-01T00:00")
    compilation = Compilation.objects.get()
    assert capsys.readouterr().out == first
    assert first.splitlines() == [
        "2022年示例走万家，走访全覆盖，截止数据，第1版",
        "数据截至 2022年9月30日24:00",
        f"{schools[0].name}\t应访3\t实访1\t33.33%",
        "合计\t应访3\t实访1\t33.33%",
        f"SHA-256 {compilation.checksum}",
        str(private_path(compilation.file)),
    ]


def test_the_command_says_what_is_wrong_with_its_words():
    for words in (["nowhere", "coverage"], ["nowhere", "coverage", "--at", "gestern"]):
        with pytest.raises(CommandError):
            call_command("compile_deadline", *words)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_compilation(midnight, media):
    programme, _ = make_district(schools=8, pupils=2, visited=1)
    midnight()

    def work():
        compilation = start_compilation(programme, "coverage", queue=False)
        run_compilation(compilation.job_id)
        return compilation.pk

    found = at_once(*[work] * 3)
    close_old_connections()
    assert found == [Compilation.objects.get().pk] * 3
    assert (Compilation.objects.get().state, main_job().attempts) == ("ready", 2)
    assert list(Job.objects.exclude(parent=None).values_list("attempts", flat=True)) == [1] * 8
    assert (SchoolSnapshot.objects.count(), AuditEntry.objects.filter(action="compilation.ready").count()) == (8, 1)
    assert (len(packages(media)), len(kept(media))) == (1, 8)
