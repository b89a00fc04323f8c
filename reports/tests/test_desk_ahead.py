"""赶不上或扎堆: the schools the outlook speaks of, by name, without a ranking and counted only where it is asked for."""

import re
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.tests.at_desk import Desk
from schools.tests.factories import make_class, make_class_head
from schools.tests.place import client_of
from visits.actions.register import open_register
from visits.tests.test_outlook import fill, plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media"), pytest.mark.seed("S48"), pytest.mark.seed("S22")]
HTMX = {"HX-Request": "true"}


def place(desk, name, way):
    school = desk.school(f"示例{name}小学")
    school_class = make_class(school)
    head = make_class_head(school_class)
    way(fill(desk.programme, school_class, head, pupils=7, visited=1), head)
    return school


@pytest.fixture
def desk(settings):
    """One school that stands still, one that leaves everything for the last days, one in time."""
    settings.HOMEVISIT_CLOCK = "2022-09-08T08:00+08:00"
    desk = Desk()
    days = {"望江": None, "云杉": date(2022, 9, 29), "临溪": date(2022, 9, 15)}
    for name, day in days.items():
        place(desk, name, lambda students, head, day=day: day and plan(desk.programme, students[1:], day, lead=head))
    open_register(desk.programme)
    return desk


def names(page):
    return [line.school.short_name for line in page.context["page"]]


def tags(page):
    """{school: words of 预计}"""
    rows = page.content.decode().split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]
    return {re.sub("<[^>]+>", "", row[1]): re.sub("<[^>]+>", "", row[7]) for row in cells}


@pytest.mark.parametrize(
    ("tab", "expected"),
    [
        ("warned", {"望江小学": "赶不上", "云杉小学": "扎堆"}),
        ("slow", {"望江小学": "赶不上"}),
        ("rush", {"云杉小学": "扎堆"}),
    ],
)
def test_the_schools_behind_the_outlook_stand_with_what_is_said_of_them(desk, tab, expected):
    for query in (f"?tab={tab}", f"?tab={tab}&cols=visits"):
        page = client_of(desk.officer).get(f"/desk/{query}")
        assert tags(page) == expected and "预计</th>" in page.content.decode()
    counts = {one["label"]: (one["count"], one["current"]) for one in page.context["tabs"] if one["label"] in "赶不上或扎堆"}
    labels = {"warned": "赶不上或扎堆", "slow": "赶不上", "rush": "扎堆"}
    assert counts == {labels[one]: (number, one == tab) for one, number in (("warned", 2), ("slow", 1), ("rush", 1))}


def test_every_number_of_the_outlook_opens_its_schools(desk):
    client = client_of(desk.officer)
    line = client.get("/desk/outlook/", headers=HTMX).content.decode()
    told = dict(re.findall(r'<a href="(/desk/\?tab=\w+)#schools"><b>(\d+)所</b></a>', line))
    assert told == {"/desk/?tab=slow": "1", "/desk/?tab=rush": "1"}
    for address, number in told.items():
        assert len(names(client.get(address))) == int(number)


def test_the_plain_desk_asks_nobodys_outlook(desk):
    client = client_of(desk.officer)

    def asked(url):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url)
        return page, sum("first_on" in query["sql"] for query in queries)

    page, queries = asked("/desk/")
    assert queries == 0 and "预计</th>" not in page.content.decode()
    assert [(one["label"], one["count"]) for one in page.context["tabs"]][-1] == ("赶不上或扎堆", None)
    assert asked("/desk/?tab=warned")[1] > 0


def test_the_order_is_the_tables_own(desk):
    client = client_of(desk.officer)
    assert names(client.get("/desk/?tab=warned&sort=name")) == names(client.get("/desk/?tab=warned&sort=-name"))[::-1]


def test_nobody_to_be_reminded_is_said_in_words(desk, settings):
    settings.HOMEVISIT_CLOCK = "2022-10-05T09:00+08:00"
    text = client_of(desk.officer).get("/desk/?tab=slow").content.decode()
    assert "没有赶不上的学校" in text and "<tbody>" not in text


def test_acts_views_and_the_workbook_know_the_tab(desk):
    client = client_of(desk.officer)
    asked = client.get("/desk/nudge/?all=1&tab=slow")
    assert [line.school.short_name for line in asked.context["lines"]] == ["望江小学"]
    assert client.post("/desk/views/?tab=slow", {"name": "要问的"}).url == "/desk/?tab=slow"
    assert "赶不上" in client.get("/desk/views/").content.decode()
    sheet = openpyxl.load_workbook(BytesIO(client.get("/desk/export/?tab=warned").getvalue())).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    at = next(row.index("预计") for row in rows if "预计" in row)
    assert {row[1]: row[at] for row in rows if str(row[1]).startswith("示例")} == {
        "示例望江小学": "赶不上", "示例云杉小学": "扎堆",
    }  # fmt: skip
    assert "筛选：赶不上或扎堆" in rows[1][0]


@pytest.mark.parametrize("schools", [1, 3])
def test_the_tab_costs_the_same_for_any_number_of_schools(desk, schools, django_assert_num_queries):
    for number in range(schools):
        place(desk, f"新{number}", lambda students, head: None)
    open_register(desk.programme)
    client = client_of(desk.officer)
    client.get("/desk/?tab=warned")
    with CaptureQueriesContext(connection) as plain:
        client.get("/desk/")
    with django_assert_num_queries(len(plain) + 2):  # pupils reached, appointments
        client.get("/desk/?tab=warned")
