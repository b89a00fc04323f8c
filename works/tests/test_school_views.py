"""故事评审 and the paper: what the school's office sees, and what its forms answer."""

from datetime import date

import pytest
from django.urls import reverse

from programmes.models import Programme
from schools.enums import Role
from schools.tests.factories import add_post, make_leader, make_school, make_user
from visits.tests.rows import add_visit
from works.actions.school import approve_work
from works.models import Work
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db
LIST, FILE = reverse("works:school"), reverse("works:file")


@pytest.fixture
def story(programme, school, head, visit):
    return make_work(head, programme, school, visit=visit, kind="story", state="submitted", title="阳台上的菜园")


def page(client, person, address):
    client.force_login(person)
    return client.get(address).content.decode()


def review(work):
    return reverse("works:school_review", args=[work.pk])


def approval(**values):
    facts = {"opinion": "情况属实。", "opinion_on": "2022-09-18", "order": "", "confirmed": "on", "version": "1"}
    return {f"approve-{name}": value for name, value in (facts | values).items() if value is not None}


# ── The list ──


def test_the_list_says_what_waits_in_the_schools_words(client, programme, school, head, leader, story):
    for state, title in (("approved", "甲篇"), ("filed", "乙篇"), ("returned", "丙篇"), ("draft", "丁篇"), ("withdrawn", "戊篇")):
        make_work(head, programme, school, state=state, leader=leader, title=title)

    text = page(client, leader, LIST)
    assert "阳台上的菜园" in text
    assert "感人故事：可报2篇，已报0篇" in text
    assert "还有20天" in text
    text = page(client, leader, f"{LIST}?which=all")
    for words in ("待审", "待报区", "已报区，等结果", "退回，等作者改"):
        assert words in text
    assert "丁篇" not in text  # never handed in
    assert "戊篇" not in text


def test_the_schools_page_fetches_the_first_few_that_wait(
    client, programme, school, head, leader, story, django_assert_num_queries
):
    def fetched():
        return client.get(LIST, {"school": school.pk}, headers={"HX-Request": "true"})

    def card(person):
        client.force_login(person)
        return fetched()

    def titles(answer):
        return [row["work"].title for row in answer.context["rows"]]

    make_work(head, programme, school, kind="diary", state="approved", leader=leader, title="已经推荐的")
    client.force_login(leader)
    with django_assert_num_queries(8):  # session, user, posts, programmes, schools; works, their pupils and visitors
        answer = fetched()
    assert (titles(answer), answer.context["count"], "<html" in answer.text) == (["阳台上的菜园"], 1, False)
    assert review(story) in answer.text and "有家访记录" in answer.text and "已经推荐的" not in answer.text
    for number in range(6):
        make_work(head, programme, school, kind="diary", state="submitted", title=f"第{number}篇")
    answer = card(make_user(Role.SCHOOL_ADMIN, school=school))
    assert (len(titles(answer)), answer.context["count"]) == (5, 7)
    elsewhere = make_leader(make_school(programme.authority))
    assert card(elsewhere).text.strip() == ""
    assert card(head).status_code == 403


def test_a_kind_that_ends_at_school_is_not_waiting_for_the_district(client, programme, school, head, leader):
    make_work(head, programme, school, kind="diary", state="approved", leader=leader)
    text = page(client, leader, f"{LIST}?which=approved")

    assert "学校已推荐" in text
    assert "报送区里</a>" not in text


def test_filters_by_kind_and_state_stand_in_the_address(client, programme, school, head, leader, story):
    make_work(head, programme, school, kind="diary", state="submitted", title="一天")

    assert "一天" not in page(client, leader, f"{LIST}?kind=story&which=waiting")
    assert "一天" in page(client, leader, f"{LIST}?kind=diary&which=waiting")
    assert client.get(f"{LIST}?kind=nothing&which=nothing&page=x&school=x").status_code == 200


def test_empty_states_say_what_to_expect(client, programme, leader, school, head):
    assert "还没有老师交作品" in page(client, leader, LIST)
    make_work(head, programme, school, state="approved", leader=leader)
    assert "都审完了" in page(client, leader, f"{LIST}?which=waiting")
    assert "这里还没有" in page(client, leader, f"{LIST}?which=returned")
    Programme.objects.all().update(state="draft")
    assert "还没有走访活动" in page(client, leader, LIST)
    assert "还没有走访活动" in page(client, leader, FILE)


def test_after_the_deadline_the_repair_is_said(client, programme, leader, story, settings):
    settings.HOMEVISIT_CLOCK = "2022-10-10T08:00+08:00"
    text = page(client, leader, LIST)

    assert "过2天" in text
    assert "请区里给本校开通" in text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_at_one_and_three(
    client, programme, school, head, leader, visit, student, number, django_assert_num_queries
):
    for _ in range(number):
        make_work(head, programme, school, visit=visit, state="submitted")
    client.force_login(leader)
    client.get(LIST)

    with django_assert_num_queries(14):
        client.get(LIST)


def test_fifty_a_page(client, programme, school, head, leader):
    for _ in range(51):
        make_work(head, programme, school, state="submitted")

    assert "第1–50篇，共51篇" in page(client, leader, LIST)


def test_who_leads_two_schools_chooses(client, programme, school, other_school, head, leader, story):
    add_post(leader, Role.SCHOOL_LEADER, school=other_school)
    text = page(client, leader, f"{LIST}?school={other_school.pk}")

    assert "还没有老师交作品" in text
    assert "阳台上的菜园" in page(client, leader, f"{LIST}?school={school.pk}")


# ── The paper ──


@pytest.mark.seed("S63")
def test_the_paper_shows_the_text_the_visit_and_what_to_look_at(client, story, leader, visit):
    story.versions.update(body="顾嘉树说想把菜写进作文里。妈妈林秋在旁边笑。")
    text = page(client, leader, review(story))

    assert "顾嘉树说想把菜写进作文里" in text
    assert "写了真名：顾嘉树、林秋" in text
    assert "“顾同学”、“顾同学的妈妈”" in text or "“顾同学”、“顾同学的母亲”" in text
    assert "9月16日走访五（3）班" in text
    assert reverse("visits:detail", args=[visit.pk]) in text
    assert "陈晓确认内容真实" in text
    assert "我核实过" in text


def test_the_school_admin_reads_and_is_told_whose_turn_it_is(client, story, leader, school_admin, visit):
    text = page(client, school_admin, review(story))

    assert "推荐和退回由学校负责人来定：沈文清。" in text
    assert 'id="approve-form"' not in text
    assert reverse("visits:detail", args=[visit.pk]) not in text  # the record's text is not theirs


def test_a_leader_who_wrote_it_is_told_who_else(client, programme, school, leader):
    work = make_work(leader, programme, school, state="submitted")
    assert "学校现在只有你一位负责人" in page(client, leader, review(work))

    make_leader(school, name="何静远")
    assert "这是你自己的，由何静远来审。" in page(client, leader, review(work))
    assert client.post(reverse("works:approve", args=[work.pk]), approval()).status_code == 403


def test_a_returned_work_is_shown_as_it_was_handed_in(client, programme, school, head, leader):
    work = make_work(head, programme, school, state="returned", leader=leader)
    Work.objects.filter(pk=work.pk).update(body="还在改的话")
    text = page(client, leader, review(work))

    assert "还在改的话" not in text
    assert "缺走访时间" in text


def test_a_text_in_the_authors_hands_again_is_not_read(client, programme, school, head, leader, story):
    Work.objects.filter(pk=story.pk).update(state="draft")
    client.force_login(leader)

    assert client.get(review(story)).status_code == 404


def test_a_story_without_a_standing_visit_cannot_be_recommended(client, story, leader, visit):
    visit.state, visit.void_reason, visit.voided_at = "voided", "重复", visit.recorded_at
    visit.save()
    assert "关联的家访已经作废" in page(client, leader, review(story))

    response = client.post(reverse("works:approve", args=[story.pk]), approval())
    assert response.status_code == 409
    assert "作废" in response.content.decode()


# ── Decisions ──


def test_recommended_the_next_of_its_kind_opens_with_the_undo(client, programme, school, head, leader, story):
    other = make_work(head, programme, school, kind="diary", state="submitted")
    second = make_work(make_user(Role.TEACHER, school=school), programme, school, kind="diary", state="submitted")
    client.force_login(leader)
    response = client.post(reverse("works:approve", args=[other.pk]), approval(confirmed=None))

    assert response["Location"] == review(second) + "#keys"
    text = client.get(review(second)).content.decode()
    assert "推荐了《阳台上的作文》" in text
    assert reverse("works:undo", args=[other.pk]) in text
    client.post(reverse("works:undo", args=[other.pk]), {"back": LIST})
    assert Work.objects.get(pk=other.pk).state == "submitted"


def test_the_last_one_leads_back_to_the_list(client, leader, story):
    client.force_login(leader)
    response = client.post(reverse("works:approve", args=[story.pk]), approval(), follow=True)

    assert "推荐了《阳台上的菜园》" in response.content.decode()
    story.refresh_from_db()
    assert (story.state, story.school_order) == ("approved", 1)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"opinion": ""}, "写一句学校推荐意见"),
        ({"confirmed": None}, "核实过内容真实，再勾选推荐"),
        ({"opinion_on": "2022-09-30"}, "这是将来的日期"),
        ({"opinion_on": "昨天"}, "日期写成"),
        ({"order": "0"}, "顺序从1开始"),
    ],
)
def test_a_refused_recommendation_keeps_the_words(client, leader, story, values, said):
    client.force_login(leader)
    response = client.post(reverse("works:approve", args=[story.pk]), approval(**{"opinion": "写了很久的意见", **values}))

    text = response.content.decode()
    assert response.status_code == 422
    assert said in text
    assert "写了很久的意见" in text or "opinion" in values
    assert Work.objects.get(pk=story.pk).state == "submitted"


def test_a_return_takes_chips_or_words(client, leader, story):
    client.force_login(leader)
    address = reverse("works:return_to_author", args=[story.pk])
    assert client.post(address, {"return-version": 1}).status_code == 422
    data = {"return-version": 1, "return-quick": ["写得再具体些"], "return-reason": "补上日期"}
    client.post(address, data)

    assert Work.objects.get(pk=story.pk).return_reason == "写得再具体些；补上日期"


def test_a_newer_submission_is_told_with_the_way_there(client, leader, story):
    Work.objects.filter(pk=story.pk).update(version=2)
    client.force_login(leader)
    response = client.post(reverse("works:approve", args=[story.pk]), approval())

    assert response.status_code == 409
    assert "老师刚重新交过" in response.content.decode()
    assert review(story) in response.content.decode()


def test_one_returns_what_the_other_just_recommended_read_as_waiting(client, leader, school, story):
    """Sequential: the second leader's page was open before the first one decided."""
    approve_work(story, by=make_leader(school), opinion="同意。", confirmed=True, version=1)
    client.force_login(leader)
    data = {"return-version": 1, "return-was": "submitted", "return-reason": "写具体些"}
    response = client.post(reverse("works:return_to_author", args=[story.pk]), data)

    assert response.status_code == 409
    assert "刚有人处理过，现在是“待报区”" in response.content.decode()
    assert client.post(reverse("works:approve", args=[story.pk]), approval(opinion="我也同意")).status_code == 409
    data["return-was"] = "approved"  # read as recommended, it may still go back
    assert client.post(reverse("works:return_to_author", args=[story.pk]), data).status_code == 302


def test_an_undo_that_comes_too_late_is_told(client, leader, story, settings):
    client.force_login(leader)
    client.post(reverse("works:approve", args=[story.pk]), approval())
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:01+08:00"
    response = client.post(reverse("works:undo", args=[story.pk]), {"back": "https://example.org/"})

    assert response.status_code == 409
    assert "10秒" in response.content.decode()
    assert "example.org" not in response.content.decode()


def test_the_level_is_one_of_the_notices_or_the_schools_own(client, programme, school, head, leader):
    work = make_work(head, programme, school, kind="diary", state="approved", leader=leader)
    client.force_login(leader)
    address = reverse("works:school_award", args=[work.pk])
    client.post(address, {"award-pick": "二等奖"})
    assert Work.objects.get(pk=work.pk).school_award == "二等奖"
    client.post(address, {"award-pick": "", "award-label": "最佳日记"})
    assert Work.objects.get(pk=work.pk).school_award == "最佳日记"
    assert "最佳日记" in client.get(review(work)).content.decode()
    assert client.post(address, {"award-label": "很" * 21}).status_code == 422


def test_up_down_or_a_number(client, programme, school, head, leader):
    first, second = (make_work(head, programme, school, state="approved", leader=leader, school_order=n) for n in (1, 2))
    client.force_login(leader)
    client.post(reverse("works:order", args=[second.pk]), {"to": "1"})
    assert [Work.objects.get(pk=w.pk).school_order for w in (first, second)] == [2, 1]
    client.post(reverse("works:order", args=[second.pk]), {"order": "2"})
    assert [Work.objects.get(pk=w.pk).school_order for w in (first, second)] == [1, 2]
    response = client.post(reverse("works:order", args=[second.pk]), {"order": "第一"}, follow=True)
    assert "顺序写一个从1开始的数字" in response.content.decode()


# ── To the district ──


@pytest.fixture
def recommended(programme, school, head, leader, other_visits):
    return [
        make_work(head, programme, school, visit=visit, kind="story", state="approved", leader=leader, school_order=n,
                  title=f"第{n}篇故事")
        for n, visit in enumerate(other_visits, 1)
    ]  # fmt: skip


@pytest.fixture
def other_visits(programme, student, head):
    return [add_visit(programme, [student], on=date(2022, 9, day), lead=head) for day in (12, 13, 14)]


@pytest.mark.seed("S54")
def test_chosen_named_once_more_and_sent(client, recommended, leader):
    client.force_login(leader)
    text = client.get(FILE).content.decode()
    assert "还能报2篇" in text
    assert text.count(" checked") == 2  # the first two of the school's order

    every = [work.pk for work in recommended]
    text = client.post(FILE, {"kind": "story", "work": every}).content.decode()
    assert "报给区里的2篇" in text
    assert "超过名额" in text
    assert not Work.objects.filter(state="filed").exists()

    data = {"kind": "story", "work": every[:2], "agreed": "1"}
    for _ in range(2):
        response = client.post(FILE, data, follow=True)
    assert "报给区里了：《第1篇故事》、《第2篇故事》" in response.content.decode()
    assert Work.objects.filter(state="filed").count() == 2

    response = client.post(FILE, {"kind": "story", "work": every[2:], "agreed": "1"}, follow=True)
    assert "《第3篇故事》没有报：感人故事每校最多报2篇" in response.content.decode()


def test_nothing_chosen_is_said(client, recommended, leader):
    client.force_login(leader)
    response = client.post(FILE, {"kind": "story"})

    assert response.status_code == 422
    assert "先勾选要报送的" in response.content.decode()


def test_after_the_deadline_nothing_can_be_chosen(client, recommended, leader, settings):
    settings.HOMEVISIT_CLOCK = "2022-10-09T00:00+08:00"
    text = page(client, leader, FILE)

    assert text.count("报送时间过了。要补报，请区里给本校开通。") == 1
    assert text.count(" disabled") == 3
    assert "核对名单" not in text


def test_nothing_to_send_is_said(client, programme, leader, school):
    assert "没有待报的作品" in page(client, leader, FILE)
    works = [{"code": "diary", "label": "家访日记"}]
    Programme.objects.filter(pk=programme.pk).update(config=programme.config | {"works": works})
    assert "这次活动不往区里报作品" in page(client, leader, FILE)


def test_a_sent_work_is_recalled(client, recommended, school_admin):
    client.force_login(school_admin)
    client.post(FILE, {"kind": "story", "work": [recommended[0].pk], "agreed": "1"})
    assert "撤回报送" in client.get(review(recommended[0])).content.decode()
    response = client.post(reverse("works:recall", args=[recommended[0].pk]), follow=True)
    assert "撤回了，现在是待报区" in response.content.decode()

    decided = make_work(recommended[1].author, recommended[1].programme, recommended[1].school, state="accepted")
    assert client.post(reverse("works:recall", args=[decided.pk])).status_code == 409


@pytest.mark.parametrize("number", [1, 3])
def test_the_paper_costs_the_same_beside_one_and_three(
    client, programme, school, head, leader, visit, number, django_assert_num_queries
):
    for _ in range(number):
        make_work(head, programme, school, visit=visit, state="submitted")
    work = Work.objects.filter(kind="essay").first()
    client.force_login(leader)
    client.get(review(work))

    with django_assert_num_queries(19):
        assert client.get(review(work)).status_code == 200


def test_another_school_is_not_there(client, story, programme):
    client.force_login(make_leader(make_school(programme.authority)))

    assert client.get(review(story)).status_code == 404
    assert "阳台上的菜园" not in client.get(LIST).content.decode()
