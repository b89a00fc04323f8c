import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from schools.tests.factories import make_school
from students.models import Enrolment, Student
from students.tests.books import HEAD, PUPIL, book, pupil, roster
from students.tests.expect import FOLDER, make_schools, sidecar

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = StringIO()
    call_command("import_roster", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "roster.xlsx"
    path.write_bytes(roster(PUPIL, pupil(姓名="何清", 学籍号="G1")))
    return path


def test_a_dry_run_prints_the_report_and_changes_nothing(clock):
    expected = sidecar("06_class_list.xlsx")
    make_schools(expected)

    options = ["--school", "2132990003", "--as-of", "2022-09-10", "--dry-run", "--json"]
    told = json.loads(run(FOLDER / "06_class_list.xlsx", *options))

    assert (told["header_row"], told["columns"]["B"], told["unknown_columns"]) == (4, "name", ["F"])
    assert (told["create"], told["guardians"], told["held"]) == (43, 81, 2)
    assert told["problems"][0] == {
        "sheet": "Sheet1", "row": 14, "field": "name", "kind": "ambiguous_match",
        "message": "同班同名，缺少学籍号或出生日期，无法判断是谁。请补上其中一项。",
    }  # fmt: skip
    assert {"sheet": "Sheet1", "row": 51, "why": "total"} in told["ignored"]
    assert Student.objects.count() == 0


def test_the_command_imports_as_of_a_day(clock, school, file):
    words = run(file, "--school", school.code, "--as-of", "2022-09-10")
    assert "新增1人" in words and "第3行：学籍号应为" in words
    assert Student.objects.get().name == "林晨"


def test_whole_school_makes_others_leave(clock, school, school_class, file):
    run(file, "--school", school.code)
    other = file.with_name("other.xlsx")
    other.write_bytes(roster(pupil(班级="五（1）班", 姓名="周舟", 学籍号="G990101201203040055")))
    run(other, "--school", school.code, "--whole-school")
    assert dict(Student.objects.values_list("name", "status")) == {"林晨": "left", "周舟": "active"}


def test_in_a_district_the_school_column_decides(clock, school, tmp_path):
    other = make_school(school.authority)
    path = tmp_path / "district.xlsx"
    path.write_bytes(book(["学校代码", *HEAD], [school.code, *PUPIL], [other.code, *pupil(姓名="周舟", 学籍号="")]))
    told = json.loads(run(path, "--district", school.authority.code, "--json"))
    assert told["create"] == 2
    assert sorted(Enrolment.objects.values_list("school", flat=True)) == sorted([school.pk, other.pk])


def test_a_file_that_cannot_be_read_is_one_problem(clock, school):
    told = json.loads(run(FOLDER / "30_corrupt.xlsx", "--school", school.code, "--json"))
    assert [(p["row"], p["kind"]) for p in told["problems"]] == [(None, "unreadable_file")]
    assert (told["header_row"], told["create"]) == (None, 0)


@pytest.mark.parametrize("place", [["--school", "0000000000"], ["--district", "nowhere"]])
def test_unknown_places_are_errors(db, file, place):
    with pytest.raises(CommandError, match="no school"):
        run(file, *place)


def test_a_missing_file_is_an_error(clock, school):
    with pytest.raises(CommandError, match="no such file"):
        run("nothing.xlsx", "--school", school.code)
