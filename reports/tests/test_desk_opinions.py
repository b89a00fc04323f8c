"""意见答复 on the desk: of the opinions heard at counted visits, how many the record says were answered to the family."""

import re
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.test import Client

from reports.tests.at_desk import Desk
from schools.tests.factories import make_authority, make_class, make_class_head, make_school
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.models import Opinion
from visits.tests.factories import make_visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media"), pytest.mark.seed("S48")]


@pytest.fixture
def desk(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-20T09:00+08:00"
    desk = Desk()
    open_register(desk.programme)
    return desk


def hear(desk, school, *answerers, **fields):
    """One visit of a new pupil of the school, with these opinions."""
    school_class = make_class(school)
    lines = [{"category": "作业", "text": f"第{n}条。", "answerer": one} for n, one in enumerate(answerers)]
    return make_visit(
        make_student(school_class), by=make_class_head(school_class), programme=desk.programme, opinions=lines, **fields
    )


@pytest.fixture
def three(desk):
    """Half of two, all of one and none of one answered; a fourth was only telephoned."""
    schools = [desk.school(f"示例{name}小学") for name in ("望江", "云杉", "临溪", "星禾")]
    hear(desk, schools[0], "answered", "me")
    hear(desk, schools[1], "answered")
    hear(desk, schools[2], "school")
    hear(desk, schools[3], "answered", mode="phone")
    return schools


def page(desk, query=""):
    client = Client()
    client.force_login(desk.officer, backend="schools.backends.StaffBackend")
    return client.get(f"/desk/{query}")


def column(answer, at=7):
    """What the rows of the table and, two cells before, their sum say, in their order."""
    table = answer.content.decode().split("<tbody>")[1].split("</table>")[0]
    *rows, whole = (re.findall(r"<td[^>]*>(.*?)</td>", row) for row in table.split("<tr>")[1:])
    return [re.sub("<[^>]+>", "", cell) for cell in (*(row[at] for row in rows), whole[at - 2])]


def names(answer):
    return [line.school.short_name for line in answer.context["page"]]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("answered", ["临溪小学", "望江小学", "云杉小学", "星禾小学"]),
        ("-answered", ["云杉小学", "望江小学", "临溪小学", "星禾小学"]),
    ],
)
def test_the_column_sorts_and_schools_that_heard_nothing_stand_last(desk, three, sort, expected):
    answer = page(desk, f"?sort={sort}")
    assert names(answer) == expected
    rates = {"临溪小学": "0.0%", "望江小学": "50.0%", "云杉小学": "100%", "星禾小学": "–"}
    assert column(answer)[:4] == [rates[name] for name in expected]
    direction = "descending" if sort.startswith("-") else "ascending"
    assert re.search(rf'<th scope="col" class="n" aria-sort="{direction}"><a [^>]*>意见答复', answer.content.decode())


@pytest.mark.parametrize(("cols", "at"), [("", 7), ("visits", 6)])
def test_the_sum_is_of_the_opinions_and_stands_in_both_tables(desk, three, cols, at):
    sums = [column(page(desk, f"?cols={cols}&q={word}"), at)[-1] for word in ("小学", "望江", "星禾")]
    assert sums == ["50.0%", "50.0%", "–"]
    assert column(page(desk, f"?cols={cols}&sort=-answered"), at)[0] == "100%"


def test_the_card_says_it_too(desk, three):
    text = page(desk).content.decode()
    assert '<span class="tag t-mute num">意见答复50.0%</span>' in text and text.count("意见答复100%") == 1


def test_the_workbook_has_heard_answered_and_the_rate(desk, three):
    sheet = openpyxl.load_workbook(BytesIO(page(desk, "export/?sort=answered").getvalue())).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    at = next(row.index("家长意见") for row in rows if "家长意见" in row)
    assert rows[3][at : at + 3] == ["征集", "已答复", "答复率"]
    told = [row[at : at + 3] for row in rows if str(row[1]).startswith("示例") or row[0] == "合计"]
    assert told == [[1, 0, "0.00%"], [2, 1, "50.00%"], [1, 1, "100%"], [0, 0, "–"], [4, 2, "50.00%"]]


def test_another_district_and_a_visit_that_does_not_count_change_nothing(desk, three, settings):
    before = column(page(desk))
    other = Desk(make_authority("linjiang"), code="other-2022")
    open_register(other.programme)
    hear(other, make_school(other.authority), "answered")
    assert column(page(desk)) == before
    assert Opinion.objects.filter(counted_in=None).count() == 1  # the call by telephone
    assert date(2022, 9, 17) in set(Opinion.objects.values_list("visit__visited_on", flat=True))
