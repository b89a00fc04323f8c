"""The menus of the shell: by post, and only pages that exist."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import include, path

from homevisit import context
from schools.enums import Role
from schools.tests.factories import (
    add_post,
    make_authority,
    make_class,
    make_class_head,
    make_officer,
    make_school,
    make_user,
)


def page(request):
    return HttpResponse()


def room(name, *pages):
    return include(([path(f"{p}/" if p != "home" else "", page, name=p) for p in pages], name))


admin_pages = ([path("", page, name="index")], "admin")
urlpatterns = [
    path("visits/", room("visits", "home", "log", "board", "records", "school")),
    path("students/", room("students", "import")),
    path("desk/", room("desk", "home", "review")),
    path("works/", room("works", "mine", "school", "rounds", "judging")),
    path("files/", room("reports", "files", "plan", "report", "plans", "statements", "my_statement")),
    path("programme/", room("programmes", "publicity")),
    path("honesty/", room("honesty", "mine", "school")),
    path("messages/", room("schools", "messages")),
    path("admin/", include(admin_pages)),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


MINE = ["我的作品", "我的走访情况"]


def shell_for(user, at="/"):
    request = RequestFactory().get(at)
    request.user, request.session = user, {}
    return context.shell(request)["shell"]


def labels(user):
    return [item["label"] for group in shell_for(user)["nav"] for item in group["items"]]


@pytest.mark.parametrize(
    ("role", "place", "menu"),
    [
        (Role.TEACHER, "school", ["今天", "记家访", "家访记录", *MINE]),
        (Role.PSYCH_TEACHER, "school", ["今天", "记家访", "家访记录", *MINE]),
        (Role.CLASS_HEAD, "school_class", ["今天", "班级看板", "记家访", "家访记录", *MINE]),
        (
            Role.SCHOOL_LEADER,
            "school",
            [
                "走访覆盖", "家访记录", "作品评审", "真实性核查", "我的作品", "评选", "走访方案", "活动报告",
                "教师走访情况", "宣传",
            ],  # fmt: skip
        ),
        (
            Role.SCHOOL_ADMIN,
            "school",
            ["走访覆盖", "作品评审", "我的作品", "走访方案", "活动报告", "宣传", "导入名册", "后台管理"],
        ),
        (Role.DISTRICT_ADMIN, "authority", ["工作台", "汇编与报表", "审核", "评选", "方案报送", "宣传", "后台管理"]),
        (Role.AUDITOR, "authority", ["后台管理"]),
        (Role.REVIEWER, "authority", ["审核", "我的评审", "方案报送", "宣传", "后台管理"]),
    ],
)
def test_menu_follows_the_post(role, place, menu):
    school_class = make_class()
    places = {
        "school_class": school_class,
        "school": school_class.school,
        "authority": school_class.school.authority,
    }
    assert labels(make_user(role, **{place: places[place]})) == menu


def test_menu_joins_the_posts_of_one_person():
    school_class = make_class()
    leader = make_user(Role.SCHOOL_LEADER, school=school_class.school)
    add_post(leader, Role.CLASS_HEAD, school_class=school_class)
    assert labels(leader)[:5] == ["今天", "班级看板", "记家访", "走访覆盖", "家访记录"]


def test_phone_tabs_put_the_visit_in_the_middle_and_the_rest_under_mine():
    head = make_class_head(make_class())
    add_post(head, Role.SCHOOL_ADMIN, school=head.posts_now[0].place_school)
    shell = shell_for(head)
    assert [tab["short"] for tab in shell["tabs"]] == ["今天", "班级", "记家访", "覆盖"]
    assert [item["label"] for item in shell["rest"]] == [
        "家访记录", "作品评审", "我的作品", "走访方案", "活动报告", "宣传", "导入名册", "后台管理",
    ]  # fmt: skip


def test_a_leader_finds_what_is_to_be_looked_into_among_the_phones_tabs():
    leader = make_user(Role.SCHOOL_LEADER, school=make_school())
    assert [tab["short"] for tab in shell_for(leader)["tabs"]] == ["覆盖", "记录", "评审", "核查"]


@pytest.mark.parametrize(
    ("path", "current"),
    [("/visits/", ["今天"]), ("/visits/log/7/", ["记家访"]), ("/visits/9/", []), ("/elsewhere/", [])],
)
def test_the_page_one_is_on_is_marked_once(path, current):
    shell = shell_for(make_class_head(make_class()), at=path)
    assert [i["label"] for group in shell["nav"] for i in group["items"] if i["current"]] == current


@pytest.mark.urls("homevisit.tests.urls_without_pages")
def test_pages_that_do_not_exist_are_left_out():
    assert shell_for(make_officer(make_authority()))["nav"] == []


def test_account_line_names_post_and_place():
    school_class = make_class(make_school(short_name="青禾路小学"), grade=5, number=3)
    head = make_class_head(school_class, name="陈思远", subject="语文")
    add_post(head, Role.TEACHER, school=school_class.school)
    assert shell_for(head)["me"] == {
        "name": "陈思远",
        "initial": "陈",
        "line": f"{school_class.label()}班主任、语文教师",
        "place": "青禾路小学",
    }


def test_guests_have_no_shell():
    assert shell_for(AnonymousUser()) == {}


def test_shell_costs_nothing_until_a_template_asks(django_assert_num_queries):
    user = make_officer(make_authority())
    user = type(user).objects.get(pk=user.pk)
    request = RequestFactory().get("/")
    request.user, request.session = user, {}
    with django_assert_num_queries(0):
        built = context.shell(request)
    with django_assert_num_queries(3):  # posts, child authorities, programmes
        assert built["shell"]["programmes"] == []
