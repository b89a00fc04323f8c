"""What other pages fetch: the papers a school owes with their state, how many schools will not be done in time."""

from datetime import date

import pytest
from django.urls import reverse

from programmes.models import LatePass
from programmes.tests.upward import make_upward
from reports.actions import filing
from reports.actions.plan import save_plan
from reports.queries import plan as queries
from reports.tests.factories import make_district
from schools.enums import Role
from schools.tests.factories import make_authority, make_leader, make_officer, make_school, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.seed("S48")]
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-08-30T10:00+08:00"


@pytest.fixture
def programme():
    return make_upward()


@pytest.fixture
def school(programme):
    return make_school(programme.authority)


@pytest.fixture
def leader(school):
    return make_leader(school)


def papers(client, user, school, **headers):
    client.force_login(user)
    return client.get(reverse("reports:papers", args=[school.pk]), headers=headers)


def rows(answer):
    return [(row["title"], row["text"], row["said"], row.get("act", "")) for row in answer.context["rows"]]


def write_plan(programme, school, by):
    members = [{"seat": "组长", "name": "沈文清", "office": "校长", "duty": "统筹", "phases": []}]
    sections = dict.fromkeys(("目标", "内容", "形式", "要求"), "写好了。")
    content = {**queries.suggested(programme, school), "sections": sections, "members": members}
    return save_plan(programme, school, by=by, revision=0, content=content)


def test_each_paper_stands_with_its_deadline_state_and_the_way_to_it(client, school, leader):
    answer = papers(client, leader, school, **HTMX)
    assert rows(answer) == [
        ("学校走访方案", "还有1天，是工作日", "未交", "去写"),
        ("走访全覆盖", "还有31天，其中22个工作日，已访0/0人", "进行中", ""),
        ("感人故事推荐表", "还有39天，其中23个工作日，已报0份，最多2份", "未交", "去选"),
        ("活动报告", "还有39天，其中23个工作日", "未交", "去写"),
    ]
    assert "<html" not in answer.text
    assert f'href="/reports/plan/?school={school.pk}"' in answer.text
    for row in answer.context["rows"]:
        assert not row["url"] or client.get(row["url"]).status_code == 200


def test_more_time_from_the_district_stands_in_the_list_and_keeps_the_way_open(client, programme, school, leader, settings):
    officer = make_officer(programme.authority)
    LatePass.objects.create(
        programme=programme, authority=programme.authority, school=school, submission="plan",
        until="2022-09-04T16:00+00:00", reason="停课", given_by=officer,
    )  # fmt: skip
    assert rows(papers(client, leader, school))[0] == ("学校走访方案", "还有1天，是工作日，可补报到9月4日", "未交", "去写")
    settings.HOMEVISIT_CLOCK = "2022-09-02T10:00+08:00"
    answer = papers(client, leader, school)
    assert rows(answer)[0] == ("学校走访方案", "补报还有2天，没有工作日了", "未交", "去写")
    assert answer.context["rows"][0]["on"] == date(2022, 9, 4)
    settings.HOMEVISIT_CLOCK = "2022-09-05T00:00+08:00"
    assert rows(papers(client, leader, school))[0] == ("学校走访方案", "补报已截止", "未交", "")
    other = make_school(programme.authority)
    assert "补报" not in papers(client, make_leader(other), other).text


def test_a_paper_goes_from_draft_to_filed_to_returned(client, programme, school, leader, settings):
    seen = []
    plan = write_plan(programme, school, leader)
    seen.append(rows(papers(client, leader, school))[0])
    plan = filing.file_filing(filing.approve_filing(plan, by=leader), by=leader)
    seen.append(rows(papers(client, leader, school))[0])
    filing.return_filing(plan, by=make_officer(programme.authority), reason="写明培训的时间")
    seen.append(rows(papers(client, leader, school))[0])
    settings.HOMEVISIT_CLOCK = "2022-09-01T00:00+08:00"
    seen.append(rows(papers(client, leader, school))[0])
    assert [row[1:] for row in seen] == [
        ("还有1天，是工作日", "草稿", "接着写"),
        ("还有1天，是工作日", "已报区，待审", ""),
        ("还有1天，是工作日", "退回修改", "去改"),
        ("已截止", "退回修改", ""),
    ]


def test_without_script_the_list_is_a_page_of_its_own(client, school, leader):
    page = papers(client, leader, school).text
    assert all(words in page for words in ("<html", "<h1>报送清单</h1>", "走访覆盖"))


def test_a_notice_without_deadlines_says_so(client, programme, school, leader):
    programme.deadlines.all().delete()
    assert "没有写截止日期" in papers(client, leader, school).text


def test_only_who_runs_the_school_reads_what_it_owes(client, programme, school):
    answers = {
        who: papers(client, user, school).status_code
        for who, user in {
            "admin": make_user(Role.SCHOOL_ADMIN, school=school),
            "teacher": make_user(Role.TEACHER, school=school),
            "elsewhere": make_leader(make_school(programme.authority)),
            "officer": make_officer(programme.authority),
        }.items()
    }
    assert answers == {"admin": 200, "teacher": 403, "elsewhere": 404, "officer": 403}


def test_the_schools_page_fetches_the_list(client, school, leader):
    client.force_login(leader)
    assert f'hx-get="/reports/school/{school.pk}/papers/"' in client.get(reverse("visits:school", args=[school.pk])).text


# ── The desk ──


@pytest.fixture
def district(settings):
    """Three schools with four due and two reached on 2 September: too slow when September is half over."""
    settings.HOMEVISIT_CLOCK = "2022-09-23T10:00+08:00"
    return make_district(schools=3)


def outlook(client, programme, **headers):
    client.force_login(make_officer(programme.authority))
    return client.get("/desk/outlook/", headers=headers)


def test_the_desk_is_told_how_many_schools_and_which_is_not_said(client, district):
    programme, schools = district
    answer = outlook(client, programme, **HTMX)
    assert "3所" in answer.text and "9月30日前走不完" in answer.text
    assert not any(school.short_name in answer.text for school in schools)
    assert "<html" not in answer.text and "<html" in outlook(client, programme).text


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2022-08-03T10:00+08:00", "走访刚开始，过几天再看各校的速度"),
        ("2022-09-05T10:00+08:00", "照现在的速度，各校9月30日前都能走完"),
        ("2022-10-03T10:00+08:00", "没有学校的走访集中在最后几天"),
    ],
)
def test_the_desk_reads_what_there_is_to_say(client, district, settings, moment, words):
    settings.HOMEVISIT_CLOCK = moment
    assert words in outlook(client, district[0]).text


def test_a_rush_that_was_is_counted(client, district, settings):
    programme, _ = district
    programme.due_rows.filter(visits__gt=0).update(first_on=date(2022, 9, 29), last_on=date(2022, 9, 29))
    programme.config = {**programme.config, "hints": {"last_days": 5, "last_days_share": 0.0}}
    programme.save()
    settings.HOMEVISIT_CLOCK = "2022-10-03T10:00+08:00"
    assert "没有学校的走访集中在最后几天" in outlook(client, programme).text  # two pupils are no rush


@pytest.mark.parametrize("schools", (1, 3))
def test_the_outlook_takes_the_same_queries_for_any_number_of_schools(client, settings, django_assert_num_queries, schools):
    settings.HOMEVISIT_CLOCK = "2022-09-23T10:00+08:00"
    programme, _ = make_district(schools=schools)
    outlook(client, programme, **HTMX)
    # session, user, posts, authorities, programmes; deadlines, workdays, figures, reached, appointments
    with django_assert_num_queries(10):
        client.get("/desk/outlook/", headers=HTMX)


def test_without_a_programme_the_desk_says_so(client):
    client.force_login(make_officer(make_authority("empty")))
    assert "还没有" in client.get("/desk/outlook/").text


def test_the_desks_page_fetches_it(client, district):
    client.force_login(make_officer(district[0].authority))
    assert 'hx-get="/desk/outlook/"' in client.get("/desk/").text
