"""真实性提醒 on the desk: how many schools and of which kind, where the notice says so; whose it is, never."""

import re
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest

from core.clock import now
from honesty.models import Hint
from honesty.queries.desk import schools_hints
from honesty.tests.factories import make_hint
from programmes.models import Programme
from reports.tests.at_desk import Desk
from schools.tests.factories import make_authority, make_class, make_leader, make_officer
from schools.tests.place import client_of
from students.tests.factories import make_mark, make_student
from visits.actions.register import open_register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media"), pytest.mark.seed("S29")]
NAME, WORDS = "陈晓", "几家在一个小区"


def hint(desk, school, kind, *, days=1, **fields):
    """A hint the school's leader sees for so many days."""
    since, number = now() - timedelta(days=days), Hint.objects.count()
    values = {"key": f"{kind}{number}", "found_at": since, "leader_from": since, "by": school.leader}
    return make_hint(school.teacher, desk.programme, school, kind=kind, **(values | fields))


def let(desk, allowed):
    programme = desk.programme
    programme.config = programme.config | {"hints": {"authority_sees_counts": allowed}}
    programme.save()
    desk.programme = Programme.objects.get(pk=programme.pk)


@pytest.fixture
def desk(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-20T09:00+08:00"
    desk = Desk()
    let(desk, True)
    assert desk.officer.reach  # kept, so that only hints are counted below
    return desk


@pytest.fixture
def schools(desk):
    """One lets a hint lie, one has two kinds and one looked into, one is through, one has none the district may know."""
    late, busy, done, none = (desk.school(f"示例{name}小学") for name in ("望江", "云杉", "临溪", "星禾"))
    hint(desk, late, "bunched", days=8)
    hint(desk, busy, "photo", state="answered")
    hint(desk, busy, "alike", days=7)
    hint(desk, busy, "bunched", days=30, state="concluded")
    hint(desk, done, "alike", days=30, state="concluded")
    hint(desk, none, "photo", state="gone")
    hint(desk, none, "photo", days=-1)  # still the teacher's alone
    return late, busy, done, none


def names(page):
    return [line.school.short_name for line in page.context["page"]]


def plain(text):
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", "", text))


def column(page):
    """{school: words of 提醒}, the last column."""
    rows = page.content.decode().split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]
    return {plain(row[1]): plain(row[-1]) for row in cells}


def test_the_schools_of_the_table_say_of_which_kind(desk, schools):
    page = client_of(desk.officer).get("/desk/?sort=name")
    told = {"望江小学": "突击", "云杉小学": "雷同、照片", "临溪小学": "已核实", "星禾小学": "–"}
    assert column(page) == told and 'scope="col">提醒</th>' in page.content.decode()
    assert column(client_of(desk.officer).get("/desk/?cols=visits")) == told
    cards = page.content.decode().split('<div class="only-p"><a class="sl"')[1]
    assert "突击" in cards and "已核实" in cards


def test_the_card_counts_schools_and_its_numbers_open_them(desk, schools):
    client = client_of(desk.officer)
    page = client.get("/desk/")
    card = page.content.decode().split("真实性提醒</div>")[1].split("</div></div>")[0]
    assert plain(card) == "3 所1所已核实，1所超7天未回"
    tabs = {tab["label"]: tab["count"] for tab in page.context["tabs"]}
    assert tabs["有提醒"] == 3 and "超期未回" not in tabs
    assert 'href="?tab=overdue#schools"' in card
    for address, expected in (("hints", {"望江小学", "云杉小学", "临溪小学"}), ("overdue", {"望江小学"})):
        page = client.get(f"/desk/?tab={address}")
        assert set(names(page)) == expected
        assert {tab["label"]: tab["count"] for tab in page.context["tabs"]} | {"有提醒": 3, "超期未回": 1} == {
            tab["label"]: tab["count"] for tab in page.context["tabs"]
        }  # fmt: skip


def test_what_stood_in_the_cards_place_is_said_below(desk, schools):
    make_mark(make_student(make_class(schools[0])), by=schools[0].leader)
    open_register(desk.programme)
    below = "1所学校还有优先类别的学生待访"
    for allowed in (True, False):
        let(desk, allowed)
        text = client_of(desk.officer).get("/desk/").content.decode()
        assert text.count('<div class="l">') == 5 and "人待访</a>" in text
        assert (below in plain(text), "优先类别待访" in text) == (allowed, not allowed)


def test_what_an_only_leader_said_of_the_own_records_does_not_lie_with_the_school_for_ever(desk):
    """Nobody concludes on the own records, and there is nobody else."""
    school = desk.school()
    own = hint(desk, school, "photo", days=30)
    Hint.objects.filter(pk=own.pk).update(teacher=school.leader)
    assert schools_hints(desk.programme, desk.officer)[school.pk] == (("photo",), True)
    Hint.objects.filter(pk=own.pk).update(state="answered", reason="together", answered_at=now())
    assert schools_hints(desk.programme, desk.officer)[school.pk].concluded
    make_leader(school)
    assert schools_hints(desk.programme, desk.officer)[school.pk] == (("photo",), True)


def test_seven_days_are_not_yet_overdue(desk):
    school = desk.school()
    row = hint(desk, school, "photo", days=7)
    assert not schools_hints(desk.programme, desk.officer)[school.pk].overdue
    Hint.objects.filter(pk=row.pk).update(leader_from=row.leader_from - timedelta(seconds=1))
    assert schools_hints(desk.programme, desk.officer)[school.pk] == (("photo",), True)


def test_one_school_alone_is_asked_for_alone(desk, schools, django_assert_num_queries):
    late, busy, *_ = schools
    with django_assert_num_queries(1):
        assert schools_hints(desk.programme, desk.officer, busy) == {busy.pk: (("alike", "photo"), False)}
    page = client_of(desk.officer).get(f"/desk/school/{late.pk}/").content.decode()
    assert "真实性提醒" in page and "有超过7天没回的" in page and NAME not in page and WORDS not in page
    for school, words in ((busy, "学校正在核实"), (schools[2], "学校都核实过了")):
        assert words in client_of(desk.officer).get(f"/desk/school/{school.pk}/").content.decode()
    assert "真实性提醒" not in client_of(desk.officer).get(f"/desk/school/{schools[3].pk}/").content.decode()


def test_where_the_notice_does_not_say_so_nothing_is_counted(desk, schools, django_assert_num_queries):
    let(desk, False)
    with django_assert_num_queries(0):
        assert schools_hints(desk.programme, desk.officer) == {}
    client = client_of(desk.officer)
    for address in ("/desk/", "/desk/?tab=hints", "/desk/?tab=overdue", f"/desk/school/{schools[0].pk}/"):
        text = client.get(address).content.decode()
        assert not any(word in text for word in ("真实性提醒", "有提醒", "突击", "超期未回"))
    assert len(names(client.get("/desk/?tab=hints"))) == 4  # as if the tab were not asked for


def test_another_district_and_the_school_count_nothing(desk, schools):
    for user in (make_officer(make_authority("elsewhere")), schools[0].leader, schools[0].teacher, desk.reviewer):
        assert schools_hints(desk.programme, user) == {}


def test_neither_page_nor_workbook_tells_whose_it_is(desk, schools):
    client = client_of(desk.officer)
    file = client.get("/desk/export/?tab=hints").getvalue()
    pages = [client.get(url).content.decode() for url in ("/desk/", "/desk/?tab=hints", f"/desk/school/{schools[0].pk}/")]
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(file)).active.iter_rows()]
    at = next(row.index("真实性提醒") for row in rows if "真实性提醒" in row)
    assert {row[1]: row[at] for row in rows if str(row[1]).startswith("示例")} == {
        "示例望江小学": "突击走访，超期未回", "示例云杉小学": "文字雷同、照片重复", "示例临溪小学": "已核实",
    }  # fmt: skip
    assert "筛选：有提醒" in rows[1][0]
    for text in (*pages, str(rows)):
        assert not any(word in text for word in (NAME, WORDS, "住得近", "和老师谈过"))


def test_views_and_acts_know_the_tabs(desk, schools):
    client = client_of(desk.officer)
    assert client.post("/desk/views/?tab=overdue", {"name": "要问的"}).url == "/desk/?tab=overdue"
    assert "超期未回" in client.get("/desk/views/").content.decode()
    asked = client.get("/desk/nudge/?all=1&tab=hints")
    assert len(asked.context["lines"]) == 3 and asked.context["overdue"] == "望江小学"
    assert "提醒" not in str(asked.context["told"]) + asked.context["copied"]  # it goes to a group of people
    assert client.post("/desk/views/?tab=warned", {"name": "旧的"}).url == "/desk/?tab=warned"


def test_no_school_to_be_asked_is_said_in_words(desk):
    desk.school()
    client = client_of(desk.officer)
    assert "没有学校要核实" in client.get("/desk/").content.decode()
    for tab in ("hints", "overdue"):
        assert "没有要核实的学校" in client.get(f"/desk/?tab={tab}").content.decode()


@pytest.mark.parametrize("schools", [1, 3])
def test_hints_cost_one_query_for_any_number_of_schools(desk, schools, django_assert_num_queries):
    for number in range(schools):
        place = desk.school(f"示例新{number}小学")
        for kind in ("bunched", "alike", "photo"):
            hint(desk, place, kind)
    with django_assert_num_queries(1):
        assert len(schools_hints(desk.programme, desk.officer)) == schools
