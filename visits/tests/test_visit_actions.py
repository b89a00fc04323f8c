import uuid

import pytest
from django.core.exceptions import ValidationError

from core.models import AuditEntry
from core.states import WrongState
from core.tests.at_once import at_once
from programmes.enums import ProgrammeState
from programmes.models import SchoolForm
from programmes.tests.factories import CONFIG, make_programme
from schools.tests.factories import make_authority, make_class, make_class_head, make_school, make_user
from students.models import ChangeEvent, Household
from students.tests.factories import make_change, make_mentor, make_student
from visits.actions.register import check, open_register
from visits.actions.review import return_visit, void_visit
from visits.actions.visit import correct_visit, submit_visit
from visits.models import Due, Visit, VisitStudent
from visits.tests.factories import TEXTS, at, entry, make_visit


def due(programme, student):
    return Due.objects.get(programme=programme, student=student)


def reached(programme, student):
    row = due(programme, student)
    return row.visits, row.first_on and row.first_on.isoformat(), row.last_on and row.last_on.isoformat()


def refusal(**arguments):
    """{field: sentence} that submit_visit answers with."""
    with pytest.raises(ValidationError) as caught:
        submit_visit(client_uuid=uuid.uuid4(), **arguments)
    error = caught.value
    return {name: "".join(texts) for name, texts in error.message_dict.items()} if hasattr(error, "error_dict") else error.message


def test_submit_visit_records_and_counts(programme, head, student, school):
    visit = make_visit(student, by=head, programme=programme, day="2022-09-17")

    visit.refresh_from_db()
    assert (visit.state, visit.visited_on.isoformat(), visit.school, visit.lead) == ("recorded", "2022-09-17", school, head)
    assert list(visit.visit_students.values_list("student", "school", "school_class", "counted")) == [
        (student.pk, school.pk, student.school_class_id, True)
    ]
    assert list(visit.visitors.values_list("user", "role")) == [(head.pk, "lead")]
    assert reached(programme, student) == (1, "2022-09-17", "2022-09-17")
    assert check(programme) == []


def test_submit_visit_keeps_texts_and_opinions(programme, head, student, teacher):
    visit = make_visit(
        student, by=head, programme=programme, others=[teacher],
        opinions=[{"category": "作业", "text": "周末作业早点发。", "answerer": "school"}],
        guardians_met=["mother"], student_present=True,
    )  # fmt: skip

    visit.refresh_from_db()
    assert {name: getattr(visit, name) for name in TEXTS} == TEXTS
    assert list(visit.opinions.values_list("position", "category", "text", "answerer", "school")) == [
        (1, "作业", "周末作业早点发。", "school", visit.school_id)
    ]
    assert set(visit.visitors.values_list("user", "role")) == {(head.pk, "lead"), (teacher.pk, "other")}
    assert (visit.guardians_met, visit.student_present, visit.gift_declined) == (["mother"], True, True)


def test_submit_visit_leaves_counts_not_words_in_log(programme, head, student):
    visit = make_visit(student, by=head, programme=programme)

    line = AuditEntry.objects.get(action="visit.submit")
    assert (line.actor_id, line.object_id, line.school_id) == (head.pk, str(visit.pk), visit.school_id)
    assert line.facts == {
        "programme": programme.code, "mode": "in_person", "day": "2022-09-17", "counted": True, "students": 1,
        "visitors": 1, "opinions": 0,
    }  # fmt: skip


def test_submit_visit_twice_is_one_visit(programme, head, student):
    key = uuid.uuid4()
    first, made = submit_visit(by=head, programme=programme, client_uuid=key, students=[student], **entry())
    again, made_again = submit_visit(
        by=head, programme=programme, client_uuid=key, students=[student], **entry(minutes=20)
    )

    assert (made, made_again, again) == (True, False, first)
    assert Visit.objects.count() == 1
    assert AuditEntry.objects.filter(action="visit.submit").count() == 1


def test_submit_visit_with_another_authors_key_finds_nothing(programme, head, student, school_class):
    visit = make_visit(student, by=head, programme=programme)
    other = make_class_head(school_class)

    with pytest.raises(Visit.DoesNotExist):
        submit_visit(by=other, programme=programme, client_uuid=visit.client_uuid, students=[student], **entry())


@pytest.mark.django_db(transaction=True)
def test_submit_visit_by_two_writers_at_once_is_one_visit(clock):
    programme = make_programme()
    school_class = make_class()
    head, student = make_class_head(school_class), make_student(school_class)
    key = uuid.uuid4()

    def write():
        return submit_visit(by=head, programme=programme, client_uuid=key, students=[student], **entry())[1]

    results = at_once(*[write] * 4)

    assert sorted(results) == [False, False, False, True]
    assert Visit.objects.count() == VisitStudent.objects.count() == 1
    assert reached(programme, student) == (1, "2022-09-17", "2022-09-17")


@pytest.mark.seed("W19")
@pytest.mark.parametrize(
    ("mode", "counted"),
    [("in_person", True), ("nearby", True), ("at_school", False), ("video", False), ("phone", False)],
)
def test_only_modes_of_the_notice_count(programme, head, student, mode, counted):
    make_visit(student, by=head, programme=programme, mode=mode)

    assert VisitStudent.objects.get().counted is counted
    assert due(programme, student).visits == int(counted)


@pytest.mark.seed("W18")
@pytest.mark.parametrize(
    ("today", "day", "counted"),
    [
        ("2022-07-20", "2022-07-19", False),
        ("2022-09-30", "2022-09-30", True),
        ("2022-10-09", "2022-10-08", False),
        ("2023-05-12", "2023-05-11", False),
    ],
)
def test_visits_all_year_are_kept_and_those_in_the_window_count(programme, head, student, settings, today, day, counted):
    settings.HOMEVISIT_CLOCK = f"{today}T21:00+08:00"
    visit = make_visit(student, by=head, programme=programme, day=day)

    assert (visit.state, VisitStudent.objects.get().counted) == ("recorded", counted)
    assert due(programme, student).visits == int(counted)


def test_visit_with_siblings_reaches_each(programme, head, student, school):
    home = Household.objects.create()
    student.household = home
    student.save()
    sister = make_student(make_class(school, grade=2), household=home)
    elsewhere = make_student(make_class(make_school()), household=home)

    visit = make_visit(student, sister, elsewhere, by=head, programme=programme)

    assert visit.school == school
    assert list(visit.visit_students.order_by("pk").values_list("student", "school")) == [
        (student.pk, school.pk), (sister.pk, school.pk), (elsewhere.pk, elsewhere.school_id),
    ]  # fmt: skip
    assert [due(programme, pupil).visits for pupil in (student, sister, elsewhere)] == [1, 1, 1]


def test_pupils_of_two_homes_are_two_visits(programme, head, student, school_class):
    neighbour = make_student(school_class)

    assert refusal(by=head, programme=programme, students=[student, neighbour], **entry()) == {
        "student": "一次记一家：选中的学生不在同一个家庭，请分开记。"
    }


def test_pupil_of_another_class_is_refused(programme, head, school):
    stranger = make_student(make_class(school, grade=2))

    assert refusal(by=head, programme=programme, students=[stranger], **entry()) == {
        "student": "这名学生不在你的名单里，选一下自己负责的学生。"
    }


def test_mentor_may_log_and_leader_may_not(programme, teacher, leader, student):
    make_mentor(student, teacher)

    assert make_visit(student, by=teacher, programme=programme).lead == teacher
    assert list(refusal(by=leader, programme=programme, students=[student], **entry())) == ["student"]


def test_colleague_of_another_school_cannot_go_along(programme, head, student):
    stranger = make_user("teacher", school=make_school())

    assert refusal(by=head, programme=programme, students=[student], **entry(others=[stranger])) == {
        "others": "同行的老师要是本校的，去掉外校的再提交。"
    }
    assert Visit.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"started_at": at("2022-09-19 18:30")}, {"day": "这是将来的时间。今天是9月18日。"}),
        ({"started_at": at("2022-09-18 20:30")}, {"start": "这是将来的时间。现在是20:00。"}),
        ({"started_at": at("2022-09-18 19:30")}, {"end": "这是将来的时间。现在是20:00，走访结束后再提交。"}),
        ({"started_at": at("2020-09-18 19:30")}, {"day": "日期太早了，看看年份对不对。"}),
        ({"minutes": -10}, {"end": "结束早于开始的18:30，改一下其中一个。"}),
        ({"ended_at": None}, {"end": "填上结束的时间。"}),
        ({"mode": "telepathy"}, {"mode": "选一下走访方式。"}),
        ({"texts": {**TEXTS, "analysis": " \n"}}, {"text_analysis": "还没有写“情况分析”。"}),
        ({"texts": {**TEXTS, "cause": "长" * 3001}}, {"text_cause": "“家访起因”最多3000字，现在3001字。"}),
        (
            {"texts": {**TEXTS, "cause": "证件31011320110101123X"}},
            {"text_cause": "“家访起因”里像是有身份证号，请删去。系统不存证件号。"},
        ),
        ({"gift_declined": None}, {"gift_declined": "勾选“没有接受宴请和礼物”。"}),
        ({"checklist": ["dinner"]}, {"checklist": "有一项聊到的内容不在本次活动里，请重新勾选。"}),
    ],
)
def test_submit_visit_says_what_to_repair(programme, head, student, fields, expected):
    assert refusal(by=head, programme=programme, students=[student], **entry(**fields)) == expected
    assert Visit.objects.count() == 0


@pytest.mark.seed("W78")
def test_school_may_ask_for_more_texts_than_the_notice(head, student, school):
    fields = [{**field, "required": field["code"] == "cause"} for field in CONFIG["record"]["fields"]]
    programme = make_programme(school.authority, code="lean", config={**CONFIG, "record": {"fields": fields}})
    SchoolForm.objects.create(programme=programme, school=school, fields={"reflection": {"required": True}})

    assert refusal(by=head, programme=programme, students=[student], **entry(texts={"cause": "开学看看。"})) == {
        "text_reflection": "还没有写“家访反思”。"
    }


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (ProgrammeState.CLOSED, "“2022年示例走万家”已经结束，不能再记家访。要补记，请区级管理员重新开放这次活动。"),
        (ProgrammeState.DRAFT, "“2022年示例走万家”还没有开始，现在不能记家访。"),
    ],
)
def test_programme_that_is_not_open_takes_no_visit(programme, head, student, state, sentence):
    programme.state = state
    programme.save()

    assert refusal(by=head, programme=programme, students=[student], **entry()) == sentence


def test_pupil_of_another_authority_is_refused(programme):
    other = make_class(make_school(make_authority("nanhu")))
    head, student = make_class_head(other), make_student(other)

    assert refusal(by=head, programme=programme, students=[student], **entry()) == {
        "student": "有一名学生不在这次活动的范围里，去掉再提交。"
    }


def test_visit_answers_changes_up_to_its_day(programme, head, student):
    before = make_change(student, by=head, occurred_on="2022-09-10")
    after = make_change(student, by=head, occurred_on="2022-09-18")
    open_register(programme)
    assert due(programme, student).priority == 1

    make_visit(student, by=head, programme=programme, day="2022-09-17")

    answered = dict(ChangeEvent.objects.values_list("pk", "answered_on"))
    assert (answered[before.pk].isoformat(), answered[after.pk]) == ("2022-09-17", None)
    assert due(programme, student).priority == 1

    make_visit(student, by=head, programme=programme, day="2022-09-18", minutes=30)
    assert due(programme, student).priority == 9
    assert check(programme) == []


def test_phone_call_answers_no_change(programme, head, student):
    change = make_change(student, by=head, occurred_on="2022-09-10")
    make_visit(student, by=head, programme=programme, mode="phone")

    change.refresh_from_db()
    assert change.answered_on is None


def test_returned_record_stays_counted_until_corrected(programme, head, leader, student):
    visit = make_visit(student, by=head, programme=programme)

    return_visit(visit, by=leader, reason="过程写得太简单")
    visit.refresh_from_db()
    assert (visit.state, visit.is_returned, visit.return_reason) == ("recorded", True, "过程写得太简单")
    assert reached(programme, student) == (1, "2022-09-17", "2022-09-17")

    texts = {**TEXTS, "process": "先看了书桌，再和外婆谈了晚上的安排。"}
    correct_visit(visit, by=head, students=[student], **entry(started_at=at("2022-09-16 19:00"), texts=texts))
    visit.refresh_from_db()
    assert (visit.state, visit.is_returned, visit.return_reason) == ("recorded", False, "")
    assert (visit.process, visit.visited_on.isoformat()) == (texts["process"], "2022-09-16")
    assert reached(programme, student) == (1, "2022-09-16", "2022-09-16")
    assert AuditEntry.objects.get(action="visit.correct").fields == ["ended_at", "process", "started_at", "visited_on"]
    assert check(programme) == []


def test_same_return_twice_is_one_and_another_is_refused(programme, head, leader, student):
    visit = make_visit(student, by=head, programme=programme)
    return_visit(visit, by=leader, reason="缺走访时间")
    return_visit(visit, by=leader, reason="缺走访时间")

    assert AuditEntry.objects.filter(action="visit.return").count() == 1
    with pytest.raises(WrongState, match="已经退回了"):
        return_visit(visit, by=leader, reason="再改改")


def test_correct_visit_needs_a_return(programme, head, student):
    visit = make_visit(student, by=head, programme=programme)

    with pytest.raises(WrongState, match="没有被退回"):
        correct_visit(visit, by=head, students=[student], **entry())


def test_correct_visit_replaces_people_and_keeps_rows_of_opinions(programme, head, leader, teacher, student):
    opinions = [
        {"category": "作业", "text": "早点发。", "answerer": "me"},
        {"category": "教学", "text": "多练口语。", "answerer": "me"},
    ]
    visit = make_visit(student, by=head, programme=programme, others=[teacher], opinions=opinions)
    first = visit.opinions.get(position=1)
    return_visit(visit, by=leader, reason="意见写清楚")

    correct_visit(
        visit, by=head, students=[student], **entry(opinions=[{**opinions[0], "text": "周末作业周五发齐。"}], others=[leader])
    )

    assert list(visit.opinions.values_list("pk", "text")) == [(first.pk, "周末作业周五发齐。")]
    assert set(visit.visitors.values_list("user", flat=True)) == {head.pk, leader.pk}


def test_correct_visit_to_another_mode_leaves_the_count(programme, head, leader, student):
    visit = make_visit(student, by=head, programme=programme)
    return_visit(visit, by=leader, reason="其实是打电话")
    correct_visit(visit, by=head, students=[student], **entry(mode="phone"))

    assert due(programme, student).visits == 0
    assert check(programme) == []


def test_void_lowers_coverage_and_opens_changes_again(programme, head, leader, student):
    change = make_change(student, by=head, occurred_on="2022-09-10")
    first = make_visit(student, by=head, programme=programme, day="2022-09-12")
    make_visit(student, by=head, programme=programme, day="2022-09-17")
    change.refresh_from_db()
    assert change.answered_on.isoformat() == "2022-09-12"

    void_visit(first, by=leader, reason="记错了学生")
    change.refresh_from_db()
    assert (change.answered_on.isoformat(), reached(programme, student)) == (
        "2022-09-17", (1, "2022-09-17", "2022-09-17"),
    )  # fmt: skip

    void_visit(Visit.objects.exclude(pk=first.pk).get(), by=leader, reason="也记错了")
    change.refresh_from_db()
    assert (change.answered_on, reached(programme, student)) == (None, (0, None, None))
    assert due(programme, student).priority == 1
    assert check(programme) == []


def test_same_void_twice_is_one_and_another_is_refused(programme, head, leader, student):
    visit = make_visit(student, by=head, programme=programme)
    void_visit(visit, by=leader, reason="重复记录")
    void_visit(visit, by=leader, reason="重复记录")

    visit.refresh_from_db()
    assert (visit.state, visit.void_reason, visit.voided_by) == ("voided", "重复记录", leader)
    assert AuditEntry.objects.filter(action="visit.void").count() == 1
    with pytest.raises(WrongState, match="已作废"):
        void_visit(visit, by=leader, reason="别的原因")
    with pytest.raises(WrongState, match="已作废"):
        return_visit(visit, by=leader, reason="改一下")


def test_void_of_a_returned_record_closes_the_return(programme, head, leader, student):
    visit = make_visit(student, by=head, programme=programme)
    return_visit(visit, by=leader, reason="改一下")
    void_visit(visit, by=leader, reason="重复记录")

    with pytest.raises(WrongState):
        correct_visit(visit, by=head, students=[student], **entry())


def test_submit_visit_takes_few_queries(programme, head, student, django_assert_max_num_queries):
    """14 statements; the rest are savepoints, because the test itself is a transaction."""
    open_register(programme)
    assert head.reach.classes
    with django_assert_max_num_queries(20):
        make_visit(student, by=head, programme=programme)
