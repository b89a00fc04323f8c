"""/desk/upper/: what goes on to the office above; sent, taken back, its award; who sees what of it where."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from core.clock import now, today
from core.models import AuditEntry
from reports.queries.assessment import facts_of
from reports.tests.at_desk import Desk
from schools.enums import Role
from schools.models import Decision
from schools.tests.factories import add_post, make_authority, make_user
from schools.tests.place import client_of
from works.models import Work
from works.tests.test_upper_actions import with_quota

pytestmark = pytest.mark.django_db
URL = "/desk/upper/"


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00+08:00"


@pytest.fixture
def desk(clock):
    return Desk()


@pytest.fixture
def school(desk):
    return desk.school()


def case(desk, school, state="shortlisted", **fields):
    return desk.work(school, kind="case", state=state, **fields)


def gone(desk, school, **fields):
    return case(desk, school, sent_up_at=now(), sent_up_by=desk.officer, **fields)


def shown(page):
    return [row["work"].pk for row in page.context["rows"]]


def text_of(response):
    return response.content.decode()


@pytest.mark.seed("W86")
def test_the_way_to_the_city_and_back(desk, school):
    """Sent, seen by all three sides, the award noted, corrected, cleared, taken back."""
    client, work = client_of(desk.officer), case(desk, school, "awarded", award="二等奖")
    assert reverse("desk:upper") in text_of(client.get("/desk/review/"))  # the menu
    page = client.get(URL)
    assert shown(page) == [work.pk] and "区级二等奖" in text_of(page) and "篇数不限" in text_of(page)

    assert client.post(f"{URL}send/", {"work": [work.pk], "kind": "case"})["Location"] == f"{URL}?kind=case&which=sent"
    page = client.get(URL)
    assert page.context["which"] == "sent" and shown(page) == [work.pk] and "秒内可以撤销" in text_of(page)
    says(desk, school, work, "已报市教育局")

    result = reverse("desk:upper_result", args=[work.pk])
    assert client.get(result).status_code == 200
    answer = client.post(result, {"pick": "一等奖", "label": "", "on": "2022-10-09"})
    assert answer["Location"] == f"{URL}?kind=case&which=result"
    assert "市级一等奖" in text_of(client.get(answer["Location"]))
    says(desk, school, work, "市级一等奖")
    assert client.post(reverse("desk:upper_back", args=[work.pk])).status_code == 409

    client.post(result, {"pick": "", "label": "特别奖", "on": "2022-10-09"})
    assert Work.objects.get(pk=work.pk).upper_award == "特别奖"
    assert 'value="特别奖"' in text_of(client.get(result))
    assert client.post(result, {"clear": "1"})["Location"] == f"{URL}?kind=case&which=sent"
    answer = client.post(reverse("desk:upper_back", args=[work.pk]), follow=True)
    assert "从市教育局撤回了《阳台上的作文》" in text_of(answer) and shown(answer) == [work.pk]


def says(desk, school, work, words):
    """On the pages of the author, of the school, of the desk."""
    teacher, leader, officer = client_of(school.teacher), client_of(school.leader), client_of(desk.officer)
    detail = reverse("works:detail", args=[work.pk])
    assert words in text_of(teacher.get(reverse("works:mine")))
    for client in (teacher, leader, officer):
        assert words in text_of(client.get(detail))
    assert words in text_of(leader.get(reverse("works:school"), {"which": "filed"}))
    assert words in text_of(leader.get(reverse("works:school_review", args=[work.pk])))
    review = officer.get("/desk/review/", {"tab": "case", "state": "awarded", "item": work.pk})
    assert words in text_of(review) and "看报送上级" in text_of(review)


@pytest.mark.seed("W86")
def test_what_may_go_is_what_the_district_recommended_the_best_first(desk, school):
    works = [
        case(desk, school), case(desk, school, "awarded", award="三等奖"), case(desk, school, "published", award="一等奖"),
        case(desk, school, "awarded", award="二等奖"),
    ]  # fmt: skip
    for state in ("filed", "accepted", "approved", "returned"):
        case(desk, school, state)
    desk.work(school, state="awarded")  # essays end at the district
    first, second, third = works[2], works[3], works[1]
    assert shown(client_of(desk.officer).get(URL)) == [first.pk, second.pk, third.pk, works[0].pk]


def test_titles_are_read_by_alias(desk, school):
    work = gone(desk, school, title="顾嘉树的小桌", aliases='{"顾嘉树": "顾同学"}')
    client = client_of(desk.officer)
    for address in (URL, reverse("desk:upper_result", args=[work.pk])):
        page = text_of(client.get(address))
        assert "顾同学的小桌" in page and "顾嘉树" not in page


def test_only_the_districts_administrator(desk, school):
    work = gone(desk, school)
    there = Desk(make_authority("there"), code="there-2022")
    for user in (desk.reviewer, school.leader, school.teacher, make_user(Role.AUDITOR, authority=desk.authority)):
        assert client_of(user).get(URL).status_code == 403
    client = client_of(there.officer)
    assert shown(client.get(URL)) == []
    for name in ("upper_back", "upper_result"):
        assert client.post(reverse(f"desk:{name}", args=[work.pk])).status_code == 404
    other = case(desk, school)
    client.post(f"{URL}send/", {"work": [other.pk]})
    assert Work.objects.get(pk=other.pk).sent_up_at is None
    assert reverse("desk:upper") not in text_of(client_of(desk.reviewer).get("/desk/review/"))


def test_what_is_of_the_own_school_is_not_offered(desk, school):
    work = case(desk, school)
    add_post(desk.officer, Role.TEACHER, school=school)
    client = client_of(desk.officer)
    assert shown(client.get(URL)) == []
    assert client.post(f"{URL}send/", {"work": [work.pk]}).status_code == 403


@pytest.mark.seed("W86")
def test_the_quota_is_said_and_kept(desk, school):
    with_quota(desk.programme, 1)
    client, works = client_of(desk.officer), [case(desk, school) for _ in range(2)]
    assert "还能报1篇" in text_of(client.get(URL)) and "报送示例市教育局" in text_of(client.get(URL))
    answer = client.post(f"{URL}send/", {"work": [work.pk for work in works], "kind": "case"})
    assert answer.status_code == 409 and "还能报1篇，选了2篇。去掉1篇再报。" in text_of(answer)
    assert text_of(answer).count(" checked") == 2  # what was chosen is chosen still
    assert not Work.objects.filter(sent_up_at__isnull=False).exists()
    client.post(f"{URL}send/", {"work": works[0].pk})
    page = text_of(client.get(URL, {"which": "ready"}))
    assert "名额满了" in page and "disabled" in page
    assert "已经报满了" in text_of(client.post(f"{URL}send/", {"work": works[1].pk}))


def test_nothing_chosen_and_what_has_moved_on(desk, school):
    client, work = client_of(desk.officer), case(desk, school)
    answer = client.post(f"{URL}send/", {"kind": "case", "work": ["x", ""]})
    assert answer.status_code == 422 and "先勾选要报的。" in text_of(answer)
    Work.objects.filter(pk=work.pk).update(state="returned", returned_at=now(), returned_by=desk.reviewer,
                                           returned_level="district", return_reason="太短")  # fmt: skip
    answer = client.post(f"{URL}send/", {"work": work.pk})
    assert answer.status_code == 409 and "现在是“已退回学校”" in text_of(answer)


def test_twice_posted_is_once(desk, school):
    client, work = client_of(desk.officer), case(desk, school)
    for _ in range(2):
        assert client.post(f"{URL}send/", {"work": work.pk}).status_code == 302
    for _ in range(2):
        client.post(reverse("desk:upper_result", args=[work.pk]), {"pick": "一等奖", "on": "2022-10-09"})
    assert list(Decision.objects.order_by("pk").values_list("verb", flat=True)) == ["send_up", "upper_award"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"on": "2022-10-09"}, "选一个等级，或者写上。"), ({"pick": "一等奖", "on": "去年"}, "日期写成 2022-09-28。"),
        ({"pick": "一等奖", "on": "2022-10-10"}, "这是将来的日期"), ({"pick": "一等奖", "on": "2022-10-08"}, "10月9日才报上去"),
        ({"label": "长" * 21, "on": "2022-10-09"}, "等级最多20个字。"), ({"pick": "冠军", "on": "2022-10-09"}, "冠军"),
    ],
)  # fmt: skip
def test_a_wrong_result_keeps_what_was_typed(desk, school, data, said):
    work = gone(desk, school)
    answer = client_of(desk.officer).post(reverse("desk:upper_result", args=[work.pk]), data)
    assert answer.status_code == 422 and said in text_of(answer)
    assert Work.objects.get(pk=work.pk).upper_award == ""


def test_the_undo_bar_takes_the_sending_back(desk, school):
    client, work = client_of(desk.officer), case(desk, school)
    client.post(f"{URL}send/", {"work": work.pk})
    batch = Decision.objects.get().batch
    answer = client.post(reverse("desk:review_undo"), {"batch": batch, "next": f"{URL}?kind=case&which=ready"})
    assert answer["Location"] == f"{URL}?kind=case&which=ready"
    assert Work.objects.get(pk=work.pk).sent_up_at is None


def test_a_return_is_not_offered_before_it_is_taken_back(desk, school):
    work = gone(desk, school)
    client = client_of(desk.reviewer)
    page = client.get("/desk/review/", {"tab": "case", "state": "recommended", "item": work.pk})
    assert "return" not in page.context["sheet"]["verbs"] and "去报上级" not in text_of(page)
    data = {"verb": "return", "reason": "太短", "version": 1, "was": "shortlisted"}
    answer = client.post(reverse("desk:decide_work", args=[work.pk]), data)
    assert answer.status_code == 409 and "先从市教育局撤回" in text_of(answer)


def test_a_notice_that_ends_at_the_district(desk, school):
    work = gone(desk, school)
    works = [one | {"levels": ["school", "district"]} for one in desk.programme.config["works"]]
    desk.programme.config = {**desk.programme.config, "works": works}
    desk.programme.save()
    client = client_of(desk.officer)
    other = case(desk, school)
    page = client.get(URL)
    assert shown(page) == [work.pk] and page.context["which"] == "sent"  # what lies there is still found
    page = client.get(URL, {"which": "ready"})
    assert shown(page) == [] and "不再往上报" in text_of(page)
    assert "只到区里" in text_of(client.post(f"{URL}send/", {"work": other.pk}))
    client.post(reverse("desk:upper_back", args=[work.pk]))
    page = client.get(URL)
    assert "这次活动不往上报作品" in text_of(page) and f'href="{URL}"' not in text_of(page)
    assert client.get(f"{URL}list.xlsx")["Location"] == URL


def test_without_a_programme():
    from schools.tests.factories import make_officer

    assert "还没有走访活动" in text_of(client_of(make_officer(make_authority("none"))).get(URL))


@pytest.mark.seed("W86")
def test_the_list_and_the_forms_go_along(desk, school):
    gone(desk, school, title="=1+1", state="awarded", award="二等奖", upper_award="一等奖", upper_award_on=today())
    client = client_of(desk.officer)
    response = client.get(f"{URL}list.xlsx", {"kind": "case", "which": "result"})
    sheet = openpyxl.load_workbook(BytesIO(b"".join(response))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    values = [1, "典型案例", "=1+1", "示例晨曦小学", "陈晓", None, "二等奖", "2022-10-09", "一等奖", "2022-10-09"]
    assert any(row == values for row in rows)
    assert AuditEntry.objects.get(action="upper.export").facts["rows"] == 1
    case(desk, school)
    page = client.get(reverse("desk:forms"), {"tab": "case", "state": "upper"})
    assert page.context["count"] == 1 and "已报上级" in text_of(page)


@pytest.mark.seed("W60")
def test_the_citys_award_is_among_the_honours(desk, school):
    gone(desk, school, state="awarded", award="二等奖", upper_award="一等奖", upper_award_on=today())
    facts = facts_of(desk.programme, school, [school.teacher.pk])[school.teacher.pk]
    values = {fact["code"]: fact["value"] for fact in facts}
    assert values["honours"] == "区级二等奖（典型案例）；市级一等奖（典型案例）" and values["works_awarded"] == 1


@pytest.mark.seed("W60")
def test_deeds_that_reach_the_city_are_listed_with_its_award(desk, school):
    works = [one | {"levels": ["school", "district", "city"]} for one in desk.programme.config["works"]]
    desk.programme.config = {**desk.programme.config, "works": works}
    desk.programme.save()
    desk.work(
        school, kind="deeds", state="awarded", sent_up_at=now(), sent_up_by=desk.officer, upper_award="模范教师",
        upper_award_on=today(),
    )  # fmt: skip
    client = client_of(school.teacher)
    page = client.get(reverse("works:honours"))
    assert page.context["lines"][0].level == "市级表彰" and "市级模范教师" in text_of(page)
    sheet = openpyxl.load_workbook(BytesIO(b"".join(client.get(reverse("works:honours_xlsx"))))).active
    assert [cell.value for cell in sheet[3]][-3:] == ["区级", "市级", "层级"]
    assert [cell.value for cell in sheet[4]][-3:] == ["一等奖", "模范教师", "市级表彰"]


@pytest.mark.parametrize("number", (1, 3))
@pytest.mark.parametrize(("which", "queries"), [("ready", 11), ("sent", 11), ("result", 11)])
def test_query_count(desk, school, number, which, queries, django_assert_num_queries):
    for n in range(number):
        place = desk.school(f"示例第{n}小学")
        case(desk, place)
        gone(desk, place)
        gone(desk, place, upper_award="一等奖", upper_award_on=today())
    client = client_of(desk.officer)
    with django_assert_num_queries(queries):
        assert len(shown(client.get(URL, {"which": which}))) == number
