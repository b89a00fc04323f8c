"""“怎么排的” on the page and the order of the list are the same thing: one is checked against the other."""

import re
from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from schools.tests.factories import make_user
from students.actions.assign import assign
from students.models import Household, Student
from students.tests.factories import make_change, make_mark, make_mentor, make_student
from visits.actions.appointment import cancel, decline
from visits.actions.register import open_register, recompute
from visits.enums import Priority
from visits.models import Due, Visit
from visits.queries.ranking import Member, my_list
from visits.tests.factories import at, make_plan, make_visit

TODAY = date(2022, 9, 18)

# What each sentence of the page means: families it speaks of, and which of two of them comes first.
RANKS = ["一级优先", "二级优先", "三级优先", "其余的"]
WITHIN = {
    "该回访的，约好的日子早的在前": lambda m: m.follow_up_on,
    "有新情况还没去的，情况早的在前": lambda m: m.change_on,
    "定了日子要去的，日子早的在前": lambda m: m.visit_by,
    "从没走访过的": lambda m: None if m.last_on else date.min,
    "走访过的，上次走访早的在前": lambda m: m.last_on,
    "到校早的在前": lambda m: m.arrived_on,
}


def told():
    """The page's sentences: (ranks, rules within a rank), in their order."""
    html = render_to_string("visits/_how.html")
    lists = re.findall(r'<ol[^>]*data-how="(\w+)">(.*?)</ol>', html, re.S)
    found = {
        name: [re.sub(r"<[^>]+>", "", item).strip() for item in re.findall(r"<li>(.*?)</li>", body, re.S)]
        for name, body in lists
    }
    return found["ranks"], found["within"]


def test_every_sentence_of_the_page_has_a_meaning_here():
    ranks, within = told()
    assert [sentence.split("：")[0] for sentence in ranks] == RANKS
    assert set(within) == set(WITHIN)


days = st.one_of(st.none(), st.integers(-60, 60).map(lambda n: TODAY + timedelta(days=n)))


@st.composite
def members(draw, number):
    """A family as anything may have happened to it."""
    due = Due(in_scope=True, visits=draw(st.integers(0, 1)), declined=draw(st.booleans()))
    follow_up_on = draw(days) if due.visits else None
    return Member(
        Student(pk=number, name="学生"), "五（3）班", due, draw(st.sampled_from(Priority.values)), draw(days), draw(days),
        draw(days), follow_up_on, visit_by=draw(days),
    )  # fmt: skip


def first_of(one, other):
    """Which of two comes first, by the page's words alone; None where they say nothing."""
    calls = [m.waits or m.follow_up_on is not None for m in (one, other)]
    if calls[0] != calls[1]:
        return one if calls[0] else other  # 没走到的和该回访的排在前面
    if not calls[0]:
        return None
    declined = [m.waits and m.declined for m in (one, other)]
    if declined[0] != declined[1]:
        return other if declined[0] else one  # 婉拒过上门的排在最后
    rank = [RANKS.index(RANKS[min(m.priority, 4) - 1]) for m in (one, other)]
    if rank[0] != rank[1]:
        return one if rank[0] < rank[1] else other
    for sentence in told()[1]:
        a, b = WITHIN[sentence](one), WITHIN[sentence](other)
        if a != b:
            return one if b is None or a is not None and a < b else other
    return None


@given(st.data())
def test_the_list_is_ordered_as_the_page_says(data):
    one, other = data.draw(members(1)), data.draw(members(2))
    expected = first_of(one, other)
    if expected is not None:
        assert min(one, other, key=lambda m: m.order) is expected


def listed(user, programme):
    return [(family.rank, family.names, family.reason) for family in my_list(user, programme).families]


def with_follow_up(visit, day):
    Visit.objects.filter(pk=visit.pk).update(follow_up_on=day)
    return visit


@pytest.mark.seed("S9")
def test_several_visits_and_a_follow_up_that_is_linked_to_what_it_follows(programme, head, school_class, settings):
    student = make_student(school_class, name="陆安然")
    make_student(school_class, name="唐屿")
    open_register(programme)
    make_visit(student, by=head, programme=programme, day="2022-09-01")
    asking = with_follow_up(make_visit(student, by=head, programme=programme, day="2022-09-05"), "2022-09-15")
    assert listed(head, programme) == [(1, "陆安然", "回访已过期3天"), (2, "唐屿", "本学期还没走访")]

    plan = make_plan(student, by=head, programme=programme, follows=asking)
    assert (plan.follows, plan.kind) == (asking, "follow_up")
    assert listed(head, programme) == [(0, "陆安然", "约好9月20日18:30"), (1, "唐屿", "本学期还没走访")]
    cancel(plan, by=head, cancelled_by="family")
    assert listed(head, programme)[0] == (1, "陆安然", "回访已过期3天")

    settings.HOMEVISIT_CLOCK = "2022-09-20T21:00+08:00"
    make_visit(student, by=head, programme=programme, day="2022-09-20")
    assert listed(head, programme) == [(1, "唐屿", "本学期还没走访"), (0, "陆安然", "9月20日走访过，共3次")]


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2022-09-15", "回访已过期3天"), ("2022-09-18", "约好今天回访"), ("2022-09-21", "约好9月21日前回访"),
        ("2022-09-22", "9月5日走访过"),
    ],
)  # fmt: skip
def test_follow_up_is_due_three_days_ahead(programme, head, student, day, reason):
    open_register(programme)
    with_follow_up(make_visit(student, by=head, programme=programme, day="2022-09-05"), day)
    assert listed(head, programme)[0][2] == reason


def test_follow_up_asked_for_in_a_record_one_may_not_read_is_not_told(programme, head, school, school_class):
    visitor, other = (make_user("teacher", school=school) for _ in range(2))
    student = make_student(school_class)
    open_register(programme)
    assign(programme, [student], visitor, by=head)
    with_follow_up(make_visit(student, by=visitor, programme=programme, day="2022-09-05"), "2022-09-15")
    assign(programme, [student], other, by=head, role="other")
    assert listed(other, programme)[0][2] == "9月5日走访过"
    assert listed(head, programme)[0][2] == "回访已过期3天"


@pytest.mark.seed("S18", "W52")
def test_dated_change_raises_the_family_until_a_visit_answers_it(programme, head, school_class):
    make_mark(make_student(school_class, name="徐星野"), by=head)
    changed = make_student(school_class, name="蒋若溪")
    open_register(programme)
    assert [line[1] for line in listed(head, programme)] == ["徐星野", "蒋若溪"]

    make_change(changed, by=head, kind="family", occurred_on=date(2022, 9, 1))
    recompute([(programme.pk, changed.pk)])
    assert listed(head, programme) == [
        (1, "蒋若溪", "9月1日有了新情况，还没去过，已等17天"), (2, "徐星野", "本学期还没走访"),
    ]  # fmt: skip

    make_visit(changed, by=head, programme=programme, day="2022-09-17")
    assert listed(head, programme) == [(1, "徐星野", "本学期还没走访"), (0, "蒋若溪", "9月17日走访过")]


def test_family_the_class_head_gave_to_somebody_else_leaves_the_list(programme, head, teacher, school_class):
    mine, theirs = (make_student(school_class, name=name) for name in ("唐屿", "沈一诺"))
    open_register(programme)
    assign(programme, [theirs], teacher, by=head, visit_by=date(2022, 9, 27))

    found = my_list(head, programme)
    assert [family.names for family in found.next] == [mine.name]
    assert [(f.names, f.reason) for f in found.elsewhere] == [("沈一诺", f"{teacher.name}老师去，本学期还没走访")]
    assert len(found.open) == 2  # still to be reached: the figures don't ask by whom
    assert listed(teacher, programme) == [(1, "沈一诺", "9月27日前去，本学期还没走访")]


def test_day_that_passed_is_said_so(programme, head, teacher, student):
    open_register(programme)
    assign(programme, [student], teacher, by=head, visit_by=date(2022, 9, 15))
    [family] = my_list(teacher, programme).families
    assert (family.reason, family.is_late) == ("原定9月15日前去，本学期还没走访", True)


def test_appointment_takes_the_family_out_of_the_ranking_for_everybody(programme, head, teacher, student):
    open_register(programme)
    make_mentor(student, teacher)
    make_plan(student, by=teacher, programme=programme, planned_at=at("2022-09-19 19:00"))
    assert listed(head, programme) == [(0, student.name, f"{teacher.name}老师约了9月19日19:00")]
    found = my_list(teacher, programme)
    assert (found.next, [f.reason for f in found.planned], found.open) == ([], ["约好9月19日19:00"], [])


def test_forgotten_appointment_gives_the_family_back(programme, head, student, settings):
    open_register(programme)
    make_plan(student, by=head, programme=programme)
    settings.HOMEVISIT_CLOCK = "2022-09-23T20:00+08:00"
    assert my_list(head, programme).next == []
    settings.HOMEVISIT_CLOCK = "2022-09-24T08:00+08:00"
    assert [family.student for family in my_list(head, programme).next] == [student]


def test_reached_planned_and_open_are_the_number_due(programme, head, school_class):
    students = [make_student(school_class) for _ in range(5)]
    open_register(programme)
    make_visit(students[0], by=head, programme=programme)
    make_plan(students[1], by=head, programme=programme)
    decline(make_plan(students[2], by=head, programme=programme), by=head)
    found = my_list(head, programme)
    done = [family for family in found.due if not family.waits]
    assert (len(done), len(found.planned), len(found.open), len(found.due)) == (1, 1, 3, 5)


def test_siblings_are_planned_as_one_family(programme, head, school_class):
    home = Household.objects.create()
    one, two = (make_student(school_class, name=name, household=home) for name in ("许嘉树", "许嘉禾"))
    open_register(programme)
    make_plan(one, two, by=head, programme=programme)
    assert [family.names for family in my_list(head, programme).planned] == ["许嘉树、许嘉禾"]
