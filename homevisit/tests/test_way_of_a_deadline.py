"""The whole way of two deadlines as the beat goes: told before, frozen at the instant, late entries beside it, papers on
8 October, the package by mail, a correction; the first figures the same to the last byte."""

import io
from datetime import date, datetime

import openpyxl
import pytest
import pyzipper
from django.core import mail

from core.clock import now
from core.files import checksum_of, open_private
from reminders.enums import RunKind
from reminders.models import Digest, Run
from reminders.tasks import tick as remind
from reports.actions.compile import correct_compilation
from reports.models import Compilation, Snapshot
from reports.tasks import tick
from reports.tests.package import District
from schools.models import Authority, Message, Workday
from schools.tests.factories import make_officer
from students.actions.enrol import move_student
from students.models import Student
from visits.queries.as_of import class_counts_as_of
from visits.tests.rows import add_visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.prove]
ADDRESS = "jiafang@example.org"
HOLIDAY = [f"2022-10-{day:02d}" for day in range(1, 8)]


@pytest.fixture
def turn(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"

    def to(moment):
        settings.HOMEVISIT_CLOCK = moment

    return to


def minute(turn, moment):
    """One minute of the beat."""
    turn(moment)
    tick()
    remind()


def figures(compilation):
    rows = Snapshot.objects.filter(compilation=compilation).order_by("school_class_id", "dimension")
    return list(rows.values_list("school_class_id", "dimension", "due", "visited"))


def names_in(compilation):
    with open_private(compilation.file) as file, pyzipper.AESZipFile(file) as archive:
        archive.setpassword(compilation.password.encode())
        return archive.namelist(), archive.read("报送登记.xlsx")


@pytest.mark.seed("S23")
@pytest.mark.seed("S57")
@pytest.mark.seed("S70")
def test_from_the_first_reminder_to_the_correction(turn):
    district = District(turn)
    programme, officer = district.programme, make_officer(district.programme.authority, name="周敏")
    Authority.objects.filter(pk=programme.authority_id).update(package_email=ADDRESS)

    # Two days before the coverage deadline, a workday morning: who misses something is told once.
    for _ in range(3):
        minute(turn, "2022-09-28T08:31+08:00")
    assert Run.objects.count() == 1
    assert Digest.objects.filter(user=district.leaders[1]).count() == 1
    told = " ".join(Message.objects.values_list("text", flat=True))
    assert told and not any(pupil.name in told for pupil in Student.objects.all())

    # Midnight: the minute before makes nothing, the minute itself one package, the holiday tells nobody.
    minute(turn, "2022-09-30T23:59+08:00")
    assert {row.kind for row in Compilation.objects.all()} == {"plan"}  # due on 31 August, made up for at the first tick
    for moment in ("2022-10-01T00:00+08:00", "2022-10-01T00:01+08:00"):
        minute(turn, moment)
    coverage = Compilation.objects.get(kind="coverage")
    first = figures(coverage)
    assert (coverage.kind, coverage.state, coverage.started_by) == ("coverage", "ready", None)
    assert [letter.to for letter in mail.outbox if letter.attachments] == [[ADDRESS], [ADDRESS]]
    messages = Message.objects.count()
    for day in HOLIDAY:
        minute(turn, f"{day}T08:31+08:00")
    assert Message.objects.count() == messages and not Run.objects.filter(kind=RunKind.DAY, on__gte=HOLIDAY[0]).exists()

    # Later: a visit of September written down late, a move; the frozen figures and the same question stay.
    turn("2022-10-06T20:00+08:00")
    late = Student.objects.filter(due_rows__visits=0).order_by("pk").first()
    add_visit(programme, [late], on=date(2022, 9, 29), lead=district.head, recorded_at=now())
    moved = district.pupils[1]
    move_student(moved, district.pupils[-1].school_class, date(2022, 10, 6), by=district.leaders[0])
    at = coverage.as_of
    again = sorted((row.school_class_id, row.dimension, row.due, row.visited) for row in class_counts_as_of(programme, at))
    assert again == first == figures(coverage)

    # The make-up Saturday is a workday; at its end the papers are gathered and mailed, locked.
    minute(turn, "2022-10-08T08:31+08:00")
    assert Run.objects.filter(kind=RunKind.DAY, on="2022-10-08").count() == 1
    mail.outbox.clear()
    minute(turn, "2022-10-09T00:00+08:00")
    papers = Compilation.objects.get(kind="submissions")
    assert papers.as_of == datetime.fromisoformat("2022-10-09T00:00+08:00") and papers.state == "ready"
    assert len([letter for letter in mail.outbox if letter.attachments]) == 1
    names, register = names_in(papers)
    assert any("附件1" in name for name in names) and any("附件2" in name for name in names)
    said = [cell.value for row in openpyxl.load_workbook(io.BytesIO(register)).active.iter_rows() for cell in row]
    assert {"晨曦小学", "柳堤小学", "云杉路小学"} <= {str(value).removeprefix("示例") for value in said}

    # What was written down late is a second revision with its reason; the first is untouched.
    before = checksum_of(coverage.file)
    turn("2022-10-10T09:00+08:00")
    second = correct_compilation(coverage, by=officer, reason="一所学校9月的走访10月才补录")
    tick()
    second.refresh_from_db()
    coverage.refresh_from_db()
    assert (second.revision, second.state, second.as_of) == (2, "ready", coverage.as_of)
    assert sum(row[3] for row in figures(second)) > sum(row[3] for row in first)
    assert (figures(coverage), coverage.checksum, checksum_of(coverage.file)) == (first, before, before)
    assert not Workday.objects.exists()  # the holiday is known without anybody entering it
