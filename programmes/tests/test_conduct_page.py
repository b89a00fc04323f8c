"""The page of the code: what it says, who signs there, what the menu offers."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from programmes.actions.conduct import sign
from programmes.actions.load import load_programme
from programmes.actions.state import close_programme, open_programme
from programmes.config.notice import read_notice
from programmes.models import ConductSignature
from programmes.queries.ready import has_signed
from programmes.tests.factories import make_programme
from programmes.tests.test_conduct import new_version, train
from schools.enums import Role
from schools.tests.factories import make_authority, make_leader, make_officer, make_school, make_user

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data"
URL = "/programme/conduct/"


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2023-09-18T10:00:00+08:00"


def opened(name):
    return open_programme(load_programme(read_notice(DATA / f"{name}.toml")).programme, by=None)


@pytest.fixture
def programme():
    return opened("wujin-2023")


@pytest.fixture
def teacher(programme):
    return make_user(Role.TEACHER, school=make_school(programme.authority), name="罗一鸣")


def page_for(client, user):
    client.force_login(user, backend="schools.backends.StaffBackend")
    return client.get(URL)


def words(response):
    body = response.content.decode().split("<main", 1)[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


# Each of the five duties of the plan's code, in the words of the page.
DUTIES = {
    "W64": "要备课：分析在校情况，准备好聊什么",
    "W65": "要守时：约好几点就几点",
    "W66": "要得体：态度诚恳，认真听意见",
    "W67": "要多表扬：讲方法，一起找办法",
    "W68": "要多观察：记下来，跟着帮",
}


@pytest.mark.seed("W64", "W66", "W67", "W68")
@pytest.mark.parametrize("row", DUTIES)
def test_page_shows_each_duty_among_the_dos(client, teacher, row):
    column = page_for(client, teacher).content.decode().split('class="col-do"')[1].split("</ul>")[0]

    assert f"<li>{DUTIES[row]}</li>" in column


def test_page_shows_the_five_never_dos(client, teacher):
    column = page_for(client, teacher).content.decode().split('class="col-no"')[1].split("</ul>")[0]

    assert column.count("<li>") == 5 and "不能吃请、收礼" in column


@pytest.mark.seed("S40")
def test_integrity_stands_in_the_code_shown_and_signed_before_visiting(client):
    baoshan = opened("baoshan-2022")
    teacher = make_user(Role.TEACHER, school=make_school(baoshan.authority))

    assert "不吃请，不收礼" in words(page_for(client, teacher))
    client.post(reverse("programmes:conduct_sign"), {"programme": baoshan.code, "version": 1})
    assert has_signed(baoshan, teacher)


def test_one_tap_signs_and_the_page_says_when(client, programme, teacher):
    assert "我已读过，会照着做" in words(page_for(client, teacher))
    response = client.post(reverse("programmes:conduct_sign"), {"programme": programme.code, "version": "1"})

    assert response["Location"] == URL
    page = words(client.get(URL))
    assert "9月18日 10:00签过了" in page and "我已读过" not in page


def test_signing_leads_back_to_where_one_came_from_but_not_abroad(client, programme, teacher):
    page_for(client, teacher)
    data = {"programme": programme.code, "version": 1}
    url = reverse("programmes:conduct_sign")

    assert client.post(url, data | {"next": "/visits/"})["Location"] == "/visits/"
    assert client.post(url, data | {"next": "https://example.org/"})["Location"] == URL
    assert ConductSignature.objects.count() == 1


def test_a_new_version_is_shown_as_new_and_the_old_page_does_not_sign_it(client, programme, teacher):
    sign(programme, by=teacher)
    new_version(programme)

    assert "守则有改动" in words(page_for(client, teacher))
    response = client.post(reverse("programmes:conduct_sign"), {"programme": programme.code, "version": "1"})
    assert (response.status_code, has_signed(programme, teacher)) == (409, False)
    assert "刚改过" in response.content.decode()


def test_after_the_programme_nobody_is_asked(client, programme, teacher):
    close_programme(programme, by=None)

    assert "我已读过" not in words(page_for(client, teacher))
    assert client.post(reverse("programmes:conduct_sign"), {"programme": programme.code}).status_code == 409


def test_district_reads_and_does_not_sign(client, programme):
    page = words(page_for(client, make_officer(programme.authority)))

    assert "要守时" in page and "我已读过" not in page
    assert client.post(reverse("programmes:conduct_sign"), {"programme": programme.code}).status_code == 403


def test_programme_of_another_authority_is_unknown(client, teacher):
    page_for(client, teacher)
    far = make_programme(make_authority("far"), code="far-2023")

    assert client.post(reverse("programmes:conduct_sign"), {"programme": far.code}).status_code == 404


def test_who_missed_the_training_reads_it_without_blame(client, programme, teacher):
    assert "还没参加家访培训，学校会另外安排" in words(page_for(client, teacher))
    train(programme, teacher.posts_now[0].school, teacher, kind="training", held_on="2023-09-30")
    assert "下一场： 9月30日 家访培训" in words(page_for(client, teacher))
    train(programme, teacher.posts_now[0].school, teacher)
    assert "还没参加" not in words(page_for(client, teacher))


def test_leader_without_a_visiting_post_misses_nothing_and_sees_the_school(client, programme, teacher):
    leader = make_leader(teacher.posts_now[0].school)
    page = page_for(client, leader).content.decode()

    assert "还没参加" not in page and "全校准备情况" in page


def test_menu_names_the_code_only_where_there_is_one(client, programme, teacher):
    menu = page_for(client, teacher).content.decode().split("<main")[0]
    assert "五要五不能" in menu and "会议和培训" in menu

    plain = make_programme(make_authority("plain"), code="plain-2023")
    page = page_for(client, make_user(Role.TEACHER, school=make_school(plain.authority)))
    assert URL not in page.content.decode().split("<main")[0]
    assert "这次活动没有守则" in words(page)


@pytest.mark.seed("S30", "S31", "S37")
def test_reading_list_of_the_notice_stands_on_the_programmes_page(client):
    baoshan = opened("baoshan-2022")
    user = make_user(Role.TEACHER, school=make_school(baoshan.authority))
    client.force_login(user, backend="schools.backends.StaffBackend")
    page = words(client.get(reverse("programmes:overview")))

    for title in ("国家教育法规和政策", "学校教育教学改革发展计划", "文明城区与文明校园创建的做法"):
        assert title in page
