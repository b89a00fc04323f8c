"""Appointments: planned, moved, kept or not; the family that declines; the colleague who says "I was there"."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from core.models import AuditEntry
from core.states import WrongState
from core.tests.at_once import at_once
from programmes.enums import ProgrammeState
from programmes.tests.factories import make_programme
from schools.tests.factories import make_class, make_class_head, make_school, make_user
from students.actions.assign import assign
from students.models import Assignment, Household, Student
from students.tests.factories import make_mentor, make_student
from visits.actions.appointment import (
    AlreadyPlanned,
    arrive,
    cancel,
    confirm_presence,
    confirm_with_family,
    decline,
    not_home,
    plan_visit,
    reopen,
    reschedule,
)
from visits.actions.register import check, open_register
from visits.enums import VISIT_MOVES, VisitState
from visits.models import Due, Visit, VisitVisitor
from visits.tests.factories import at, make_plan, make_visit
from visits.tests.rows import add_visit


@pytest.fixture
def planned(programme, head, student):
    open_register(programme)
    return make_plan(student, by=head, programme=programme)


def refusal(*students, **arguments):
    with pytest.raises(ValidationError) as caught:
        make_plan(*students, **arguments)
    return "".join(caught.value.messages)


def test_plan_visit_writes_appointment_that_counts_nothing(programme, head, student, teacher, school):
    open_register(programme)
    visit = make_plan(
        student, by=head, programme=programme, others=[teacher], channel="phone", confirmed_with="mother",
        preparation=" 先夸他帮同学。 ",
    )  # fmt: skip

    visit.refresh_from_db()
    assert (visit.state, visit.school, visit.lead, visit.planned_by, visit.planned_at) == (
        "planned", school, head, head, at("2022-09-20 18:30"),
    )  # fmt: skip
    assert (visit.plan_channel, visit.confirmed_with, visit.confirmed_at, visit.preparation) == (
        "phone", "mother", at("2022-09-18 20:00"), "先夸他帮同学。",
    )  # fmt: skip
    assert list(visit.visit_students.values_list("student", "counted", "visited_on")) == [(student.pk, False, None)]
    assert set(visit.visitors.values_list("user", "role")) == {(head.pk, "lead"), (teacher.pk, "other")}
    assert check(programme) == []
    assert Due.objects.get(student=student).visits == 0


def test_plan_visit_twice_is_one_appointment(programme, head, student):
    number = uuid.uuid4()
    first, created = plan_visit(
        by=head, programme=programme, client_uuid=number, students=[student], planned_at=at("2022-09-20 18:30"),
        mode="in_person",
    )  # fmt: skip
    again, created_again = plan_visit(
        by=head, programme=programme, client_uuid=number, students=[student], planned_at=at("2022-09-21 18:30"),
        mode="in_person",
    )  # fmt: skip

    assert (again, created, created_again, Visit.objects.count()) == (first, True, False, 1)
    assert AuditEntry.objects.filter(action="visit.plan").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_form", [True, False])
def test_planned_by_four_tabs_at_once_is_one_appointment(clock, same_form):
    programme, school_class = make_programme(), make_class()
    head, student = make_class_head(school_class), make_student(school_class)
    number = uuid.uuid4()

    def plan():
        plan_visit(
            by=head, programme=programme, client_uuid=number if same_form else uuid.uuid4(), students=[student],
            planned_at=at("2022-09-20 18:30"), mode="in_person",
        )  # fmt: skip

    results = at_once(*[plan] * 4, refusals=AlreadyPlanned)

    assert Visit.objects.count() == 1
    assert sum(isinstance(result, AlreadyPlanned) for result in results) == (0 if same_form else 3)


def test_client_uuid_of_another_author_is_unknown(programme, head, student, planned):
    with pytest.raises(Visit.DoesNotExist):
        make_plan(student, by=make_user(), programme=programme, client_uuid=planned.client_uuid)


def test_second_appointment_with_same_family_names_the_first(programme, head, student, planned):
    with pytest.raises(AlreadyPlanned) as caught:
        make_plan(student, by=head, programme=programme, planned_at=at("2022-09-25 10:00"))

    assert caught.value.visit == planned
    assert caught.value.messages == ["已经约了9月20日18:30，要换时间请改期。"]


def test_another_teacher_may_plan_too(programme, planned, student, teacher):
    make_mentor(student, teacher)
    make_plan(student, by=teacher, programme=programme)
    assert Visit.objects.filter(state="planned").count() == 2


def test_refused_appointments_say_what_to_repair(programme, head, student, school_class):
    stranger = make_student(make_class(make_school(), number=9))
    elsewhere = make_user()
    assert refusal(student, by=head, programme=programme, planned_at=at("2022-09-18 19:59")) == (
        "这个时间已经过了，选一个以后的时间。"
    )
    assert refusal(student, by=head, programme=programme, planned_at=at("2032-09-20 18:30")) == (
        "约得太远了，看看年份对不对。"
    )
    assert refusal(student, by=head, programme=programme, mode="letter") == "选一下怎么见面。"
    assert refusal(student, by=head, programme=programme, others=[elsewhere]) == "同行的老师要是本校的，去掉外校的再提交。"
    assert refusal(stranger, by=head, programme=programme) == "这名学生不在你的名单里，选一下自己负责的学生。"
    assert refusal(student, make_student(school_class), by=head, programme=programme) == (
        "一次记一家：选中的学生不在同一个家庭，请分开记。"
    )
    programme.state = ProgrammeState.CLOSED
    assert "已经结束" in refusal(student, by=head, programme=programme)
    assert Visit.objects.count() == 0


def test_place_is_kept_only_where_it_is_no_home(programme, head, student):
    at_home = make_plan(student, by=head, programme=programme, place="晨曦路3号")
    moved = reschedule(at_home, by=head, planned_at=at_home.planned_at, mode="nearby", place="居委会活动室")
    assert (at_home.plan_place, moved.plan_place) == ("", "居委会活动室")


def test_follow_up_is_linked_to_the_visit_it_follows(programme, head, student, school_class):
    first = make_visit(student, by=head, programme=programme, day="2022-09-10")
    follow = make_plan(student, by=head, programme=programme, follows=first)
    assert (follow.follows, follow.kind) == (first, "follow_up")

    other = make_student(school_class)
    assert refusal(other, by=head, programme=programme, follows=first) == "要接着的那次家访不是这家的，或者已经作废。"


def test_colleague_sees_family_while_the_appointment_stands(programme, head, student, teacher):
    visit = make_plan(student, by=head, programme=programme, others=[teacher])
    assert Student.objects.visible_to(as_next_time(teacher)).filter(pk=student.pk).exists()
    assert list(Assignment.objects.values_list("visitor", "role", "source")) == [(teacher.pk, "other", "appointment")]

    cancel(visit, by=head, cancelled_by="family")
    assert not Student.objects.visible_to(as_next_time(teacher)).filter(pk=student.pk).exists()

    reopen(visit, by=head)
    assert Student.objects.visible_to(as_next_time(teacher)).filter(pk=student.pk).exists()


def test_colleague_left_out_loses_sight_unless_the_class_head_assigned(programme, head, student, teacher, school):
    other = make_user("teacher", school=school)
    assign(programme, [student], other, by=head)
    visit = make_plan(student, by=head, programme=programme, others=[teacher, other])
    reschedule(visit, by=head, planned_at=visit.planned_at, others=[])

    assert list(visit.visitors.values_list("user", flat=True)) == [head.pk]
    assert list(Assignment.objects.current().values_list("visitor", flat=True)) == [other.pk]


def test_reschedule_counts_and_asks_the_family_again(programme, head, planned):
    confirm_with_family(planned, by=head, confirmed_with="mother")
    moved = reschedule(planned, by=head, planned_at=at("2022-09-21 19:00"))
    again = reschedule(planned, by=head, planned_at=at("2022-09-21 19:00"))

    assert (moved.rescheduled, again.rescheduled, again.planned_at, again.confirmed_at) == (
        1, 1, at("2022-09-21 19:00"), None,
    )  # fmt: skip
    line = AuditEntry.objects.get(action="visit.reschedule")
    assert (line.facts["before"], line.facts["at"]) == ("2022-09-20T18:30+08:00", "2022-09-21T19:00+08:00")


def test_reschedule_into_the_past_or_after_the_notice_is_refused(programme, head, planned):
    with pytest.raises(ValidationError, match="已经过了"):
        reschedule(planned, by=head, planned_at=at("2022-09-17 18:30"))
    programme.state = ProgrammeState.CLOSED
    programme.save()
    with pytest.raises(WrongState, match="已经结束"):
        reschedule(planned, by=head, planned_at=at("2022-09-21 18:30"))


def test_other_way_at_the_same_time_keeps_the_familys_word(programme, head, planned):
    confirm_with_family(planned, by=head, confirmed_with="father")
    other = reschedule(planned, by=head, planned_at=planned.planned_at, mode="at_school", place="校门口接待室")
    assert (other.rescheduled, other.mode, other.confirmed_with) == (0, "at_school", "father")
    assert other.visit_students.get().mode == "at_school"


def test_cancel_keeps_who_cancelled(programme, head, planned):
    cancelled = cancel(planned, by=head, cancelled_by="family", note="临时加班")
    assert (cancelled.state, cancelled.cancelled_by, cancelled.close_note) == ("cancelled", "family", "临时加班")
    assert AuditEntry.objects.get(action="visit.cancel").facts == {"cancelled_by": "family"}
    with pytest.raises(WrongState):
        cancel(planned, by=head, cancelled_by="teacher")


def test_declined_family_stays_due_in_its_own_column(programme, head, student, planned):
    declined = decline(planned, by=head, offer="")
    row = Due.objects.get(student=student)
    assert (declined.state, row.in_scope, row.declined, row.visits) == ("declined", True, True, 0)
    assert check(programme) == []


def test_decline_offer_is_one_of_the_programme(programme, head, student):
    programme.config["visit"]["decline_offers"] = ["at_school"]
    programme.save()
    open_register(programme)
    visit = make_plan(student, by=head, programme=programme)
    with pytest.raises(ValidationError, match="没有这个选项"):
        decline(visit, by=head, offer="nearby")
    assert decline(visit, by=head, offer="at_school").decline_offer == "at_school"


def test_decline_leaves_reached_and_exempt_pupils_alone(programme, head, student, school_class):
    home = Household.objects.create()
    student.household = home
    student.save()
    sibling = make_student(school_class, household=home)
    open_register(programme)
    make_visit(sibling, by=head, programme=programme)
    decline(make_plan(student, sibling, by=head, programme=programme), by=head)
    assert set(Due.objects.values_list("student", "declined")) == {(student.pk, True), (sibling.pk, False)}


def test_reopened_decline_gives_back_only_its_own_mark(programme, head, student, planned):
    decline(planned, by=head)
    reopen(planned, by=head)
    assert Due.objects.get(student=student).declined is False

    Due.objects.filter(student=student).update(declined=True)  # the class head knew before
    open_register(programme)
    decline(planned, by=head)
    reopen(planned, by=head)
    assert Due.objects.get(student=student).declined is True


def test_declined_family_that_is_visited_later_counts_as_any(programme, head, student, planned):
    decline(planned, by=head)
    make_visit(student, by=head, programme=programme)
    row = Due.objects.get(student=student)
    assert (row.visits, row.declined) == (1, True)
    assert check(programme) == []


def test_arrive_starts_the_visit_now(programme, head, planned, settings):
    settings.HOMEVISIT_CLOCK = "2022-09-20T18:34+08:00"
    assert arrive(planned, by=head).started_at == at("2022-09-20 18:34")
    settings.HOMEVISIT_CLOCK = "2022-09-20T18:40+08:00"
    assert arrive(planned, by=head).started_at == at("2022-09-20 18:34")


def test_reopen_only_on_the_same_day(programme, head, planned, settings):
    not_home(planned, by=head)
    settings.HOMEVISIT_CLOCK = "2022-09-19T00:01+08:00"
    with pytest.raises(WrongState, match="只能撤回当天的"):
        reopen(planned, by=head)


def test_reopen_beside_a_newer_appointment_is_refused(programme, head, student, planned):
    cancel(planned, by=head, cancelled_by="teacher")
    make_plan(student, by=head, programme=programme)
    with pytest.raises(WrongState, match="已经另约了时间"):
        reopen(planned, by=head)


# ── state × verb ──

VERBS = {
    "reschedule": lambda visit, by: reschedule(visit, by=by, planned_at=at("2022-09-22 18:30")),
    "confirm": lambda visit, by: confirm_with_family(visit, by=by, confirmed_with="mother"),
    "arrive": lambda visit, by: arrive(visit, by=by),
    "not_home": lambda visit, by: not_home(visit, by=by),
    "cancel": lambda visit, by: cancel(visit, by=by, cancelled_by="family"),
    "decline": lambda visit, by: decline(visit, by=by),
    "reopen": lambda visit, by: reopen(visit, by=by),
}
REACHED = {"arrive": "done", "not_home": "no_one_home", "cancel": "cancelled", "decline": "declined", "reopen": "planned"}


def in_state(state, programme, head, student):
    visit = make_plan(student, by=head, programme=programme)
    fields = {"state": state}
    if state == VisitState.DONE:
        fields |= {"started_at": at("2022-09-18 18:00")}
    elif state in (VisitState.RECORDED, VisitState.LOCKED):
        moment = at("2022-09-18 18:00")
        fields |= {"started_at": moment, "visited_on": moment.date(), "recorded_at": moment, "locked_at": moment}
    elif state == VisitState.CANCELLED:
        fields |= {"cancelled_by": "family", "closed_at": at("2022-09-18 18:00")}
    elif state == VisitState.VOIDED:
        fields |= {"void_reason": "记错了", "voided_at": at("2022-09-18 18:00")}
    elif state in (VisitState.DECLINED, VisitState.NO_ONE_HOME):
        fields |= {"closed_at": at("2022-09-18 18:00")}
    Visit.objects.filter(pk=visit.pk).update(**fields)
    visit.refresh_from_db()
    return visit


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("state", VisitState.values)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_from_every_state(programme, head, student, verb, state):
    open_register(programme)
    visit = in_state(state, programme, head, student)
    if state == VisitState.DECLINED and verb == "reopen":
        AuditEntry.objects.create(
            at=visit.closed_at, action="visit.decline", object_type="visits.visit", object_id=str(visit.pk),
            facts={"declined": []}, actor_id=head.pk,
        )  # fmt: skip
    before = Visit.objects.filter(pk=visit.pk).values().get()
    lines = AuditEntry.objects.count()
    sources, target = VISIT_MOVES[verb]
    if state in sources:
        VERBS[verb](visit, head)
        visit.refresh_from_db()
        assert (visit.state, AuditEntry.objects.count() > lines) == (target, True)
        lines = AuditEntry.objects.count()
        VERBS[verb](visit, head)  # the same act twice changes nothing twice
        assert AuditEntry.objects.count() == lines
    elif REACHED.get(verb) == state:
        VERBS[verb](visit, head)
        assert Visit.objects.filter(pk=visit.pk).values().get() == before
        assert AuditEntry.objects.count() == lines
    else:
        with pytest.raises(WrongState):
            VERBS[verb](visit, head)
        assert Visit.objects.filter(pk=visit.pk).values().get() == before
        assert AuditEntry.objects.count() == lines


def test_every_verb_of_an_appointment_is_in_the_table():
    from_planned = {verb for verb, (sources, _) in VISIT_MOVES.items() if sources == {VisitState.PLANNED}}
    assert from_planned | {"reopen"} == VERBS.keys()


# ── The second visitor ──


@pytest.fixture
def joined(programme, head, student, teacher):
    return make_visit(student, by=head, programme=programme, others=[teacher])


def mine(visit, user):
    return visit.visitors.get(user=user)


def test_second_visitor_says_he_was_there(joined, teacher):
    confirm_presence(mine(joined, teacher), by=teacher, went=True)
    confirm_presence(mine(joined, teacher), by=teacher, went=True)
    row = mine(joined, teacher)
    assert (row.confirmed_at is not None, row.denied_at) == (True, None)
    assert list(AuditEntry.objects.filter(action="visit.presence").values_list("facts", flat=True)) == [{"went": True}]

    confirm_presence(row, by=teacher, went=False)
    row = mine(joined, teacher)
    assert (row.confirmed_at, row.denied_at is not None) == (None, True)


def test_only_the_visitor_himself_says_so(joined, teacher, head):
    for row, by in ((mine(joined, teacher), head), (mine(joined, head), head)):
        with pytest.raises(VisitVisitor.DoesNotExist):
            confirm_presence(row, by=by, went=True)


@pytest.mark.parametrize("state", VisitState.values)
def test_presence_can_be_said_between_visit_and_lock(programme, head, student, teacher, state):
    visit = in_state(state, programme, head, student)
    row = VisitVisitor.objects.create(visit=visit, user=teacher, role="other")
    if state in ("done", "recorded"):
        confirm_presence(row, by=teacher, went=True)
        assert mine(visit, teacher).confirmed_at
    else:
        with pytest.raises(WrongState):
            confirm_presence(row, by=teacher, went=True)


def as_next_time(user):
    """The same person at the next request."""
    return type(user).objects.get(pk=user.pk)


def test_a_recorded_visit_is_no_appointment_in_the_way(programme, head, student):
    add_visit(programme, [student], on=at("2022-09-10 18:00").date(), lead=head)
    visit = make_plan(student, by=head, programme=programme)
    assert visit.planned_at - at("2022-09-20 18:30") == timedelta(0)
