"""重点首访 on the desk: pupils of the categories that go first, each once, and nothing that points at few of them."""

import re
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.queries.desk import whole_desk
from reports.queries.first import _tells_part
from reports.tests.at_desk import Desk
from schools.tests.factories import make_authority, make_class, make_class_head, make_officer
from schools.tests.place import client_of
from students.tests.factories import make_mark, make_student
from visits.actions.register import open_register
from visits.models import Due
from visits.queries.coverage import priority_by_school
from visits.tests.rows import add_visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def desk(settings):
    settings.HOMEVISIT_CLOCK = "2022-10-05T09:00+08:00"
    cache.clear()  # numbers of rows come again from test to test
    return Desk()


def fill(desk, name, *, first, visited, both=0):
    """A school with one class: pupils marked HARDSHIP, some visited, some of them marked STUDY too; two without mark."""
    school = desk.school(f"示例{name}小学")
    school_class = make_class(school)
    head = make_class_head(school_class)
    for number in range(first + 2):
        student = make_student(school_class)
        if number < first:
            make_mark(student, "HARDSHIP", by=head)
        if number < both:
            make_mark(student, "STUDY", by=head)
        if number < visited:
            add_visit(desk.programme, [student], on=date(2022, 9, 2), lead=head)
    return school


@pytest.fixture
def four(desk):
    schools = [
        fill(desk, "望江", first=12, visited=6, both=8), fill(desk, "云杉", first=10, visited=9, both=5),
        fill(desk, "临溪", first=3, visited=3), fill(desk, "星禾", first=4, visited=1),
    ]  # fmt: skip
    schools.append(fill(desk, "沁园", first=0, visited=1))
    open_register(desk.programme)
    return schools


def shown(desk):
    return {line.school.short_name: line.first.text for line in whole_desk(desk.programme, user=desk.officer).lines}


@pytest.mark.seed("S48")
def test_a_pupil_of_two_categories_counts_once_and_few_are_not_told(desk, four):
    assert priority_by_school(desk.programme, user=desk.officer)[four[0].pk] == (12, 6, 0)
    assert shown(desk) == {"望江小学": "50.0%", "云杉小学": "90.0%", "临溪小学": "<5", "星禾小学": "<5", "沁园小学": "–"}


def test_another_district_counts_nobody_here(desk, four):
    other = make_officer(make_authority("elsewhere"))
    assert priority_by_school(desk.programme, user=other) == {}


def test_only_schools_that_moved_are_counted_again(desk, four):
    def queries():
        with CaptureQueriesContext(connection) as found:
            shown(desk)
        return [query["sql"] for query in found if 'FROM "visits_due"' in query["sql"]]

    assert (len(queries()), queries()) == (1, [])
    student = Due.objects.filter(programme=desk.programme, school=four[1], categories__gt=0, visits=0).get().student
    add_visit(desk.programme, [student], on=date(2022, 9, 3), lead=four[1].teacher)
    open_register(desk.programme)
    (again,) = queries()
    assert f"IN ({four[1].pk})" in again and shown(desk)["云杉小学"] == "100%"


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("first", ["望江小学", "云杉小学", "临溪小学", "星禾小学", "沁园小学"]),
        ("-first", ["云杉小学", "望江小学", "临溪小学", "星禾小学", "沁园小学"]),
    ],
)
def test_the_column_sorts_and_what_is_left_out_stands_last(desk, four, sort, expected):
    page = client_of(desk.officer).get(f"/desk/?sort={sort}")
    assert [line.school.short_name for line in page.context["page"]] == expected
    direction = "descending" if sort.startswith("-") else "ascending"
    assert re.search(rf'<th scope="col" class="n" aria-sort="{direction}"><a [^>]*>重点首访', page.content.decode())


def test_the_column_stands_with_the_papers_alone(desk, four):
    client = client_of(desk.officer)
    text = client.get("/desk/").content.decode()
    assert "重点首访" in text and '<td class="n"><span class="sec">&lt;5</span></td>' in text
    page = client.get("/desk/?cols=visits&sort=first")
    assert "重点首访" not in page.content.decode() and page.context["filters"].sort == "coverage"
    desk.programme.categories.update(priority=False)
    assert "重点首访" not in client.get("/desk/").content.decode()


def test_the_workbook_has_the_same_column_and_a_part_tells_no_sum(desk, four):
    def column(query):
        answer = client_of(desk.officer).get(f"/desk/export/?{query}")
        rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(answer.getvalue())).active.iter_rows()]
        at = next(row.index("重点首访") for row in rows if "重点首访" in row)
        return [row[at] for row in rows if row[0] == "合计" or str(row[1]).startswith("示例")]

    assert column("sort=first") == ["50.0%", "90.0%", "<5", "<5", "–", "65.5%"]
    assert column(f"sort=first&school={four[0].pk},{four[2].pk}") == ["50.0%", "<5", "…"]
    assert column(f"sort=first&school={four[0].pk},{four[1].pk}") == ["50.0%", "90.0%", "68.1%"]


@pytest.mark.parametrize(
    ("written", "union", "numbers", "leaves_out"),
    [
        ({}, 9, [9], False),
        ({0: "<5"}, 13, [4, 10], False),  # three or four of it
        ({0: "<5"}, 14, [4, 10], True),  # four, and nothing else
        ({0: "<5", 1: "<5"}, 14, [4, 3, 10], False),
        ({0: "…"}, 6, [5, 10], True),
        ({5: "…"}, 14, [4, 10], False),  # of a category that does not go first
    ],
)
def test_the_union_is_left_out_where_it_would_tell_a_category(written, union, numbers, leaves_out):
    assert _tells_part(written, union, dict(enumerate(numbers))) is leaves_out
