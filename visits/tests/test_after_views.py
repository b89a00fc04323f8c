"""Pages after a record: the review list, acts on one record, amending, versions."""

import pytest
from django.db import transaction
from django.urls import reverse

from core.models import AuditEntry
from schools.enums import Role
from schools.tests.factories import add_post, make_class, make_class_head, make_school, make_user
from students.models import Household
from students.tests.factories import make_mentor, make_student
from visits.actions.amend import amend_visit
from visits.actions.register import open_register
from visits.actions.review import accept_visit, return_visit, void_visit
from visits.models import HelpGiven, Opinion, Promise, Visit, VisitNote
from visits.tests.factories import TEXTS, make_visit


def text_of(response):
    return response.content.decode()


@pytest.fixture
def mentor(school, student):
    mentor = make_user(Role.TEACHER, school=school, name="方老师")
    make_mentor(student, mentor)
    return mentor


@pytest.fixture
def visit(programme, student, mentor):
    return make_visit(student, by=mentor, programme=programme)


def another(programme, school_class, mentor, **fields):
    student = make_student(school_class)
    make_mentor(student, mentor)
    return make_visit(student, by=mentor, programme=programme, **fields)


# ── The review list ──


def test_the_list_holds_texts_hints_and_the_usual_reasons(as_user, programme, school_class, visit, head, mentor):
    another(programme, school_class, mentor, minutes=5)

    response = as_user(head).get(reverse("visits:review_class", args=[school_class.pk]))
    html = text_of(response)

    assert [row["visit"].pk for row in response.context["rows"]][1] == visit.pk  # the last written first
    assert TEXTS["process"] in html
    assert "只有5分钟" in html
    assert "过程再写具体些" in html
    assert f'value="{visit.pk}:1"' in html


def test_ticked_records_are_accepted_and_offered_back(as_user, programme, school_class, visit, head, mentor):
    second = another(programme, school_class, mentor)
    url = reverse("visits:review_class", args=[school_class.pk])
    client = as_user(head)

    response = client.post(url, {"visit": [f"{visit.pk}:1", f"{second.pk}:1"]}, follow=True)

    assert set(Visit.objects.values_list("state", flat=True)) == {"locked"}
    assert response.context["undo"] == [visit.pk, second.pk]
    assert "通过了2条" in text_of(response)
    response = client.post(
        reverse("visits:withdraw"), {"visit": [visit.pk, second.pk], "school_class": school_class.pk}, follow=True
    )
    assert set(Visit.objects.values_list("state", flat=True)) == {"recorded"}
    assert response.redirect_chain[-1][0] == url
    assert "撤回了2条" in text_of(response)


def test_one_button_accepts_one_row(as_user, programme, school_class, visit, head, mentor):
    second = another(programme, school_class, mentor)

    as_user(head).post(
        reverse("visits:to_review"), {"visit": [f"{second.pk}:1"], "only": f"{visit.pk}:1"}
    )

    assert (Visit.objects.get(pk=visit.pk).state, Visit.objects.get(pk=second.pk).state) == ("locked", "recorded")


def test_what_could_not_be_accepted_is_told_by_name(as_user, visit, head, student):
    return_visit(visit, by=head, reason="补写")

    response = as_user(head).post(reverse("visits:to_review"), {"visit": f"{visit.pk}:1"}, follow=True)

    assert f"{student.name}：这条记录已经退回给老师" in text_of(response)


@pytest.mark.parametrize("data", [{}, {"visit": "nonsense"}, {"visit": "1:2:3"}, {"only": "９９９９９９９９９９９９９９９９:1"}])
def test_nothing_ticked_is_told(as_user, visit, head, data):
    response = as_user(head).post(reverse("visits:to_review"), data)

    assert response.status_code == 422
    assert "先勾选" in text_of(response)
    assert Visit.objects.get().state == "recorded"


def test_who_heads_two_classes_gets_both_and_may_choose(as_user, programme, school, school_class, visit, head, mentor):
    second = make_class(school, number=9)
    add_post(head, Role.CLASS_HEAD, school_class=second)
    another(programme, second, mentor)

    response = as_user(head).get(reverse("visits:to_review"))
    assert [(chip["label"][-4:], chip.get("count")) for chip in response.context["chips"]][0] == ("全部", None)
    assert [chip["count"] for chip in response.context["chips"][1:]] == [1, 1]
    assert len(response.context["rows"]) == 2


def test_a_return_from_the_list_comes_back_to_the_list(as_user, school_class, visit, head):
    response = as_user(head).post(
        reverse("visits:return", args=[visit.pk]),
        {"return-quick": ["过程再写具体些"], "return-reason": "写写书桌。", "review": school_class.pk},
    )

    assert response["Location"] == reverse("visits:review_class", args=[school_class.pk])
    visit.refresh_from_db()
    assert visit.return_reason == "过程再写具体些；写写书桌。"


def test_a_return_needs_a_reason(as_user, visit, head):
    response = as_user(head).post(reverse("visits:return", args=[visit.pk]), {"return-reason": "  "})

    assert response.status_code == 422
    assert "写明原因" in text_of(response)
    assert response.context["open_form"] == "return"


@pytest.mark.parametrize("rows", (1, 3))
def test_review_query_count(as_user, programme, school_class, visit, head, mentor, teacher, rows, django_assert_num_queries):
    for _ in range(rows):
        one = another(programme, school_class, mentor, others=[teacher])
        Promise.objects.create(visit=one, authority_id=one.authority_id, school=one.school, text="每晚读书")
    client = as_user(head)
    with django_assert_num_queries(14):
        client.get(reverse("visits:review_class", args=[school_class.pk]))


def test_the_list_of_records_tells_what_waits(as_user, visit, head, mentor):
    assert "1条记录待审" in text_of(as_user(head).get(reverse("visits:records")))
    assert "条记录待审" not in text_of(as_user(mentor).get(reverse("visits:records")))


def test_board_and_leaders_page_tell_what_waits(as_user, programme, school, school_class, visit, head, leader):
    open_register(programme)
    url = reverse("visits:review_class", args=[school_class.pk])
    assert url in text_of(as_user(head).get(reverse("visits:board", args=[school_class.pk])))
    assert "条记录待审" not in text_of(as_user(leader).get(reverse("visits:school", args=[school.pk])))

    make_visit(make_student(school_class), by=head, programme=programme)
    assert "1条记录待审" in text_of(as_user(leader).get(reverse("visits:school", args=[school.pk])))


@pytest.mark.parametrize(("state", "shown"), [("unread", True), ("locked", False), ("", True), ("failed", False)])
def test_records_by_state(as_user, visit, head, state, shown):
    rows = as_user(head).get(reverse("visits:records"), {"state": state}).context["rows"]
    assert bool(rows) is shown


# ── One record ──


def acts(response):
    return {name for name in ("accept", "return", "void", "unvoid", "amend", "correct") if response.context[f"may_{name}"]}


def test_each_state_offers_each_role_what_it_may(as_user, visit, head, mentor, leader):
    def offered():
        return {user: acts(as_user(user).get(reverse("visits:detail", args=[visit.pk]))) for user in (mentor, head, leader)}

    assert offered() == {mentor: set(), head: {"accept", "return"}, leader: {"void"}}
    return_visit(visit, by=head, reason="补写")
    assert offered() == {mentor: {"correct"}, head: set(), leader: {"void"}}
    Visit.objects.update(returned_at=None, returned_by=None, return_reason="")
    accept_visit(visit, by=head)
    assert offered() == {mentor: {"amend"}, head: set(), leader: {"void", "amend"}}
    void_visit(visit, by=leader, reason="重复")
    assert offered() == {mentor: set(), head: set(), leader: {"unvoid"}}


VERBS = {
    "accept": {"version": "1"},
    "return": {"return-reason": "补写"},
    "void": {"void-reason": "重复"},
    "unvoid": {"unvoid-reason": "不是重复"},
    "amend": {"reason": "改"},
    "correct": {},
}
#        recorded  returned  locked    voided   (status for mentor = author, head, leader)
STATES_BY_VERB = {
    "accept": ("403 302 403", "403 409 403", "403 302 403", "403 409 403"),
    "return": ("403 302 403", "403 409 403", "403 409 403", "403 409 403"),
    "void": ("403 403 302", "403 403 302", "403 403 302", "403 403 409"),
    "unvoid": ("403 403 409", "403 403 409", "403 403 409", "403 403 302"),
    "amend": ("409 403 409", "409 403 409", "422 403 422", "409 403 409"),
    "correct": ("302 403 403", "422 403 403", "302 403 403", "302 403 403"),  # sent on to the record, nothing written
}


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("number", range(4), ids=("recorded", "returned", "locked", "voided"))
def test_state_by_verb_by_role(as_user, visit, head, mentor, leader, verb, number):
    if number == 1:
        return_visit(visit, by=head, reason="改改")
    elif number == 2:
        accept_visit(visit, by=head)
    elif number == 3:
        void_visit(visit, by=leader, reason="记错")
    got = []
    for user in (mentor, head, leader):
        point = transaction.savepoint()
        got.append(as_user(user).post(reverse(f"visits:{verb}", args=[visit.pk]), VERBS[verb]).status_code)
        transaction.savepoint_rollback(point)
    assert " ".join(map(str, got)) == STATES_BY_VERB[verb][number]


def test_accepting_on_the_page_can_be_taken_back(as_user, visit, head, leader):
    client = as_user(head)
    response = client.post(reverse("visits:accept", args=[visit.pk]), {"version": "1"}, follow=True)
    assert response.context["may_withdraw"]
    assert not as_user(leader).get(reverse("visits:detail", args=[visit.pk])).context["may_withdraw"]

    as_user(head).post(reverse("visits:withdraw"), {"visit": visit.pk})
    assert Visit.objects.get().state == "recorded"


def test_accept_on_the_page_of_a_record_changed_since_is_told(as_user, visit, head):
    Visit.objects.update(version=2)

    response = as_user(head).post(reverse("visits:accept", args=[visit.pk]), {"version": "1"})

    assert response.status_code == 409
    assert "老师刚改过" in text_of(response)


def test_the_record_page_tells_everything_written(as_user, programme, student, school_class, head, teacher, leader):
    visit = make_visit(student, by=head, programme=programme, others=[teacher], late_reason="paper")
    at = {"visit": visit, "authority_id": visit.authority_id, "school": visit.school}
    VisitNote.objects.create(student=student, strengths="手很巧", text="换了牙", **at)
    Promise.objects.create(text="每晚读书", outcome="kept", outcome_at=visit.recorded_at, **at)
    HelpGiven.objects.create(kind="物品", text="台灯", amount="59.90", **at)
    Visit.objects.filter(pk=visit.pk).update(
        observations={"light": "书桌靠窗"}, follow_up_on="2022-10-08", follow_up_note="看作业本", late_reason="paper"
    )
    later = make_visit(student, by=head, programme=programme)
    Visit.objects.filter(pk=later.pk).update(follows=visit)

    html = text_of(as_user(leader).get(reverse("visits:detail", args=[visit.pk])))

    for words in ("手很巧", "换了牙", "每晚读书", "坚持了", "台灯", "59.90元", "10月8日", "看作业本", "先记在纸上", "还没有确认"):
        assert words in html
    assert reverse("visits:detail", args=[later.pk]) in html


def test_notes_on_a_sibling_of_another_school_stay_with_who_was_there(as_user, programme, student, head, leader):
    student.household = Household.objects.create()
    student.save()
    elsewhere = make_class(make_school(programme.authority))
    other_head = make_class_head(elsewhere)
    sibling = make_student(elsewhere, household=student.household, name="顾一鸣")
    visit = make_visit(student, sibling, by=head, programme=programme)
    for pupil, words in ((student, "哥哥爱画画"), (sibling, "妹妹怕生")):
        VisitNote.objects.create(
            visit=visit, student=pupil, authority_id=visit.authority_id, school=pupil.school, text=words
        )
    amended = accept_visit(visit, by=leader)
    amend_visit(amended, by=head, reason="补", notes={pupil.pk: {"text": "改了", "strengths": ""} for pupil in (sibling,)})

    for name in ("detail", "versions"):
        seen = text_of(as_user(leader).get(reverse(f"visits:{name}", args=[visit.pk])))
        assert "妹妹怕生" not in seen and "改了：" not in seen
    assert "哥哥爱画画" in text_of(as_user(leader).get(reverse("visits:detail", args=[visit.pk])))
    own = text_of(as_user(head).get(reverse("visits:versions", args=[visit.pk])))
    assert "妹妹怕生" in own
    assert as_user(other_head).get(reverse("visits:detail", args=[visit.pk])).status_code == 404
    assert as_user(other_head).get(reverse("visits:versions", args=[visit.pk])).status_code == 404


def test_the_course_of_a_record_from_before_the_log_is_told(as_user, visit, head):
    AuditEntry.objects.filter(action="visit.submit")._raw_delete("default")
    Visit.objects.update(state="locked", locked_at="2022-09-25T03:20+08:00")

    response = as_user(head).get(reverse("visits:detail", args=[visit.pk]))
    assert [(step.who, step.what) for step in response.context["history"]] == [
        ("方老师", "提交了记录"), ("系统", "到期归档"),
    ]  # fmt: skip


# ── Amend, versions ──


def posted(response, **changes):
    """What the page would send back, with changes."""
    data = {}
    for field in response.context["form"]:
        value = field.value()
        if value is not None and value != []:
            data[field.html_name] = value
    return data | changes


def test_amending_keeps_what_was_not_touched_and_shows_the_difference(as_user, visit, head, leader, mentor, student):
    Visit.objects.update(process="第一行。\n第二行。", checklist=["gone"], guardians_met=["mother"])
    Opinion.objects.create(
        visit=visit, authority_id=visit.authority_id, school=visit.school, category="作业", text="少一点。"
    )
    accept_visit(visit, by=head)
    client, url = as_user(mentor), reverse("visits:amend", args=[visit.pk])
    data = posted(client.get(url), reason="写错了", text_cause="看看新家。", text_process="第一行。\r\n第二行。")
    assert "mode" not in data

    response = client.post(url, data, follow=True)

    visit.refresh_from_db()
    assert (visit.version, visit.cause, visit.process) == (2, "看看新家。", "第一行。\n第二行。")
    assert (visit.checklist, visit.guardians_met, visit.gift_declined) == (["gone"], ["mother"], True)
    html = text_of(response)
    assert "写错了" in html and "<ins>" in html and "<del>" in html
    assert [change.label for change in response.context["versions"][0].changes] == ["家访起因"]
    assert reverse("visits:versions", args=[visit.pk]) in text_of(client.get(reverse("visits:detail", args=[visit.pk])))


def test_amending_without_a_change_or_a_reason(as_user, visit, head, mentor):
    accept_visit(visit, by=head)
    client, url = as_user(mentor), reverse("visits:amend", args=[visit.pk])

    assert "没有改动" in text_of(client.post(url, posted(client.get(url), reason="看看"), follow=True))
    response = client.post(url, posted(client.get(url), text_cause="新的起因，没有写为什么。"))
    assert response.status_code == 422
    html = text_of(response)
    assert "写一句为什么改" in html and "新的起因，没有写为什么。" in html
    assert Visit.objects.get().version == 1


def test_amending_an_older_version_keeps_what_was_typed(as_user, visit, head, mentor):
    accept_visit(visit, by=head)
    client, url = as_user(mentor), reverse("visits:amend", args=[visit.pk])
    data = posted(client.get(url), reason="改", text_cause="我的话。")
    Visit.objects.update(version=2)

    response = client.post(url, data)
    assert response.status_code == 409
    assert "刚被修订过" in text_of(response) and "我的话。" in text_of(response)


def test_the_leader_moves_the_day_and_is_told_what_is_wrong(as_user, visit, head, leader):
    accept_visit(visit, by=head)
    client, url = as_user(leader), reverse("visits:amend", args=[visit.pk])

    response = client.post(url, posted(client.get(url), reason="改", day="2022-09-30"))
    assert response.status_code == 422
    assert "这是将来的时间" in text_of(response)
    client.post(url, posted(client.get(url), reason="改", day="2022-09-01", mode="phone"))
    visit.refresh_from_db()
    assert (visit.visited_on.isoformat(), visit.mode, visit.version) == ("2022-09-01", "phone", 2)
    assert not visit.visit_students.filter(counted=True).exists()


@pytest.mark.parametrize("rows", (1, 3))
def test_versions_query_count(as_user, visit, head, mentor, rows, django_assert_num_queries):
    accept_visit(visit, by=head)
    for number in range(rows):
        amend_visit(visit, by=mentor, reason="改", texts={"process": f"第{number}次。"})
    client = as_user(head)
    with django_assert_num_queries(20):
        client.get(reverse("visits:versions", args=[visit.pk]))
