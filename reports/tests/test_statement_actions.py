"""Count, show, agree or object, answer, final: who may, in which state, and what is kept."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from core.models import AuditEntry
from core.states import WrongState
from programmes.tests.upward import make_upward
from reports.actions.statement import (
    agree_statement,
    answer_objection,
    count_statements,
    finish_statement,
    finish_statements,
    object_to_statement,
    recount_statement,
    revise_statement,
    show_statement,
    show_statements,
)
from reports.enums import StatementState
from reports.models import Statement
from schools.enums import Role
from schools.models import Decision, Message
from schools.tests.factories import (
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.tests.rows import add_visit

pytestmark = pytest.mark.django_db
S = StatementState


@pytest.fixture
def programme(settings):
    settings.HOMEVISIT_CLOCK = "2022-10-10T09:00+08:00"
    return make_upward()


@pytest.fixture
def school(programme):
    return make_school(programme.authority)


@pytest.fixture
def head(school):
    return make_class_head(make_class(school), name="陈晓")


@pytest.fixture
def statement(programme, school, head, leader):
    open_register(programme)
    count_statements(programme, school, by=leader)
    return Statement.objects.get(teacher=head)


def in_state(statement, state, leader, head):
    """Walked there."""
    if state != S.COUNTED:
        show_statement(statement, by=leader)
    if state == S.OBJECTED:
        object_to_statement(statement, by=head, words="少了一次")
    if state == S.FINAL:
        agree_statement(statement, by=head)
        finish_statement(statement, by=leader)
    statement.refresh_from_db()
    return statement


def verbs(statement):
    rows = Decision.objects.filter(about_type="reports.statement", about_id=statement.pk)
    return list(rows.order_by("id").values_list("verb", flat=True))


@pytest.mark.seed("S49", "W87")
def test_one_statement_for_everybody_who_visits_once_however_often_counted(programme, school, head, leader):
    other = make_user(Role.TEACHER, school=school)
    assert count_statements(programme, school, by=leader).done == 2
    add_visit(programme, [make_student(head.posts.get().school_class)], on=date(2022, 9, 10), lead=head)

    outcome = count_statements(programme, school, by=leader)

    assert (outcome.done, outcome.left) == (2, 0)
    assert set(Statement.objects.values_list("teacher", "state")) == {(head.pk, S.COUNTED), (other.pk, S.COUNTED)}
    assert Statement.objects.get(teacher=head).facts[0] == {
        "code": "participation", "label": "参加走访", "value": "是", "of": None, "unit": "",
    }  # fmt: skip
    assert AuditEntry.objects.filter(action="statement.count").count() == 4


def test_counting_again_leaves_alone_what_teachers_have_seen(programme, school, head, leader, statement):
    show_statement(statement, by=leader)
    add_visit(programme, [make_student(head.posts.get().school_class)], on=date(2022, 9, 10), lead=head)

    outcome = count_statements(programme, school, by=leader)

    assert (outcome.done, outcome.left) == (0, 1)
    assert Statement.objects.get().facts[0]["value"] == "否"


@pytest.mark.seed("S50", "W91")
def test_objection_answer_with_a_new_count_agreement_final(programme, school, head, leader, statement, settings):
    assert show_statements(programme, school, by=leader) == 1
    assert Message.objects.get(user=head).text == "你的走访情况表算好了，看一看对不对。有不对的，10月17日前提出来。"
    student = make_student(head.posts.get().school_class)
    add_visit(programme, [student], on=date(2022, 9, 10), lead=head)
    object_to_statement(statement, by=head, words="9月10日去过一家，没有算上。")
    assert Message.objects.get(user=leader).text == "陈晓老师对走访情况表有异议，看一看再答复。"
    with pytest.raises(WrongState):
        finish_statement(statement, by=leader)

    settings.HOMEVISIT_CLOCK = "2022-10-20T09:00+08:00"
    answer_objection(statement, by=leader, words="查到了，已经算上。", recount=True)
    statement.refresh_from_db()
    assert (statement.state, statement.facts[1]["value"]) == (S.SHOWN, 1)
    with pytest.raises(WrongState, match="还没有确认.*10月27日过后"):  # shown anew: all the days again
        finish_statement(statement, by=leader)

    agree_statement(statement, by=head)
    finish_statement(statement, by=leader)
    statement.refresh_from_db()
    assert (statement.state, statement.final_by, statement.objection) == (S.FINAL, leader, "9月10日去过一家，没有算上。")
    assert verbs(statement) == ["show", "object", "answer", "agree", "finish"]
    assert Decision.objects.get(verb="object").reason == "9月10日去过一家，没有算上。"


@pytest.mark.seed("S50")
def test_not_final_before_agreement_or_the_last_day(statement, leader, settings):
    show_statement(statement, by=leader)
    for moment in ("2022-10-10T09:00+08:00", "2022-10-17T23:59+08:00"):
        settings.HOMEVISIT_CLOCK = moment
        with pytest.raises(WrongState, match="陈晓老师还没有确认。本人确认后，或者10月17日过后，就能定稿。"):
            finish_statement(statement, by=leader)
    settings.HOMEVISIT_CLOCK = "2022-10-18T00:00+08:00"

    assert finish_statement(statement, by=leader).state == S.FINAL


def test_finishing_all_leaves_those_who_may_still_object(programme, school, head, leader, statement):
    other = make_user(Role.TEACHER, school=school)
    count_statements(programme, school, by=leader)
    show_statements(programme, school, by=leader)
    agree_statement(Statement.objects.get(teacher=other), by=other)

    outcome = finish_statements(programme, school, by=leader)

    assert (outcome.done, outcome.left) == (1, 1)
    assert Statement.objects.get(teacher=head).state == S.SHOWN


@pytest.mark.parametrize("teachers", (1, 3))
def test_a_whole_school_costs_the_same_for_any_number(
    programme, school, leader, statement, teachers, settings, django_assert_num_queries
):
    """Rights, rows, their programme and teachers, then one statement each for states, log, decisions and notices."""
    for _ in range(teachers - 1):
        make_user(Role.TEACHER, school=school)
    count_statements(programme, school, by=leader)
    leader.reach  # noqa: B018 (known to any signed-in page)
    with django_assert_num_queries(9):
        assert show_statements(programme, school, by=leader) == teachers
    settings.HOMEVISIT_CLOCK = "2022-10-28T09:00+08:00"
    with django_assert_num_queries(9):
        assert finish_statements(programme, school, by=leader).done == teachers
    assert show_statements(programme, school, by=leader) == finish_statements(programme, school, by=leader).done == 0
    assert Decision.objects.filter(verb="finish").count() == Message.objects.filter(text__contains="定稿").count() == teachers


def test_all_at_once_writes_what_one_by_one_writes(programme, school, head, leader, statement, settings):
    other = make_user(Role.TEACHER, school=school)
    count_statements(programme, school, by=leader)
    mine, its = Statement.objects.get(teacher=head), Statement.objects.get(teacher=other)
    show_statement(mine, by=leader)
    show_statements(programme, school, by=leader)
    settings.HOMEVISIT_CLOCK = "2022-10-28T09:00+08:00"
    finish_statement(mine, by=leader)
    finish_statements(programme, school, by=leader)

    def written(row):
        of_row = {"about_type": "reports.statement", "about_id": row.pk}
        log = AuditEntry.objects.filter(object_type="reports.statement", object_id=str(row.pk))
        log = log.exclude(action="statement.count").order_by("pk")
        messages = Message.objects.filter(**of_row, user=row.teacher).order_by("pk")
        assert {message.url for message in messages} == {f"/reports/statements/{row.pk}/"}
        shown = ["state", "shown_at", "agreed_at", "final_at", "final_by"]
        decided = ["verb", "was", "became", "level", "reason", "by", "at", "before", "authority", "school", "undone_at"]
        return (
            [getattr(row, name) for name in shown],
            list(Decision.objects.filter(**of_row).order_by("pk").values_list(*decided)),
            list(log.values_list("action", "fields", "facts", "authority_id", "school_id", "actor_id", "at", "result")),
            list(messages.values_list("text", "created_at", "leaves_at")),
        )

    mine.refresh_from_db()
    its.refresh_from_db()
    assert written(its) == written(mine)
    assert len(written(its)[-1]) == 2


@pytest.mark.seed("S50")
def test_a_recount_keeps_the_objection_in_the_history(statement, head, leader):
    show_statement(statement, by=leader)
    object_to_statement(statement, by=head, words="少了一次")
    recount_statement(statement, by=leader)
    statement.refresh_from_db()

    assert (statement.state, statement.objection, statement.agreed_at) == (S.COUNTED, "少了一次", None)
    assert verbs(statement) == ["show", "object", "recount"]


def test_a_final_one_opens_again_with_a_reason(statement, head, leader):
    in_state(statement, S.FINAL, leader, head)
    with pytest.raises(ValidationError):
        revise_statement(statement, by=leader, reason=" ")

    revise_statement(statement, by=leader, reason="补记了一次走访")

    statement.refresh_from_db()
    assert (statement.state, statement.final_at, statement.final_by) == (S.COUNTED, None, None)
    assert AuditEntry.objects.get(action="statement.revise").facts["reason"] == "补记了一次走访"


def test_the_same_twice_is_once(statement, head, leader):
    for _ in range(2):
        show_statement(statement, by=leader)
    for _ in range(2):
        object_to_statement(statement, by=head, words="少了一次")
    for _ in range(2):
        answer_objection(statement, by=leader, words="查过了")
    for _ in range(2):
        agree_statement(statement, by=head)
    for _ in range(2):
        finish_statement(statement, by=leader)
    assert verbs(statement) == ["show", "object", "answer", "agree", "finish"]


def test_words_are_needed(statement, head, leader):
    show_statement(statement, by=leader)
    with pytest.raises(ValidationError):
        object_to_statement(statement, by=head, words=" ")
    object_to_statement(statement, by=head, words="少了一次")
    with pytest.raises(ValidationError):
        answer_objection(statement, by=leader, words="")


def test_nobody_answers_the_own_objection(programme, school, leader):
    add_visit(programme, [make_student(make_class(school))], on=date(2022, 9, 10), lead=leader)
    count_statements(programme, school, by=leader)
    own = Statement.objects.get(teacher=leader)
    show_statement(own, by=leader)
    object_to_statement(own, by=leader, words="少了一次")

    with pytest.raises(WrongState, match="另一位学校负责人"):
        answer_objection(own, by=leader, words="查过了")
    assert answer_objection(own, by=make_leader(school), words="查过了").state == S.SHOWN


@pytest.mark.seed("S51", "W92")
def test_a_rule_that_weighs_paperwork_is_refused(programme, school, leader):
    programme.config = {**programme.config, "assessment": {"paperwork_weight": 0.1}}
    programme.save()
    with pytest.raises(WrongState, match="留痕不计入考核"):
        count_statements(programme, school, by=leader)


# verb → (call, who, states it starts from)
VERBS = {
    "show": (lambda row, by: show_statement(row, by=by), "leader", {S.COUNTED}),
    "recount": (lambda row, by: recount_statement(row, by=by), "leader", {S.COUNTED, S.SHOWN, S.OBJECTED}),
    "answer": (lambda row, by: answer_objection(row, by=by, words="查过了"), "leader", {S.OBJECTED}),
    "revise": (lambda row, by: revise_statement(row, by=by, reason="补记"), "leader", {S.FINAL}),
    "agree": (lambda row, by: agree_statement(row, by=by), "teacher", {S.SHOWN}),
    "object": (lambda row, by: object_to_statement(row, by=by, words="不对"), "teacher", {S.SHOWN}),
    "finish": (lambda row, by: finish_statement(row, by=by), "leader", set()),  # not before agreement
}
TWICE_IS_ONCE = {("show", S.SHOWN), ("finish", S.FINAL)}


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", S.values)
def test_each_verb_in_each_state(statement, leader, head, verb, state):
    call, who, sources = VERBS[verb]
    in_state(statement, state, leader, head)
    person = leader if who == "leader" else head
    if state in sources or (verb, state) in TWICE_IS_ONCE:
        call(statement, person)
    else:
        with pytest.raises(WrongState):
            call(statement, person)


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("role", ["teacher", "class_head", "school_admin", "reviewer", "district_admin", "other_leader"])
@pytest.mark.parametrize("verb", VERBS)
def test_only_the_leader_of_the_school_runs_and_only_the_teacher_speaks(programme, school, statement, verb, role):
    stranger = {
        "teacher": lambda: make_user(Role.TEACHER, school=school),
        "class_head": lambda: make_class_head(make_class(school, number=9)),
        "school_admin": lambda: make_user(Role.SCHOOL_ADMIN, school=school),
        "reviewer": lambda: make_user(Role.REVIEWER, authority=programme.authority),
        "district_admin": lambda: make_officer(programme.authority),
        "other_leader": lambda: make_leader(make_school(programme.authority)),
    }[role]()
    with pytest.raises(PermissionDenied):
        VERBS[verb][0](statement, stranger)


def test_the_bulk_verbs_are_of_the_own_school(programme, school, head):
    for person in (head, make_leader(make_school(programme.authority)), make_officer(programme.authority)):
        for action in (count_statements, show_statements, finish_statements):
            with pytest.raises(PermissionDenied):
                action(programme, school, by=person)
