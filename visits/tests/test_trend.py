"""累计走访: the line, the even pace, and the sentence above them."""

from datetime import date, timedelta

import pytest

from programmes.tests.factories import make_programme
from schools.tests.factories import make_class, make_class_head, make_leader, make_school
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.queries.forecast import Window
from visits.queries.trend import draw, trend
from visits.tests.rows import add_visit

START, DEADLINE = date(2022, 9, 1), date(2022, 9, 10)


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-05T10:00+08:00"


def line(first, *, target=20, now=date(2022, 9, 5)):
    every = tuple(START + timedelta(days=n) for n in range((DEADLINE - START).days + 1))
    return draw(first, window=Window(START, DEADLINE, every), target=target, now=now)


def test_trend_counts_up_to_today_and_expects_up_to_the_deadline():
    drawn = line({date(2022, 9, 1): 3, date(2022, 9, 4): 9})
    assert (drawn.visited, drawn.expected) == ([3, 3, 3, 12, 12], [2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
    assert drawn.forecast == [None] * 4 + [12, 14.4, 16.8, 19.2, 20, 20]
    assert (drawn.reached, drawn.expected_now, drawn.ahead, drawn.finish_on) == (12, 10, 2, date(2022, 9, 9))


@pytest.mark.parametrize(
    "first, target, now, sentence",
    [
        ({}, 20, date(2022, 8, 20), "9月1日开始走访，共20人"),
        ({}, 20, date(2022, 9, 5), "比应达进度少10人，近7天没有新走到的学生"),
        ({}, 0, date(2022, 9, 5), "应访名单里还没有学生"),
        ({date(2022, 9, 5): 10}, 20, date(2022, 9, 5), "和应达进度一样，照近7天的速度，9月10日走完"),
        ({date(2022, 9, 1): 12}, 20, date(2022, 9, 5), "比应达进度多2人，照近7天的速度，9月9日走完"),
        ({date(2022, 9, 1): 4}, 20, date(2022, 9, 5), "比应达进度少6人，照近7天的速度，到9月10日还差12人"),
        ({date(2022, 9, 1): 20}, 20, date(2022, 9, 5), "20人已全部走到"),
        ({date(2022, 9, 1): 14}, 20, date(2022, 9, 10), "到9月10日截止时走到14人，差6人"),
        ({date(2022, 9, 1): 14}, 20, date(2023, 3, 1), "到9月10日截止时走到14人，差6人"),
    ],
)
def test_trend_says_in_one_sentence_where_the_pace_leads(first, target, now, sentence):
    assert line(first, target=target, now=now).finding == sentence


def test_trend_table_lists_the_days_somebody_was_reached_and_the_last():
    drawn = line({date(2022, 9, 1): 3, date(2022, 9, 4): 9})
    assert drawn.rows == [
        (date(2022, 9, 5), 0, 12, 10),
        (date(2022, 9, 4), 9, 12, 8),
        (date(2022, 9, 1), 3, 3, 2),
    ]


def test_trend_only_looks_back_seven_days_for_its_speed():
    drawn = line({date(2022, 9, 1): 10, date(2022, 9, 7): 7}, target=40, now=date(2022, 9, 9))
    assert drawn.speed == 1
    assert drawn.finish_on == date(2022, 10, 2)


@pytest.mark.django_db
def test_trend_counts_each_pupil_once_on_the_first_day_and_only_this_school(django_assert_num_queries):
    programme = make_programme()
    here, there = make_class(make_school(programme.authority)), make_class(make_school(programme.authority))
    twice, once, never, other = *(make_student(here) for _ in range(3)), make_student(there)
    leader = make_leader(here.school)
    head = make_class_head(here)
    for student, day in ((twice, 2), (twice, 4), (once, 4), (other, 3)):
        add_visit(programme, [student], on=date(2022, 9, day), lead=head)
    open_register(programme)
    leader.reach  # noqa: B018  posts are read once a request, before any page

    with django_assert_num_queries(3):  # deadlines, workdays, days
        drawn = trend(programme, user=leader, school=here.school, target=3)
    assert never.due_rows.get().visits == 0
    assert [row[:3] for row in drawn.rows] == [
        (date(2022, 9, 5), 0, 2),
        (date(2022, 9, 4), 1, 2),
        (date(2022, 9, 2), 1, 1),
    ]
    assert drawn.deadline == date(2022, 9, 30)
