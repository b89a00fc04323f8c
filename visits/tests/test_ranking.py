from datetime import date

import pytest

from programmes.models import ProgrammeCategory
from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_school, make_user
from students.models import Household
from students.tests.factories import make_change, make_mark, make_mentor, make_student
from visits.actions.due import set_declined
from visits.actions.register import open_register
from visits.queries.pace import pace
from visits.queries.ranking import last_time, my_list
from visits.tests.factories import make_visit


def lines(mine):
    """(rank, names, mark, reason) of every family."""
    return [(family.rank, family.names, family.priority, family.reason) for family in mine.families]


def listed(user, programme, **options):
    open_register(programme)
    return lines(my_list(user, programme, **options))


@pytest.mark.seed("S16", "S17", "S20", "W26")
def test_priority_families_come_first_with_facts_and_no_category(programme, head, school_class):
    make_student(school_class, name="唐屿", class_serial="1")
    poor = make_student(school_class, name="徐星野", class_serial="2")
    both = make_student(school_class, name="陆安然", class_serial="3")
    make_student(school_class, name="许嘉树", class_serial="4", starts_on=date(2022, 8, 31))
    changed = make_student(school_class, name="蒋若溪", class_serial="5")
    urgent = make_student(school_class, name="韩知夏", class_serial="6")
    make_mark(poor, "HARDSHIP", by=head)
    make_mark(both, "HARDSHIP", by=head)
    make_mark(both, "STUDY", by=head)
    make_mark(urgent, "STUDY", by=head, level=1)
    make_change(changed, by=head, occurred_on=date(2022, 9, 1))

    assert listed(head, programme) == [
        (1, "蒋若溪", 1, "9月1日有了新情况，还没去过，已等17天"),
        (2, "韩知夏", 1, "本学期还没走访"),
        (3, "徐星野", 2, "本学期还没走访"),
        (4, "陆安然", 2, "本学期还没走访"),
        (5, "许嘉树", 3, "8月31日转入，还没走访过"),
        (6, "唐屿", 0, "本学期还没走访"),
    ]


def test_unconfirmed_suggestion_moves_nobody(programme, head, school_class):
    student = make_student(school_class, name="唐屿")
    make_mark(student, by=None)

    assert listed(head, programme) == [(1, "唐屿", 0, "本学期还没走访")]


def test_longest_not_visited_comes_before_recently_visited(programme, head, school_class, settings):
    older = make_programme(code="binhe-2021", starts_on=date(2021, 8, 1), ends_on=date(2022, 6, 30))
    names = [make_student(school_class, name=name) for name in ("沈一诺", "曹沐阳", "高予安")]
    make_visit(names[0], by=head, programme=older, day="2022-05-12")
    make_visit(names[1], by=head, programme=older, day="2021-11-20")

    assert listed(head, programme) == [
        (1, "高予安", 0, "本学期还没走访"),
        (2, "曹沐阳", 0, "上次走访是去年11月"),
        (3, "沈一诺", 0, "上次走访是5月12日"),
    ]


def test_visited_families_follow_and_keep_no_rank(programme, head, school_class):
    done, left = make_student(school_class, name="沈一诺"), make_student(school_class, name="曹沐阳")
    make_mark(done, by=head)
    open_register(programme)
    make_visit(done, by=head, programme=programme, day="2022-09-10")
    make_visit(done, by=head, programme=programme, day="2022-09-12")

    mine = my_list(head, programme)
    assert lines(mine) == [(1, left.name, 0, "本学期还没走访"), (0, "沈一诺", 0, "9月12日走访过，共2次")]
    assert [family.names for family in mine.visited] == ["沈一诺"]
    assert (len(mine.due), len(mine.waiting), len(mine.priority_due), len(mine.priority_waiting)) == (2, 1, 1, 0)


def test_siblings_are_one_line_led_by_the_one_who_waits_most(programme, head, school_class):
    home = Household.objects.create()
    make_student(school_class, name="许嘉禾", household=home)
    elder = make_student(school_class, name="许嘉树", household=home)
    make_mark(elder, by=head)

    assert listed(head, programme) == [(1, "许嘉树、许嘉禾", 2, "本学期还没走访")]


def test_family_waits_until_each_sibling_is_reached(programme, head, school_class):
    home = Household.objects.create()
    one, two = (make_student(school_class, name=name, household=home) for name in ("许嘉树", "许嘉禾"))
    open_register(programme)
    make_visit(one, by=head, programme=programme)
    assert [family.names for family in my_list(head, programme).waiting] == ["许嘉禾、许嘉树"]

    make_visit(two, by=head, programme=programme, minutes=30)
    assert my_list(head, programme).waiting == []


def test_first_former_enters_and_newcomer_transfers(programme, school):
    first = make_class(school, grade=1)
    head = make_class_head(first)
    make_student(first, name="唐屿", starts_on=date(2022, 9, 1))

    assert listed(head, programme) == [(1, "唐屿", 3, "9月1日入学，还没走访过")]


def test_declined_family_waits_at_the_end(programme, head, school_class):
    refused = make_student(school_class, name="陆安然")
    make_mark(refused, by=head)
    make_student(school_class, name="唐屿")
    open_register(programme)
    set_declined(refused.due_rows.get(), by=head)

    assert lines(my_list(head, programme)) == [
        (1, "唐屿", 0, "本学期还没走访"),
        (2, "陆安然", 2, "婉拒过上门，可以约到学校或别处见面"),
    ]


def test_list_is_my_class_and_mentored_pupils(programme, school, head, school_class, teacher):
    make_student(school_class, name="顾梓涵")
    mentored = make_student(make_class(school, grade=2), name="沈一诺")
    make_student(make_class(school, grade=2), name="别班的")
    make_student(make_class(make_school()), name="别校的")
    make_mentor(mentored, head)
    make_mentor(mentored, teacher)

    assert [line[1] for line in listed(head, programme)] == ["沈一诺", "顾梓涵"]
    assert [line[1] for line in listed(teacher, programme)] == ["沈一诺"]
    assert listed(make_user(Role.TEACHER, school=school), programme) == []


def test_mentor_knows_no_rank_that_comes_from_a_restricted_category(programme, head, teacher, school_class):
    hidden, known = make_student(school_class, name="甲"), make_student(school_class, name="乙")
    for student in (hidden, known):
        make_mentor(student, teacher)
    make_mark(known, "HARDSHIP", by=head)
    mark = make_mark(hidden, "STUDY", by=head, level=1)
    mark.category.restricted = True
    mark.category.save()

    assert [line[1:3] for line in listed(teacher, programme)] == [("乙", 2), ("甲", 0)]
    assert [line[1:3] for line in listed(head, programme)] == [("甲", 1), ("乙", 2)]


def test_psychologist_may_choose_referred_pupils_beside_the_own_list(programme, school, head, student):
    psychologist = make_user(Role.PSYCH_TEACHER, school=school)
    mark = make_mark(student, by=head)
    mark.category.psych = True
    mark.category.save()

    assert listed(psychologist, programme) == []
    assert [line[1] for line in listed(psychologist, programme, referred=True)] == [student.name]


@pytest.mark.parametrize("pupils", (1, 3))
def test_my_list_query_count(programme, head, teacher, school_class, pupils, django_assert_num_queries):
    for _ in range(pupils):
        student = make_student(school_class)
        make_mentor(student, teacher)
        make_change(student, by=head)
    open_register(programme)
    for user, count in ((head, 7), (teacher, 8)):
        assert user.reach.staff_schools
        with django_assert_num_queries(count):
            lines(my_list(user, programme))


@pytest.mark.parametrize(
    ("done", "left", "today", "sentence"),
    [
        (0, 26, "2022-09-18", ("每个工作日走3家，9月30日前能走完", "")),
        (7, 3, "2022-09-18", ("照这个速度，9月23日能走完", "")),
        (2, 4, "2022-09-18", ("照这个速度，要到10月19日，晚19天", "warm")),
        (2, 1, "2022-10-01", ("9月30日已经截止，现在去算补访", "warm")),
        (2, 0, "2022-10-01", ("都走到了", "")),
    ],
)
def test_pace_says_where_the_present_speed_leads(programme, head, school_class, settings, done, left, today, sentence):
    for _ in range(done):
        make_visit(make_student(school_class), by=head, programme=programme)
    for _ in range(left):
        make_student(school_class)
    open_register(programme)
    settings.HOMEVISIT_CLOCK = f"{today}T20:00+08:00"

    found = pace(my_list(head, programme), programme, date(2022, 9, 30))
    assert (found.text, found.tone) == sentence


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2022, 5, 12), "5月12日"), (date(2021, 11, 3), "去年11月"), (date(2020, 11, 3), "2020年11月")],
)
def test_last_time_grows_vaguer(clock, day, words):
    assert last_time(day) == words


def test_programme_category_without_priority_gives_a_mentor_no_rank(programme, head, teacher, student):
    ProgrammeCategory.objects.filter(programme=programme).update(priority=False)
    make_mark(student, by=head)
    make_mentor(student, teacher)

    assert [line[2] for line in listed(teacher, programme)] == [0]
