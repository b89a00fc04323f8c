import re
import uuid

import pytest
from django.urls import reverse

from programmes.enums import ProgrammeState
from programmes.tests.factories import CONFIG, make_programme
from schools.enums import Role
from schools.tests.factories import (
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.models import Household
from students.tests.factories import make_mentor, make_student
from visits.actions.register import open_register
from visits.actions.review import return_visit
from visits.models import Visit
from visits.tests.factories import TEXTS, make_visit


def typed(pupil, **changes):
    """What the page posts for a complete visit."""
    return {
        "client_uuid": str(uuid.uuid4()),
        "student": pupil.pk,
        "mode": "in_person",
        "kind": "universal",
        "day": "2022-09-17",
        "start": "18:34",
        "end": "19:26",
        "at_home": ["student", "mother"],
        "gift_declined": "on",
        **{f"text_{code}": text for code, text in TEXTS.items()},
        "opinion-TOTAL_FORMS": 3,
        "opinion-INITIAL_FORMS": 0,
        "opinion-MAX_NUM_FORMS": 10,
        "opinion-0-text": "周末作业希望周五就发齐。",
        "opinion-0-category": "作业",
        "opinion-0-answerer": "school",
        **changes,
    }


@pytest.fixture
def page(client, head):
    client.force_login(head)
    return client


def mistakes(response):
    return [(name, sentence) for _, name, sentence in response.context["form"].mistakes]


def test_teacher_logs_a_visit(page, programme, head, teacher, student):
    response = page.post(reverse("visits:log", args=[student.pk]), typed(student, others=[teacher.pk]))

    visit = Visit.objects.get()
    assert response.status_code == 302
    assert response.url == reverse("visits:detail", args=[visit.pk])
    assert (visit.state, visit.lead, visit.visited_on.isoformat(), visit.student_present, visit.guardians_met) == (
        "recorded", head, "2022-09-17", True, ["mother"],
    )  # fmt: skip
    assert {code: getattr(visit, code) for code in TEXTS} == TEXTS
    assert list(visit.opinions.values_list("category", "text", "answerer")) == [
        ("作业", "周末作业希望周五就发齐。", "school")
    ]
    assert set(visit.visitors.values_list("user", flat=True)) == {head.pk, teacher.pk}


def test_double_submit_leads_to_the_same_visit(page, programme, student):
    data = typed(student)
    first = page.post(reverse("visits:log"), data)
    second = page.post(reverse("visits:log"), data)

    assert first.url == second.url
    assert Visit.objects.count() == 1


def test_another_authors_key_is_not_found(client, page, programme, head, school_class, student):
    data = typed(student)
    page.post(reverse("visits:log"), data)
    client.force_login(make_class_head(school_class))

    assert client.post(reverse("visits:log"), data).status_code == 404


def test_refused_form_keeps_every_typed_word(page, programme, teacher, student):
    data = typed(
        student, day="2022-09-28", end="18:00", text_analysis="", mode="nearby", kind="priority", others=[teacher.pk],
        text_process="先看了<书桌>。", **{"opinion-1-text": "多练口语。", "opinion-1-category": ""},
    )  # fmt: skip
    del data["gift_declined"]
    response = page.post(reverse("visits:log", args=[student.pk]), data)

    html = response.content.decode()
    assert response.status_code == 422
    assert mistakes(response) == [
        ("日期", "这是将来的时间。今天是9月18日。"),
        ("确认一句", "勾选“没有接受宴请和礼物”。"),
        ("情况分析", "还没有写“情况分析”。"),
        ("家长意见", "这条意见是哪方面的，选一类。"),
    ]
    words = [
        "先看了&lt;书桌&gt;。", TEXTS["cause"], TEXTS["measures"], TEXTS["reflection"], "周末作业希望周五就发齐。", "多练口语。",
        'value="2022-09-28"', 'value="18:34"', 'value="18:00"', data["client_uuid"],
    ]  # fmt: skip
    assert [word for word in words if word not in html] == []
    checked = set(re.findall(r'<input type="(?:radio|checkbox)" name="(\w+)" value="(\w+)"[^>]*checked', html))
    assert {("mode", "nearby"), ("kind", "priority"), ("at_home", "student"), ("at_home", "mother")} <= checked
    assert re.search(rf'name="others"[^>]*value="{teacher.pk}"[^>]*checked', html)
    assert Visit.objects.count() == 0


@pytest.mark.sqlite  # what a form says is made in Python: once is enough
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"start": "19:30"}, [("结束", "结束早于开始的19:30，改一下其中一个。")]),
        ({"day": "2022-09-18", "start": "20:30", "end": "21:00"}, [("开始", "这是将来的时间。现在是20:00。")]),
        ({"day": "昨天"}, [("日期", "日期写成2022-09-18这样。")]),
        ({"end": ""}, [("结束", "填上结束的时间。")]),
        ({"mode": "door"}, [("方式", "选一下走访方式。")]),
        ({"student": ""}, [("家庭", "选一家。")]),
        ({"student": "9" * 30}, [("家庭", "选一家。")]),
    ],
)
def test_form_says_what_to_repair(page, programme, student, changes, expected):
    response = page.post(reverse("visits:log"), typed(student, **changes))

    assert mistakes(response) == expected
    assert Visit.objects.count() == 0


def test_pupil_out_of_scope_is_refused_with_a_sentence(page, programme, school):
    stranger = make_student(make_class(school, grade=1), name="别班的")
    response = page.post(reverse("visits:log"), typed(stranger))

    assert mistakes(response) == [("家庭", "这名学生不在你的名单里，选一下自己负责的学生。")]
    assert "别班的" not in response.content.decode()


def test_state_school_and_lead_are_never_taken_from_input(page, programme, head, student):
    other = make_leader(make_school())
    page.post(reverse("visits:log"), typed(student, state="voided", school=other.pk, lead=other.pk, visited_on="2022-08-01"))

    visit = Visit.objects.get()
    assert (visit.state, visit.school, visit.lead, visit.visited_on.isoformat()) == (
        "recorded", student.school, head, "2022-09-17",
    )  # fmt: skip


def test_colleague_of_another_school_is_refused_and_not_named(page, programme, student):
    stranger = make_user(Role.TEACHER, school=make_school(), name="外校老师")
    response = page.post(reverse("visits:log"), typed(student, others=[stranger.pk]))

    assert mistakes(response) == [("同行的老师", "同行的老师要是本校的，去掉外校的再提交。")]
    assert "外校老师" not in response.content.decode()


def test_ticked_sibling_is_on_the_record_and_a_stranger_is_not(page, programme, student, school):
    home = Household.objects.create()
    student.household = home
    student.save()
    sister, stranger = make_student(make_class(school, grade=2), household=home), make_student(make_class(school, grade=2))
    shown = page.get(reverse("visits:log", args=[student.pk]))
    assert [sibling["pk"] for sibling in shown.context["siblings"]] == [sister.pk]

    page.post(reverse("visits:log"), typed(student, siblings=[sister.pk, stranger.pk]))
    assert list(Visit.objects.get().visit_students.order_by("pk").values_list("student", flat=True)) == [
        student.pk, sister.pk,
    ]  # fmt: skip


def test_sibling_of_another_school_is_masked(page, programme, student):
    home = Household.objects.create()
    student.household = home
    student.save()
    make_student(make_class(make_school()), household=home, name="许嘉禾")

    html = page.get(reverse("visits:log", args=[student.pk])).content.decode()
    assert "许**" in html
    assert "许嘉禾" not in html


def test_page_prefills_today_and_now_and_leaves_the_end_open(page, programme, student, settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T18:37+08:00"
    form = page.get(reverse("visits:log", args=[student.pk])).context["form"]

    assert (form["day"].value().isoformat(), form["start"].value().isoformat("minutes"), form["end"].value()) == (
        "2022-09-18", "18:35", None,
    )  # fmt: skip


def test_page_asks_only_what_the_notice_has(page, school, head, student):
    notice = {
        **CONFIG,
        "visit": {"modes": [{"code": "phone", "counts": True, "label": "打电话"}], "gift_statement": False},
        "record": {"fields": [{"code": "process", "label": "聊了什么", "prompts": ["谁接的电话？"]}]},
        "checklist": [{"code": "four", "label": "四进家庭", "items": [{"code": "policy", "label": "教育政策"}]}],
        "conduct": {"title": "五要五不能", "rules": [{"kind": "do", "text": "准时"}]},
    }
    make_programme(school.authority, code="binhe-phone", config=notice, starts_on="2022-09-01")
    html = page.get(reverse("visits:log", args=[student.pk])).content.decode()

    assert all(words in html for words in ("打电话", "聊了什么", "谁接的电话？", "四进家庭", "教育政策", "五要五不能", "准时"))
    assert not any(words in html for words in ("上门</label>", "情况分析", "没有接受宴请和礼物", "不能</h3>"))


def test_review_says_back_and_writes_nothing(page, programme, student):
    data = typed(student, text_cause="", mode="phone", end="18:40")
    response = page.post(reverse("visits:review"), data, headers={"HX-Request": "true"})

    assert response.context["lines"] == [
        ("", "9月17日 18:34–18:40，电话，学生、妈妈在家", ""),
        ("", "家长意见1条", ""),
        ("red", "还没有写“家访起因”。", "id_text_cause"),
        ("warm", "电话不计入覆盖率，记录照样保存。", ""),
        ("warm", "只有6分钟，看看时间填对没有。", ""),
    ]
    assert Visit.objects.count() == 0


@pytest.mark.seed("W18")
@pytest.mark.parametrize(
    ("today", "day", "hint"),
    [
        ("2022-10-03", "2022-10-02", "10月2日在截止日9月30日之后，算补访：记录会保存，不计入覆盖率。"),
        ("2022-07-20", "2022-07-19", "7月19日在活动开始（8月1日）之前：记录会保存，不计入覆盖率。"),
        ("2022-09-16", "2022-07-29", "走访过去49天了，一般7天内记好。记录照样保存。"),
    ],
)
def test_review_warns_of_days_out_of_the_window_and_late_records(page, programme, student, settings, today, day, hint):
    settings.HOMEVISIT_CLOCK = f"{today}T20:00+08:00"
    response = page.post(reverse("visits:review"), typed(student, day=day, late_reason="paper"), headers={"HX-Request": "true"})

    lines = response.context["lines"]
    assert ("warm", hint, "") in lines
    assert ("warm", "这次只有1位老师，一般要2位同去。", "") in lines
    assert not [line for line in lines if line[0] == "red"]


def test_review_without_script_is_the_whole_page_with_the_words(page, programme, student):
    response = page.post(reverse("visits:review"), typed(student))

    assert response.status_code == 200
    assert TEXTS["analysis"] in response.content.decode()
    assert [line[1] for line in response.context["reviewed"]][:2] == [
        "9月17日 18:34–19:26，上门，学生、妈妈在家", "5项记录，共57字",
    ]  # fmt: skip


def test_closed_programme_shows_a_sentence_and_keeps_typed_words(page, programme, student):
    programme.state = ProgrammeState.CLOSED
    programme.save()

    assert "已经结束，不能再记家访" in page.get(reverse("visits:log")).content.decode()
    response = page.post(reverse("visits:log"), typed(student))
    assert response.status_code == 422
    assert TEXTS["process"] in response.content.decode()
    assert Visit.objects.count() == 0


def test_visit_belongs_to_the_notice_its_form_was_opened_for(page, programme, school, student):
    newer = make_programme(school.authority, code="binhe-2022b", starts_on="2022-09-01")
    page.post(reverse("visits:log"), typed(student, programme=programme.code))
    page.post(reverse("visits:log"), typed(student, programme="no-such-notice"))

    assert list(Visit.objects.order_by("pk").values_list("programme", flat=True)) == [programme.pk, newer.pk]


def test_without_pupils_the_page_says_so(page, programme):
    assert "名单里还没有你的学生" in page.get(reverse("visits:log")).content.decode()


def test_without_a_programme_the_page_says_so(page, programme, student):
    programme.state = ProgrammeState.DRAFT
    programme.save()

    assert "还没有走访活动" in page.get(reverse("visits:log")).content.decode()
    assert page.post(reverse("visits:review"), typed(student)).status_code == 404


def test_only_visiting_roles_open_the_form(client, programme, school, head, leader, teacher, student):
    other_class, other_school = make_class(school, grade=1), make_school()
    make_mentor(student, teacher)
    answers = {}
    people = {
        "head": head, "mentor": teacher, "leader": leader, "officer": make_officer(school.authority),
        "admin": make_user(Role.SCHOOL_ADMIN, school=school), "other head": make_class_head(other_class),
        "other school": make_class_head(make_class(other_school)),
    }  # fmt: skip
    for name, user in people.items():
        client.force_login(user)
        answers[name] = [
            client.get(reverse("visits:log", args=[student.pk])).status_code,
            client.get(reverse("visits:log")).status_code,
            client.post(reverse("visits:colleagues"), {"colleague": "罗"}).status_code,
        ]
    assert answers == {
        "head": [200, 200, 200], "mentor": [200, 200, 200], "leader": [403, 403, 403], "officer": [403, 403, 403],
        "admin": [403, 403, 403], "other head": [404, 200, 200], "other school": [404, 200, 200],
    }  # fmt: skip


def test_colleagues_are_found_by_name_at_the_own_school_only(page, programme, head, teacher):
    make_user(Role.TEACHER, school=make_school(), name="罗外校")
    make_user(Role.TEACHER, school=teacher.posts.get().school, name="罗离职", is_active=False)

    response = page.post(reverse("visits:colleagues"), {"colleague": "罗"})
    assert [person.name for person in response.context["people"]] == ["罗一鸣"]
    assert page.get(reverse("visits:colleagues"), {"colleague": "罗"}).status_code == 405


@pytest.mark.parametrize("pupils", (1, 3))
def test_log_page_query_count(page, programme, school_class, pupils, django_assert_num_queries):
    for _ in range(pupils):
        make_student(school_class)
    open_register(programme)
    with django_assert_num_queries(16):
        assert page.get(reverse("visits:log")).status_code == 200


def test_author_corrects_a_returned_record(page, programme, head, leader, teacher, student):
    visit = make_visit(student, by=head, programme=programme, others=[teacher], student_present=True, guardians_met=["mother"])
    url = reverse("visits:correct", args=[visit.pk])
    assert page.get(url).url == reverse("visits:detail", args=[visit.pk])

    return_visit(visit, by=leader, reason="过程太简单")
    shown = page.get(url)
    assert shown.status_code == 200
    assert "过程太简单" in shown.content.decode()
    form = shown.context["form"]
    assert (form["text_cause"].value(), form["start"].value().isoformat("minutes"), form["at_home"].value()) == (
        TEXTS["cause"], "18:30", ["student", "mother"],
    )  # fmt: skip

    refused = page.post(url, typed(student, text_process=""))
    assert refused.status_code == 422
    assert page.post(url, typed(student, text_process="看了书桌，约好时间。")).status_code == 302
    visit.refresh_from_db()
    assert (visit.process, visit.is_returned) == ("看了书桌，约好时间。", False)
    again = page.post(url, typed(student, text_process="又改了一次"))
    assert again.status_code == 302
    visit.refresh_from_db()
    assert visit.process == "看了书桌，约好时间。"


def test_only_the_author_corrects(client, programme, head, leader, teacher, student):
    visit = make_visit(student, by=head, programme=programme, others=[teacher])
    return_visit(visit, by=leader, reason="改一下")
    answers = []
    for user in (teacher, leader, make_class_head(make_class(make_school())), make_officer(student.authority)):
        client.force_login(user)
        answers.append(client.get(reverse("visits:correct", args=[visit.pk])).status_code)

    assert answers == [403, 403, 404, 404]
