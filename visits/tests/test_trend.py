"""累计走访: the line, the even pace, and the sentence above them."""

from datetime import date

import pytest

from programmes.tests.factories import make_programme
from schools.tests.factories import make_class, make_class_head, make_leader, make_school
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.queries.forecast import Window
from visits.queries.listed import listed
from visits.queries.trend import draw, trend
from visits.tests.rows import add_visit

START, DEADLINE = date(2022, 9, 1), date(2022, 9, 10)


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-05T10:00+08:00"


def line(first, *, target=21, now=date(2022, 9, 5)):
    """Seven workdays: a weekend lies between the second and the third, and the deadline is a holiday."""
    working = tuple(date(2022, 9, day) for day in (1, 2, 5, 6, 7, 8, 9))
    return draw(first, window=Window(START, DEADLINE, working), target=target, now=now, kept={})


def test_trend_counts_up_to_today_and_expects_by_workdays_up_to_the_deadline():
    drawn = line({date(2022, 9, 1): 1, date(2022, 9, 4): 3})
    assert (drawn.visited, drawn.expected) == ([1, 1, 1, 4, 4], [3, 6, 6, 6, 9, 12, 15, 18, 21, 21])
    assert drawn.forecast == [None] * 4 + [4, 8, 10, 12, 14, 14]  # two a workday, this Monday's still to come
    assert (drawn.reached, drawn.expected_now, drawn.ahead, drawn.speed) == (4, 9, -5, 2)
    assert drawn.finish_on == date(2022, 9, 16)  # nine workdays, over the three days of mid-autumn


@pytest.mark.parametrize(
    "first, target, now, sentence",
    [
        ({}, 21, date(2022, 8, 20), "9月1日开始走访，共21人"),
        ({}, 21, date(2022, 9, 5), "比应达进度少9人，近5个工作日没有新走到的学生"),
        ({}, 0, date(2022, 9, 5), "应访名单里还没有学生"),
        ({date(2022, 9, 5): 9}, 21, date(2022, 9, 5), "和应达进度一样，照近5个工作日的速度，9月7日走完"),
        ({date(2022, 9, 1): 12}, 21, date(2022, 9, 5), "比应达进度多3人，照近5个工作日的速度，9月6日走完"),
        ({date(2022, 9, 1): 4}, 21, date(2022, 9, 5), "比应达进度少5人，照近5个工作日的速度，到9月10日还差7人"),
        ({date(2022, 9, 1): 21}, 21, date(2022, 9, 5), "21人已全部走到"),
        ({date(2022, 9, 1): 14}, 21, date(2022, 9, 10), "到9月10日截止时走到14人，差7人"),
        ({date(2022, 9, 1): 14}, 21, date(2023, 3, 1), "到9月10日截止时走到14人，差7人"),
    ],
)
def test_trend_says_in_one_sentence_where_the_pace_leads(first, target, now, sentence):
    assert line(first, target=target, now=now).finding == sentence


def test_trend_table_lists_the_days_somebody_was_reached_and_the_last():
    drawn = line({date(2022, 9, 1): 3, date(2022, 9, 4): 9})
    assert drawn.rows == [
        (date(2022, 9, 5), 0, 12, 9),
        (date(2022, 9, 4), 9, 12, 6),
        (date(2022, 9, 1), 3, 3, 3),
    ]


def test_trend_only_looks_back_five_whole_workdays_for_its_speed():
    drawn = line({date(2022, 9, 1): 10, date(2022, 9, 7): 5}, target=25, now=date(2022, 9, 9))
    assert drawn.speed == 1  # 2, 5, 6, 7 and 8 September
    assert drawn.finish_on == date(2022, 9, 23)  # ten workdays from today on, the holiday left out


def test_a_pace_is_no_slower_in_the_morning_of_a_day_nor_on_a_sunday():
    first = {date(2022, 9, day): 3 for day in (1, 2, 5)}
    assert [line(first, now=date(2022, 9, day)).finish_on for day in (6, 7)] == [date(2022, 9, 9), date(2022, 9, 15)]
    first = {date(2022, 9, 1): 3, date(2022, 9, 2): 3}
    assert [line(first, now=date(2022, 9, day)).finish_on for day in (3, 4, 5)] == [date(2022, 9, 9)] * 3


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

    with django_assert_num_queries(3):  # rows, deadlines, workdays
        drawn = trend(programme, listed(programme, here.school, user=leader), target=3)
    assert never.due_rows.get().visits == 0
    assert [row[:3] for row in drawn.rows] == [
        (date(2022, 9, 5), 0, 2),
        (date(2022, 9, 4), 1, 2),
        (date(2022, 9, 2), 1, 1),
    ]
    assert drawn.deadline == date(2022, 9, 30)
