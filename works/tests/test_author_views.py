"""The author's pages: choosing, writing, handing in, reading, versions."""

from datetime import date

import pytest
from django.urls import reverse

from core.clock import now
from schools.enums import Role
from schools.tests.factories import make_user
from students.tests.factories import make_student
from visits.models import VisitVisitor
from visits.tests.rows import add_visit
from works.actions.author import save_work, start_work, submit_work
from works.models import Work, WorkVersion
from works.queries.versions import versions_for
from works.tests.factories import TEXT, add_sheet, make_round, make_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(programme, head, visit):
    return start_work(programme, by=head, kind="story", visit=visit)[0]


def text_of(response):
    return response.content.decode()


def post(**fields):
    return {"revision": 0, "title": "阳台上的作文", "body": TEXT, "may_publish": "on", "named": "on", "confirmed": "on"} | fields


# ── Mine ──


@pytest.mark.seed("W44", "W89", "W17", "S7")
def test_mine_says_what_is_asked_and_until_when(as_user, programme, teacher):
    html = text_of(as_user(teacher).get(reverse("works:mine")))
    for label in ("感人故事", "家访征文", "家访日记", "家访调查报告", "典型案例", "先进事迹"):
        assert label in html
    assert "10月8日前报到区里，还有20天" in html
    assert "<li>转变</li>" in html
    assert "没有规定截止日" in html


def test_mine_shows_each_state_in_the_authors_words_and_what_came_back_first(as_user, programme, school, head, leader):
    for state in ("draft", "submitted", "filed", "returned", "withdrawn"):
        make_work(head, programme, school, state=state, leader=leader, title=f"题{state}")
    html = text_of(as_user(head).get(reverse("works:mine")))

    for words in ("草稿", "等学校审", "已报区里", "退回，待修改", "已撤回"):
        assert words in html
    assert html.index("缺走访时间") < html.index("题draft")
    assert html.index("题returned", html.index("kind-essay")) < html.index("题withdrawn")


def test_mine_after_the_deadline_and_without_programme_or_works(as_user, settings, programme, head):
    settings.HOMEVISIT_CLOCK = "2022-10-09T00:00+08:00"
    assert "已经过了截止日，还能交给学校" in text_of(as_user(head).get(reverse("works:mine")))
    programme.config = {**programme.config, "works": []}
    programme.save()
    assert "这次活动不征集作品" in text_of(as_user(head).get(reverse("works:mine")))
    type(programme).objects.update(state="draft")
    assert "还没有活动" in text_of(as_user(head).get(reverse("works:mine")))


@pytest.mark.parametrize("rows", (1, 3))
def test_mine_query_count(as_user, programme, school, head, rows, django_assert_num_queries):
    for number in range(rows):
        make_work(head, programme, school, title=f"题{number}", kind="diary")
    client = as_user(head)
    with django_assert_num_queries(8):
        client.get(reverse("works:mine"))


def test_whoever_was_asked_to_judge_finds_the_way(as_user, programme, school, head, teacher, leader):
    assert "我的评审" not in text_of(as_user(teacher).get(reverse("works:mine")))
    round_ = make_round(programme, by=leader, school=school, state="open", opened_at=now())
    add_sheet(round_, make_work(head, programme, school, state="submitted"), teacher, by=leader, school=school)
    assert "我的评审" in text_of(as_user(teacher).get(reverse("works:mine")))


def test_others_do_not_see_mine(as_user, programme, school, head, teacher):
    make_work(head, programme, school, title="别人看不到")
    assert "别人看不到" not in text_of(as_user(teacher).get(reverse("works:mine")))


# ── A new one ──


def test_new_offers_kinds_then_my_visits(as_user, programme, head, school_class, visit):
    client = as_user(head)
    assert "?kind=survey" in text_of(client.get(reverse("works:new")))
    told = add_visit(programme, [make_student(school_class, name="沈一诺")], on=date(2022, 9, 10), lead=head)
    start_work(programme, by=head, kind="story", visit=told)
    html = text_of(client.get(reverse("works:new"), {"kind": "story"}))
    assert "五（3）班 顾嘉树" in html and f'value="{visit.pk}"' in html
    assert "已经写了" in html and f'value="{told.pk}"' not in html


def test_new_with_kind_and_visit_skips_the_choosing(as_user, programme, head, visit):
    client = as_user(head)
    page = {"kind": "story", "visit": visit.pk}
    response = client.get(reverse("works:new"), page)
    assert response.context["picked"] == visit.pk and "checked" in text_of(response)
    response = client.post(reverse("works:new"), page)
    work = Work.objects.get()
    assert response["Location"] == reverse("works:edit", args=[work.pk])
    assert client.get(reverse("works:new"), page)["Location"] == reverse("works:edit", args=[work.pk])


def test_new_refuses_without_a_visit_and_keeps_the_page(as_user, programme, head, visit):
    client = as_user(head)
    for number in ("", "999999", "x"):
        response = client.post(reverse("works:new"), {"kind": "story", "visit": number})
        assert response.status_code == 422 and not Work.objects.exists()
    assert "选一条自己去过" in text_of(client.post(reverse("works:new"), {"kind": "story"}))
    bad = text_of(client.post(reverse("works:new"), {"kind": "story", "visit": "abc", "client_uuid": "x"}))
    assert "选一条自己去过" in bad and "刷新这一页" in bad and "Client uuid" not in bad
    assert client.post(reverse("works:new"), {"kind": "poem"}).status_code == 422


def test_new_tells_who_has_written_of_a_visit_already(as_user, programme, head, teacher, story, visit):
    VisitVisitor.objects.create(visit=visit, user=teacher)
    html = text_of(as_user(teacher).get(reverse("works:new"), {"kind": "story"}))
    assert "陈晓已经写了" in html and f'value="{visit.pk}"' not in html
    response = as_user(teacher).post(reverse("works:new"), {"kind": "story", "visit": visit.pk})
    assert response.status_code == 422 and "每次家访一篇" in text_of(response)


def test_visits_are_found_by_a_pupils_name_which_never_stands_in_an_address(as_user, programme, head, school_class, visit):
    add_visit(programme, [make_student(school_class, name="沈一诺")], on=date(2022, 9, 10), lead=head)
    client = as_user(head)
    html = text_of(client.post(reverse("works:find_visits"), {"kind": "story", "words": "嘉树"}))
    assert "顾嘉树" in html and "沈一诺" not in html
    assert "没有找到" in text_of(client.post(reverse("works:find_visits"), {"kind": "story", "words": "周"}))
    assert client.get(reverse("works:find_visits")).status_code == 405


@pytest.mark.parametrize("rows", (1, 3))
def test_new_query_count(as_user, programme, head, school_class, rows, django_assert_num_queries):
    for number in range(rows):
        pupil = make_student(school_class, name=f"示例生{number}")
        add_visit(programme, [pupil], on=date(2022, 9, 1 + number), lead=head)
    client = as_user(head)
    with django_assert_num_queries(8):
        client.get(reverse("works:new"), {"kind": "story"})


# ── Writing ──


@pytest.mark.seed("S61")
def test_nothing_the_system_knows_is_typed(as_user, head, story):
    html = text_of(as_user(head).get(reverse("works:edit", args=[story.pk])))
    for known in ("陈晓", "女", "1991年4月", "班主任", "中共党员", "199****5518", "五（3）班 顾同学家庭", "2022年9月16日"):
        assert known in html
    assert "19900005518" not in html and "顾嘉树" not in html
    assert "建议200–800字" in html


@pytest.mark.seed("W17")
def test_a_case_is_written_beside_the_record_it_comes_from(as_user, programme, head, visit):
    type(visit).objects.filter(pk=visit.pk).update(process="看了阳台上的菜园。", analysis="缺的是安静。")
    work, _ = start_work(programme, by=head, kind="case", visit=visit)
    html = text_of(as_user(head).get(reverse("works:edit", args=[work.pk])))
    assert "看这次的家访记录" in html and "看了阳台上的菜园。" in html and "缺的是安静。" in html


def test_a_draft_is_saved_with_and_without_script(as_user, head, story):
    client, url = as_user(head), reverse("works:save", args=[story.pk])
    answer = client.post(url, post(body="顾嘉树在家。"), headers={"Accept": "application/json"})
    assert answer.json() == {"revision": 1, "at": "20:00", "names": [["顾嘉树", "顾同学"]]}
    assert client.post(url, post(revision=1, title="")).status_code == 302
    story.refresh_from_db()
    assert (story.title, story.body, story.state, story.revision) == ("", TEXT, "draft", 2)


def test_two_windows_are_told_and_both_texts_stay(as_user, head, story):
    client, url = as_user(head), reverse("works:save", args=[story.pk])
    save_work(story, by=head, revision=0, title="那边的题", body="那边写的。")

    answer = client.post(url, post(body="这边写的。"), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["body"], answer.json()["revision"]) == (409, "那边写的。", 1)
    for name in ("save", "submit"):
        response = client.post(reverse(f"works:{name}", args=[story.pk]), post(body="这边写的。"))
        html = text_of(response)
        assert response.status_code == 409 and "那边写的。" in html and "这边写的。" in html
    story.refresh_from_db()
    assert (story.body, story.state) == ("那边写的。", "draft")
    assert client.post(url, post(revision=1, body="这边写的。")).status_code == 302  # having seen both


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(as_user, head, story):
    client, url = as_user(head), reverse("works:submit", args=[story.pk])
    response = client.post(url, {"revision": 0, "title": "", "body": "字" * 3001})
    html = text_of(response)
    assert response.status_code == 422
    for sentence in ("还没有写题目", "现在3001字，最多3000字，删去1字再提交", "勾选后才能提交", "写的字都存好了"):
        assert sentence in html
    story.refresh_from_db()
    assert (len(story.body), story.state) == (3001, "draft")
    response = client.post(url, post(revision=1, title="长" * 61))
    assert response.status_code == 422 and "题目最多60字" in text_of(response) and TEXT in text_of(response)


def test_submitted_twice_is_one(as_user, head, leader, story):
    client, url = as_user(head), reverse("works:submit", args=[story.pk])
    answers = [client.post(url, post()) for _ in range(3)]
    assert [a["Location"] for a in answers] == [reverse("works:detail", args=[story.pk])] * 3
    assert WorkVersion.objects.count() == 1
    assert client.post(url, post(body="改了再交")).status_code == 409
    assert client.get(reverse("works:edit", args=[story.pk]))["Location"] == reverse("works:detail", args=[story.pk])


def test_another_visit_is_chosen_while_it_is_a_draft(as_user, programme, head, school_class, story):
    other = add_visit(programme, [make_student(school_class, name="沈一诺")], on=date(2022, 9, 10), lead=head)
    client, url = as_user(head), reverse("works:change_visit", args=[story.pk])
    assert "沈一诺" in text_of(client.get(url))
    assert client.post(url, {"visit": other.pk}).status_code == 302
    assert client.post(url, {"visit": ""}).status_code == 422
    story.refresh_from_db()
    assert story.visit_id == other.pk
    save_work(story, by=head, revision=1, title="题", body="文")
    submit_work(story, by=head, confirmed=True)
    assert client.post(url, {"visit": other.pk}).status_code == 409


@pytest.mark.seed("S61")
def test_ones_own_fields_are_corrected_once_for_every_form(as_user, head, story):
    client, url = as_user(head), reverse("works:my_facts")
    assert "1991-04" in text_of(client.get(url, {"work": story.pk}))
    good = {"gender": "2", "birth_month": "1991-05", "position": "class_head", "politics": "13", "phone": "19900001111"}
    response = client.post(url, good | {"work": story.pk})
    assert response["Location"] == reverse("works:edit", args=[story.pk])
    head.refresh_from_db()
    assert (head.birth_month, head.politics, head.phone) == ("1991-05", "13", "19900001111")
    response = client.post(url, good | {"birth_month": "五月", "phone": "12"})
    assert response.status_code == 422 and "写11位手机号" in text_of(response) and "写成 1985-03" in text_of(response)
    for month in ("五月", "1991/5", "1991-13"):
        assert client.post(url, good | {"birth_month": month}).status_code == 422
    head.refresh_from_db()
    assert head.birth_month == "1991-05"


def test_a_colleagues_personal_fields_are_not_shown_to_who_writes_of_them(as_user, programme, school, leader, teacher):
    nominee = make_user(
        Role.TEACHER, school=school, name="方宁", birth_month="1988-02", politics="01", phone="19900007788"
    )
    work, _ = start_work(programme, by=teacher, kind="deeds", honoree=nominee)
    html = text_of(as_user(teacher).get(reverse("works:edit", args=[work.pk])))
    assert "方宁" in html
    for secret in ("1988", "中共党员", "7788"):
        assert secret not in html


# ── Who reads what ──


@pytest.fixture
def filed(programme, school, head, leader, story):
    save_work(story, by=head, revision=0, title="顾嘉树的作文", body="顾嘉树和林秋在阳台，电话19900001234。")
    submit_work(story, by=head, confirmed=True)
    moment = story.created_at
    Work.objects.filter(pk=story.pk).update(
        state="filed", approved_at=moment, approved_by=leader, approver_confirmed_at=moment, opinion="同意",
        opinion_on=date(2022, 9, 28), filed_at=moment, filed_by=leader,
    )  # fmt: skip
    return Work.objects.get(pk=story.pk)


def test_desks_read_aliases_and_only_the_administrator_the_persons_fields(as_user, filed, head, leader, reviewer, officer):
    for user, real, personal in ((head, 1, 1), (leader, 1, 1), (officer, 0, 1), (reviewer, 0, 0)):
        html = text_of(as_user(user).get(reverse("works:detail", args=[filed.pk])))
        assert ("顾嘉树" in html, "林秋" in html, "19900001234" in html) == (bool(real),) * 3
        assert ("1991年4月" in html, "中共党员" in html, "199****5518" in html) == (bool(personal),) * 3
        assert "19900005518" not in html
        assert "顾同学" in html


def test_who_returned_it_does_not_read_what_the_author_writes_meanwhile(as_user, filed, head, leader, officer, reviewer):
    Work.objects.filter(pk=filed.pk).update(
        state="returned", returned_at=filed.filed_at, returned_by=officer, returned_level="district", return_reason="太短",
        title="新的题", body="还没写完的",
    )  # fmt: skip
    for user in (leader, officer, reviewer):
        html = text_of(as_user(user).get(reverse("works:detail", args=[filed.pk])))
        assert "还没写完的" not in html and "新的题" not in html and "在阳台" in html
    assert "还没写完的" in text_of(as_user(head).get(reverse("works:edit", args=[filed.pk])))


def test_the_same_state_has_each_sides_own_words(as_user, filed, head, leader, officer):
    said = {}
    for user in (head, leader, officer):
        said[user.pk] = as_user(user).get(reverse("works:detail", args=[filed.pk])).context["tag"]["text"]
    assert list(said.values()) == ["已报区里", "已报区，等结果", "待审"]


def test_versions_tell_what_changed_and_the_desk_reads_only_what_was_filed(as_user, filed, head, leader, officer):
    Work.objects.filter(pk=filed.pk).update(
        state="returned", returned_at=filed.filed_at, returned_by=leader, returned_level="school", return_reason="太短"
    )
    work = save_work(filed, by=head, revision=1, title="顾嘉树的作文", body="顾嘉树和林秋在阳台写作文。")
    submit_work(work, by=head, confirmed=True)
    client = as_user(head)
    html = text_of(client.get(reverse("works:versions", args=[work.pk])))
    assert "第2次" in html and "<ins>" in html and "写作文" in html
    assert client.get(reverse("works:detail", args=[work.pk])).status_code == 200
    assert as_user(officer).get(reverse("works:versions", args=[work.pk])).status_code == 404  # not filed again

    Work.objects.filter(pk=work.pk).update(filed_at="2022-09-18T20:00+08:00")
    work.refresh_from_db()
    shown = versions_for(officer, work)
    assert {"顾同学的作文"} == {v.title for v in shown} and "顾嘉树" not in "".join(v.body for v in shown)


def test_the_timeline_keeps_names_inside_the_house(as_user, filed, head, leader, officer):
    from schools.actions.decide import decide
    from works.enums import WORK_MOVES

    decide(
        filed, WORK_MOVES, "return_to_school", by=officer, level="district", reason="补一处细节",
        returned_at=filed.filed_at, returned_by=officer, returned_level="district", return_reason="补一处细节",
    )  # fmt: skip
    for user, names in ((head, {"陈晓", "区里"}), (leader, {"陈晓", "区里"}), (officer, {"周敏"})):
        steps = as_user(user).get(reverse("works:detail", args=[filed.pk])).context["timeline"]
        assert {step.who for step in steps} == names
    assert "周敏" not in text_of(as_user(head).get(reverse("works:detail", args=[filed.pk])))


def test_withdraw_and_reopen_from_the_page(as_user, head, leader, story):
    save_work(story, by=head, revision=0, title="题", body="文")
    submit_work(story, by=head, confirmed=True)
    client = as_user(head)
    assert "撤回这一篇？" in text_of(client.get(reverse("works:detail", args=[story.pk])))
    assert client.post(reverse("works:withdraw", args=[story.pk]))["Location"] == reverse("works:detail", args=[story.pk])
    assert "接着写" in text_of(client.get(reverse("works:detail", args=[story.pk])))
    assert client.post(reverse("works:reopen", args=[story.pk]))["Location"] == reverse("works:edit", args=[story.pk])
    assert as_user(leader).post(reverse("works:withdraw", args=[story.pk])).status_code == 403


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("name", ("edit", "save", "submit", "withdraw", "reopen", "change_visit"))
def test_a_colleague_and_another_school_find_nothing(as_user, other_school, teacher, story, name):
    method = "get" if name == "edit" else "post"
    for user in (teacher, make_user(Role.SCHOOL_LEADER, school=other_school)):
        assert getattr(as_user(user), method)(reverse(f"works:{name}", args=[story.pk]), post()).status_code == 404


@pytest.mark.parametrize("rows", (1, 3))
def test_detail_query_count(as_user, programme, school, head, leader, rows, django_assert_num_queries):
    work = make_work(head, programme, school, state="submitted", leader=leader)
    for number in range(rows - 1):
        WorkVersion.objects.create(work=work, number=2 + number, title="题", body="文", submitted_by=head)
    client = as_user(head)
    with django_assert_num_queries(7):
        client.get(reverse("works:detail", args=[work.pk]))
    with django_assert_num_queries(6):
        client.get(reverse("works:versions", args=[work.pk]))
