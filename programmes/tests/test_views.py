"""The pages: who may open them, what they say, what they cost."""

import re
from pathlib import Path

import pytest

from core.models import AuditEntry
from programmes.actions.form import save_school_form
from programmes.actions.load import load_programme
from programmes.actions.state import close_programme, open_programme
from programmes.config.notice import read_notice
from programmes.models import Deadline, SchoolForm
from programmes.queries.form import record_form
from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import (
    add_post,
    make_authority,
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data"
HARBOUR = Path(__file__).parent / "data" / "harbour-2024.toml"


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00:00+08:00"


def opened(path):
    return open_programme(load_programme(read_notice(path)).programme, by=None)


@pytest.fixture
def baoshan():
    return opened(DATA / "baoshan-2022.toml")


@pytest.fixture
def school(baoshan):
    return make_school(baoshan.authority, short_name="青禾路小学")


@pytest.fixture
def leader(school):
    return make_leader(school)


def get(client, user, url):
    client.force_login(user, backend="schools.backends.StaffBackend")
    return client.get(url)


def text_of(response):
    """What is read on the page, without markup."""
    body = response.content.decode().split("<main", 1)[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


# ── who may open what ──


@pytest.fixture
def people(baoshan, school):
    other = make_authority("far")
    make_programme(other, code="far-2022")
    return {
        "teacher": make_user(Role.TEACHER, school=school),
        "class_head": make_class_head(make_class(school)),
        "psych_teacher": make_user(Role.PSYCH_TEACHER, school=school),
        "school_leader": make_leader(school),
        "school_admin": make_user(Role.SCHOOL_ADMIN, school=school),
        "district_admin": make_officer(baoshan.authority),
        "reviewer": make_user(Role.REVIEWER, authority=baoshan.authority),
        "auditor": make_user(Role.AUDITOR, authority=baoshan.authority),
        "inspector": make_user(Role.INSPECTOR, authority=baoshan.authority),
        "other leader": make_leader(make_school(baoshan.authority)),
        "far leader": make_leader(make_school(other)),
        "far officer": make_officer(other),
        "nobody": make_user(),
        "anonymous": None,
    }


ROLES = [
    "teacher", "class_head", "psych_teacher", "school_leader", "school_admin", "district_admin", "reviewer", "auditor",
    "inspector", "other leader", "far leader", "far officer", "nobody", "anonymous",
]  # fmt: skip
ANSWERS = {  # in the order of ROLES; "form of the school" is the one of teacher … school_admin
    "overview": [200] * 13 + [302],
    "own form": [403, 403, 403, 200, 200, 403, 403, 403, 403, 200, 200, 403, 403, 302],
    "form of the school": [403, 403, 403, 200, 200, 403, 403, 404, 404, 404, 404, 404, 404, 302],
    "saving it": [403, 403, 403, 302, 302, 403, 403, 404, 404, 404, 404, 404, 404, 302],
    "preview of it": [403, 403, 403, 200, 200, 403, 403, 404, 404, 404, 404, 404, 404, 302],
    "choosing the programme": [302] * 8 + [404, 302, 404, 404, 404, 302],
    "asking for the choice": [405] * 13 + [302],
}


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("what", ANSWERS)
def test_who_may_open_what(client, people, school, baoshan, what):
    form = {"analysis_use": "required", "reflection_use": "optional"}
    method, url, data = {
        "overview": ("get", "/programme/overview/", {}),
        "own form": ("get", "/programme/form/", {}),
        "form of the school": ("get", f"/programme/form/{school.pk}/", {}),
        "saving it": ("post", f"/programme/form/{school.pk}/", form),
        "preview of it": ("post", f"/programme/form/{school.pk}/preview/", form),
        "choosing the programme": ("post", "/programme/", {"programme": baoshan.code}),
        "asking for the choice": ("get", "/programme/", {}),
    }[what]
    answers = []
    for role in ROLES:
        client.logout()
        if people[role]:
            client.force_login(people[role], backend="schools.backends.StaffBackend")
        answers.append(getattr(client, method)(url, data).status_code)
    assert answers == ANSWERS[what]


# ── the switch ──


def test_switch_chooses_for_the_session_and_goes_back(client, baoshan, leader):
    later = make_programme(baoshan.authority, code="later", starts_on="2022-09-01", title="后来的活动")
    page = get(client, leader, "/programme/overview/")
    assert "后来的活动" in text_of(page)

    response = client.post("/programme/", {"programme": "baoshan-2022", "next": "/programme/overview/?x=1"})
    assert (response.status_code, response["Location"]) == (302, "/programme/overview/?x=1")
    assert "“万名教师走万家”活动" in text_of(client.get("/programme/overview/"))
    assert later.code not in client.session.values()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_switch_never_leaves_the_site(client, baoshan, leader, target):
    client.force_login(leader, backend="schools.backends.StaffBackend")
    assert client.post("/programme/", {"programme": "baoshan-2022", "next": target})["Location"] == "/"


@pytest.mark.parametrize("code", ["draft", "far-2022", "nothing", ""])
def test_switch_to_what_one_cannot_see_is_not_found(client, baoshan, leader, code):
    make_programme(baoshan.authority, code="draft", state="draft")
    make_programme(make_authority("far"), code="far-2022")
    client.force_login(leader, backend="schools.backends.StaffBackend")
    assert client.post("/programme/", {"programme": code}).status_code == 404
    assert "programme" not in client.session


# ── 活动安排 ──


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2022-07-31T10:00:00+08:00", "现在 还没有开始 走访还有1天开始"),
        (
            "2022-09-18T10:00:00+08:00",
            "现在 走访 还有12天，其中10个工作日 9月30日24:00前 还有12天 其中10个工作日 走访覆盖全部学生家庭",
        ),
        ("2022-09-30T23:59:59+08:00", "现在 走访 今天结束 9月30日24:00前 今天截止 走访覆盖全部学生家庭"),
        ("2022-10-01T00:00:00+08:00", "现在 总结报送 还有7天，其中1个工作日 9月30日24:00前 过1天 走访覆盖全部学生家庭"),
        ("2022-10-03T10:00:00+08:00", "10月8日24:00前 还有5天 其中1个工作日 报送感人故事和活动报告 这天是星期六，调休上班"),
        ("2022-10-07T23:59:59+08:00", "现在 总结报送 还有1天，是工作日"),
        ("2022-10-08T23:59:59+08:00", "10月8日24:00前 今天截止 报送"),
        ("2022-10-08T16:00:00+00:00", "10月8日24:00前 过1天 报送"),
        ("2022-10-09T10:00:00+08:00", "现在 各阶段已过 8月1日–9月30日走访 9月30日24:00前 过9天"),
    ],
)
def test_overview_says_where_we_stand(client, leader, settings, moment, words):
    settings.HOMEVISIT_CLOCK = moment
    assert words in text_of(get(client, leader, "/programme/overview/"))


def test_overview_of_a_closed_programme_counts_no_more_days(client, leader, baoshan, settings):
    close_programme(baoshan, by=None)
    settings.HOMEVISIT_CLOCK = "2023-03-01T10:00:00+08:00"
    page = text_of(get(client, leader, "/programme/overview/"))
    assert ("已结束" in page, "2022年9月30日24:00前 已截止" in page, "过" in page.split("阶段")[0]) == (True, True, False)


@pytest.mark.parametrize(
    ("last_day", "note"),
    [
        ("2022-10-07T16:00Z", "10月7日24:00前 还有19天 其中10个工作日 报送 这天放假，此前最后一个工作日是9月30日"),
        ("2022-10-09T16:00Z", "调休上班"),
        ("2024-02-12T16:00Z", "这天放假，此前最后一个工作日是2024年2月9日"),
        ("2022-09-28T16:00Z", "9月28日24:00前 还有10天 其中8个工作日 报送 阶段"),
    ],
)
def test_overview_tells_of_holidays_and_make_up_days(client, leader, baoshan, last_day, note):
    Deadline.objects.filter(kind="coverage").delete()
    Deadline.objects.filter(kind="submissions").update(at=last_day.replace("Z", "+00:00"), title="报送")
    assert note in text_of(get(client, leader, "/programme/overview/"))


def test_overview_warns_of_a_year_whose_holidays_nobody_knows(client, leader, baoshan):
    Deadline.objects.filter(kind="submissions").update(at="2031-10-08T16:00+00:00")
    assert "2031年的放假安排还没有录入" in text_of(get(client, leader, "/programme/overview/"))


def test_overview_of_a_deadline_at_an_hour(client, settings):
    settings.HOMEVISIT_CLOCK = "2025-01-11T07:59:00+08:00"
    harbour = opened(HARBOUR)
    user = make_user(Role.TEACHER, school=make_school(harbour.authority))
    assert "1月11日08:00前 今天截止 走访" in text_of(get(client, user, "/programme/overview/"))
    settings.HOMEVISIT_CLOCK = "2025-01-11T08:00:00+08:00"
    assert "1月11日08:00前 今天已截止 走访" in text_of(get(client, user, "/programme/overview/"))


def test_overview_names_phases_that_run_together(client, settings):
    settings.HOMEVISIT_CLOCK = "2024-11-20T10:00:00+08:00"
    harbour = opened(HARBOUR)
    user = make_user(Role.TEACHER, school=make_school(harbour.authority))
    assert "秋季走访 还有10天，其中7个工作日，同时冬季回访还有51天" in text_of(get(client, user, "/programme/overview/"))


@pytest.mark.seed("W18")
def test_overview_says_that_visiting_goes_on_all_year(client, settings):
    settings.HOMEVISIT_CLOCK = "2023-10-18T10:00:00+08:00"
    wujin = opened(DATA / "wujin-2023.toml")
    user = make_user(Role.TEACHER, school=make_school(wujin.authority))
    assert "全年都可以家访，之外的照样记，不计入覆盖率" in text_of(get(client, user, "/programme/overview/"))


def test_overview_without_a_programme_says_so(client):
    user = make_user(Role.TEACHER, school=make_school(make_authority("far")))
    assert "还没有活动" in text_of(get(client, user, "/programme/overview/"))


def test_overview_offers_changes_to_those_who_may(client, people):
    offers = {}
    for role in ("teacher", "school_leader", "school_admin", "district_admin"):
        page = text_of(get(client, people[role], "/programme/overview/"))
        offers[role] = ("调整记录表" in page, "修改安排" in page)
    assert offers == {
        "teacher": (False, False),
        "school_leader": (True, False),
        "school_admin": (True, False),
        "district_admin": (False, True),
    }


@pytest.mark.parametrize("more", [0, 2])
def test_overview_query_count(client, leader, baoshan, django_assert_num_queries, more):
    for n, kind in enumerate(["plan", "essays"][:more]):
        baoshan.deadlines.create(kind=kind, title=kind, at="2022-10-20T16:00+00:00", position=n + 5)
        baoshan.phases.create(code=f"more-{n}", name="再来", starts_on="2022-10-10", ends_on="2022-10-20", position=9)
    client.force_login(leader, backend="schools.backends.StaffBackend")
    # session, user, posts, programmes, deadlines, kept workdays, phases, the school's form
    with django_assert_num_queries(8):
        client.get("/programme/overview/")


# ── 记录表 ──


def answers(**changes):
    """The form as shown, with other answers: analysis="required", process=["…"]"""
    data = {"analysis_use": "optional", "reflection_use": "optional"}
    for code, value in changes.items():
        data[f"{code}_prompts" if isinstance(value, list) else f"{code}_use"] = (
            "\n".join(value) if isinstance(value, list) else value
        )
    return data


def form_of(programme, school):
    return [(field.code, field.required, field.prompts) for field in record_form(programme, school)]


@pytest.mark.seed("W1", "W78")
def test_school_adapts_its_form_within_the_frame(client, leader, school, baoshan):
    own = {f.code: f.prompts for f in baoshan.rules.record.fields}
    client.force_login(leader, backend="schools.backends.StaffBackend")
    response = client.post(
        f"/programme/form/{school.pk}/",
        answers(cause=["孩子最近怎样？", " 家里呢？ "], analysis="required", reflection="hidden"),
    )
    assert response.status_code == 302
    assert form_of(baoshan, school) == [
        ("cause", True, ["孩子最近怎样？", "家里呢？"]),
        ("process", True, own["process"]),
        ("analysis", True, own["analysis"]),
        ("measures", True, own["measures"]),
    ]
    assert [f.code for f in record_form(baoshan, make_school(baoshan.authority))] == list(own)  # others keep theirs


def test_what_the_programme_requires_stays(client, leader, school, baoshan):
    client.force_login(leader, backend="schools.backends.StaffBackend")
    client.post(f"/programme/form/{school.pk}/", {**answers(), "process_use": "hidden", "unknown_use": "hidden"})
    assert [code for code, required, _ in form_of(baoshan, school) if required] == ["cause", "process", "measures"]


def test_form_follows_a_programme_that_later_requires_more(leader, school, baoshan):
    save_school_form(baoshan, school, {"reflection": {"hidden": True}}, by=leader)
    assert "reflection" not in [code for code, *_ in form_of(baoshan, school)]
    baoshan.config["record"]["fields"][4]["required"] = True
    baoshan.save()
    assert form_of(baoshan, school)[-1][:2] == ("reflection", True)


def test_same_form_twice_is_one_change(client, leader, school, baoshan):
    client.force_login(leader, backend="schools.backends.StaffBackend")
    for _ in range(2):
        client.post(f"/programme/form/{school.pk}/", answers(analysis="required"))
    lines = AuditEntry.objects.filter(action="form.change")
    assert [(line.fields, line.school_id, line.actor_id) for line in lines] == [(["analysis"], school.pk, leader.pk)]
    assert SchoolForm.objects.get().fields == {"analysis": {"required": True}}


def test_emptied_questions_are_the_programmes_again(client, leader, school, baoshan):
    save_school_form(baoshan, school, {"cause": {"prompts": ["自己的问题"]}}, by=leader)
    client.force_login(leader, backend="schools.backends.StaffBackend")
    client.post(f"/programme/form/{school.pk}/", answers(cause=[]))
    assert SchoolForm.objects.get().fields == {}


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([f"第{n}个问题？" for n in range(7)], "最多6行，现在有7行。请合并几行。"),
        (["长" * 61], "“长长长长长长长长长长…”超过60个字。请写短一些。"),
    ],
)
def test_bad_questions_are_told_and_kept(client, leader, school, baoshan, lines, words):
    client.force_login(leader, backend="schools.backends.StaffBackend")
    response = client.post(f"/programme/form/{school.pk}/", answers(cause=lines))
    page = response.content.decode()
    assert (response.status_code, words in page, lines[-1] in page) == (422, True, True)
    assert not SchoolForm.objects.exists()
    assert client.post(f"/programme/form/{school.pk}/preview/", answers(cause=lines)).status_code == 422


def test_preview_shows_the_answers_and_saves_nothing(client, leader, school):
    client.force_login(leader, backend="schools.backends.StaffBackend")
    response = client.post(f"/programme/form/{school.pk}/preview/", answers(cause=["试一试？"], reflection="hidden"))
    page = response.content.decode()
    assert ("试一试？" in page, "还没有保存" in page, "家访反思" in page) == (True, True, False)
    assert not SchoolForm.objects.exists()


def test_form_of_a_closed_programme_is_read_only(client, leader, school, baoshan):
    close_programme(baoshan, by=None)
    page = text_of(get(client, leader, f"/programme/form/{school.pk}/"))
    assert ("活动已结束" in page, "保存记录表" in page) == (True, False)
    response = client.post(f"/programme/form/{school.pk}/", answers(analysis="required"))
    assert (response.status_code, "已结束，记录表不能再改" in response.content.decode()) == (409, True)


def test_form_that_the_district_fixed_is_read_only(client):
    harbour = opened(HARBOUR)
    school = make_school(harbour.authority)
    leader = make_leader(school)
    page = text_of(get(client, leader, "/programme/form/"))
    assert ("由区里统一" in page, "保存记录表" in page) == (True, False)
    response = client.post(f"/programme/form/{school.pk}/", {"measures_use": "required"})
    assert (response.status_code, SchoolForm.objects.exists()) == (409, False)


def test_leader_of_two_schools_chooses(client, leader, school, baoshan):
    second = make_school(baoshan.authority, short_name="松涛小学")
    add_post(leader, Role.SCHOOL_LEADER, school=second)
    page = text_of(get(client, leader, f"/programme/form/{second.pk}/"))
    assert ("青禾路小学 松涛小学" in page, "松涛小学，2022年" in page) == (True, True)


def test_form_without_a_programme_is_not_found(client):
    leader = make_leader(make_school(make_authority("far")))
    assert get(client, leader, "/programme/form/").status_code == 404


def test_form_is_refused_outside_the_frame(school, baoshan, leader):
    for changes in ({"cause": {"hidden": True}}, {"reflection": {"hidden": True, "required": True}}, {"new": {}}):
        with pytest.raises(ValueError):
            save_school_form(baoshan, school, changes, by=leader)


def test_record_form_costs_one_query(school, baoshan, django_assert_num_queries):
    with django_assert_num_queries(1):
        record_form(baoshan, school)
