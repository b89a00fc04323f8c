"""催办, 指定审核人, 存为视图: what the desk does with many schools at once."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.states import WrongState
from reports.actions.duty import duties, give_duty
from reports.actions.filing import file_filing
from reports.actions.nudge import DONE_TODAY, NOBODY, NOTHING, nudge, preview
from reports.actions.saved_view import MOST, remove_view, rename_view, save_view, views_of
from reports.enums import FilingState
from reports.models import Nudge, ReviewDuty, SavedView, SchoolReport
from reports.tests.at_desk import Desk
from reports.tests.filed import make_filing
from schools.enums import Role
from schools.models import Message, Post
from schools.tests.factories import (
    make_authority,
    make_class,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.models import ClassCount
from visits.models.register import ALL

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(settings, media):
    settings.HOMEVISIT_CLOCK = "2022-10-05T09:00+08:00"
    return Desk()


def only_the_report(desk):
    """The notice asks schools for a report and nothing else."""
    programme = desk.programme
    kept = [one for one in programme.config["submissions"] if one["code"] == "report"]
    programme.config = {**programme.config, "submissions": kept}
    programme.save()


# ── 催办 ──


@pytest.mark.seed("S48")
def test_a_school_is_told_what_it_owes_and_until_when_without_a_name(desk):
    school = desk.school()
    desk.report(school, state=FilingState.RETURNED, returned_at=desk.programme.deadlines.first().at, returned_by=desk.officer,
                return_reason="数据不全")  # fmt: skip
    outcome = nudge(desk.programme, [school.pk], by=desk.officer, words="有困难打电话来。")
    assert (outcome.done, outcome.people, outcome.refused) == (1, 1, {})
    message = Message.objects.get(user=school.leader)
    assert "缺" in message.text and "截止" in message.text and message.text.endswith("有困难打电话来。")
    assert school.teacher.name not in message.text and message.url
    assert Nudge.objects.get().told == 1


def test_whose_family_declined_is_not_asked_for_again(desk):
    """As the school's own reminders count: nobody is told two numbers on one day."""
    school = desk.school()
    school_class = make_class(school)
    for _ in range(2):
        make_student(school_class)
    open_register(desk.programme)
    ClassCount.objects.filter(school=school, dimension=ALL).update(declined=1)
    nudge(desk.programme, [school.pk], by=desk.officer)
    assert "还有1人没走访（" in Message.objects.get(user=school.leader).text


def test_once_a_day_a_school_and_again_the_next_day(desk, settings):
    school = desk.school()
    for _ in range(2):
        outcome = nudge(desk.programme, [school.pk, school.pk], by=desk.officer)
    assert outcome.refused == {DONE_TODAY: ["晨曦小学"]} and Message.objects.count() == 1
    settings.HOMEVISIT_CLOCK = "2022-10-06T09:00+08:00"
    assert nudge(desk.programme, [school.pk], by=desk.officer).done == 1


def test_who_owes_nothing_or_has_no_office_is_left_out_and_named(desk):
    done, empty = desk.school("示例柳堤小学"), desk.school("示例望江小学")
    only_the_report(desk)
    file_filing(make_filing(SchoolReport, desk.programme, done, state="approved", by=done.leader), by=done.leader)
    Post.objects.filter(user=empty.leader).delete()
    assert nudge(desk.programme, [done.pk, empty.pk], by=desk.officer).refused == {
        NOTHING: ["柳堤小学"], NOBODY: ["望江小学"],
    }  # fmt: skip
    assert [why for _, _, why in preview(desk.programme, [done.pk, empty.pk], by=desk.officer)] == [NOTHING, NOBODY]
    assert Message.objects.count() == 0


def test_schools_of_others_are_not_asked_and_only_the_officer_asks(desk):
    other = make_school(make_authority("linjiang"))
    make_leader(other)
    assert nudge(desk.programme, [other.pk], by=desk.officer).done == 0
    for user in (desk.reviewer, desk.school().leader, make_officer(make_authority("linjiang"))):
        with pytest.raises(PermissionDenied):
            nudge(desk.programme, [other.pk], by=user)


def test_words_too_long_are_refused_and_nobody_is_told(desk):
    with pytest.raises(WrongState, match="最多120字"):
        nudge(desk.programme, [desk.school().pk], by=desk.officer, words="催" * 121)
    assert Message.objects.count() == Nudge.objects.count() == 0


def test_asking_many_costs_one_notice_a_school_and_no_more_queries(desk):
    def cost(schools):
        with CaptureQueriesContext(connection) as queries:
            nudge(desk.programme, [school.pk for school in schools], by=desk.officer)
        return len(queries)

    assert desk.officer.reach  # asked for once a request
    one, four = [desk.school("示例一小学")], [desk.school(f"示例{n}小学") for n in "二三四五"]
    assert cost(four) - cost(one) == 3  # the notices


# ── 指定审核人 ──


def test_a_school_has_one_reader_until_another_is_named(desk):
    school, other = desk.school(), make_user(Role.REVIEWER, authority=desk.authority, name="贺兰")
    assert give_duty(desk.programme, [school.pk], desk.reviewer, by=desk.officer) == 1
    assert give_duty(desk.programme, [school.pk], desk.reviewer, by=desk.officer) == 0
    assert duties(desk.programme) == {school.pk: "丁宁"}
    assert give_duty(desk.programme, [school.pk], other, by=desk.officer) == 1
    assert duties(desk.programme) == {school.pk: "贺兰"} and ReviewDuty.objects.count() == 2
    assert give_duty(desk.programme, [school.pk], None, by=desk.officer) == 1
    assert duties(desk.programme) == {}


def test_nobody_reads_the_own_school_and_nobody_from_elsewhere_reads(desk):
    school = desk.school()
    Post.objects.create(user=desk.reviewer, role=Role.TEACHER, school=school)
    with pytest.raises(WrongState, match="晨曦小学"):
        give_duty(desk.programme, [school.pk], type(desk.reviewer).objects.get(pk=desk.reviewer.pk), by=desk.officer)
    with pytest.raises(WrongState, match="不在本局"):
        give_duty(desk.programme, [school.pk], school.teacher, by=desk.officer)
    with pytest.raises(PermissionDenied):
        give_duty(desk.programme, [school.pk], desk.reviewer, by=school.leader)
    assert not ReviewDuty.objects.exists()


# ── 存为视图 ──


def test_a_view_keeps_the_filters_without_the_page(desk):
    view = save_view(desk.officer, "desk", name=" 落后的 ", query="?town=示例镇&behind=1&page=3&q=")
    assert (view.name, view.query) == ("落后的", "behind=1&town=%E7%A4%BA%E4%BE%8B%E9%95%87")
    assert save_view(desk.officer, "desk", name="落后的", query="behind=1&town=示例镇").pk == view.pk
    rename_view(view, name="要催的")
    remove_view(view)
    assert not views_of(desk.officer, "desk").exists()


@pytest.mark.parametrize(("name", "query"), [("", "behind=1"), ("长" * 21, "behind=1"), ("空的", ""), ("同名", "kind=junior")])
def test_a_view_without_name_or_filter_or_with_a_name_taken_is_refused(desk, name, query):
    other = save_view(desk.officer, "desk", name="同名", query="behind=1")
    with pytest.raises(ValidationError):
        save_view(desk.officer, "desk", name=name, query=query)
    second = save_view(desk.officer, "desk", name="另一个", query="behind=1")
    with pytest.raises(ValidationError):
        rename_view(second, name=other.name)
    assert SavedView.objects.count() == 2


def test_views_are_ones_own_and_not_endless(desk):
    for number in range(MOST):
        save_view(desk.officer, "desk", name=f"视图{number}", query=f"q={number}")
    with pytest.raises(ValidationError, match="最多存"):
        save_view(desk.officer, "desk", name="再来", query="q=再来")
    assert not views_of(make_officer(desk.authority), "desk").exists()
