"""Every line appears when there is something to do, and is gone the moment it is done."""

from datetime import date

import pytest
from django.urls import reverse

from core.clock import now
from programmes.models import LatePass
from programmes.queries.current import address_without
from reminders.enums import LineKind
from reminders.queries.hours import every_occasion, open_programmes
from reminders.queries.lines import due_lines, evening_lines
from reminders.queries.mine import my_lines
from reminders.queries.people import people
from reminders.queries.school_text import school_texts
from reports.models import SchoolPlan, Statement
from reports.models.desk import ReviewDuty
from schools.enums import Role
from schools.models import Post
from schools.tests.factories import (
    add_post,
    make_authority,
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.actions.assign import assign
from students.tests.factories import make_change, make_mark, make_mentor, make_student
from visits.actions.appointment import decline
from visits.actions.register import open_register
from visits.actions.review import accept_visit, return_visit
from visits.models import Opinion, Visit, VisitVisitor
from visits.queries.appointments import my_appointments
from visits.queries.appointments import to_confirm as asked_to_confirm
from visits.queries.ranking import my_list
from visits.queries.review import waiting_count
from visits.tests.factories import at as moment
from visits.tests.factories import make_plan, make_visit
from visits.tests.rows import add_visit
from works.tests.factories import add_sheet, make_round, make_work

pytestmark = pytest.mark.django_db
K = LineKind


def of(user, kind):
    return [(line.text, address_without(line.url)) for line in my_lines(user) if line.kind == kind]


def test_nobody_without_anything_to_do_is_told(programme, teacher):
    assert my_lines(teacher) == []


# ── Going ──


def test_todays_and_tomorrows_appointments_with_their_first_hour(programme, pupils, head):
    one = make_plan(pupils[0], by=head, programme=programme, planned_at=moment("2022-09-19 18:30"))
    assert of(head, K.APPOINTMENTS) == [("今天有1次约好的家访，18:30", f"/visits/appointments/{one.pk}/")]

    make_plan(pupils[1], by=head, programme=programme, planned_at=moment("2022-09-20 19:00"))
    make_plan(pupils[2], by=head, programme=programme, planned_at=moment("2022-09-20 16:40"))
    assert [text for text, _ in of(head, K.APPOINTMENTS)] == ["今天有1次约好的家访，18:30", "明天有2次约好的家访，最早16:40"]


def test_the_evening_before_tells_only_of_tomorrow(programme, pupils, head, at):
    make_plan(pupils[0], by=head, programme=programme, planned_at=moment("2022-09-19 19:30"))
    at("2022-09-19 18:05")
    persons = people([head.pk], open_programmes())
    assert evening_lines(persons, date(2022, 9, 19)) == {}

    make_plan(pupils[1], by=head, programme=programme, planned_at=moment("2022-09-20 16:40"))
    assert [line.text for line in evening_lines(persons, date(2022, 9, 19))[head.pk]] == ["明天有1次约好的家访，16:40"]


def test_whoever_goes_along_is_told_of_the_appointment_too(programme, pupils, head, teacher):
    make_plan(pupils[0], by=head, programme=programme, planned_at=moment("2022-09-20 16:40"), others=[teacher])
    assert [text for text, _ in of(teacher, K.APPOINTMENTS)] == ["明天有1次约好的家访，16:40"]


def test_a_visit_without_its_record_is_told_until_it_is_written(programme, pupils, head, at):
    plan = make_plan(pupils[0], by=head, programme=programme, planned_at=moment("2022-09-20 16:40"))
    at("2022-09-20 18:00")
    assert of(head, K.UNWRITTEN) == []
    at("2022-09-21 09:00")
    assert of(head, K.UNWRITTEN) == [("1次家访还没有写记录，约在9月20日", f"/visits/{plan.pk}/log/")]
    assert len(my_appointments(head).open) == 1

    Visit.objects.filter(pk=plan.pk).update(state="recorded", recorded_at=now(), visited_on=date(2022, 9, 20))
    assert of(head, K.UNWRITTEN) == []


def test_a_returned_record_is_told_until_it_is_corrected(programme, pupils, head, teacher, leader):
    visit = make_visit(pupils[0], by=head, programme=programme, day="2022-09-17")
    return_visit(visit, by=leader, reason="时间写错了")
    assert of(head, K.RETURNED) == [("1份家访记录退回来了，改好再交", f"/visits/{visit.pk}/")]

    Visit.objects.filter(pk=visit.pk).update(returned_at=None)
    assert of(head, K.RETURNED) == []


def test_who_went_along_is_asked_to_confirm(programme, pupils, head, teacher):
    visit = make_visit(pupils[0], by=head, programme=programme, day="2022-09-17", others=[teacher])
    assert of(teacher, K.CONFIRM) == [("同事记了1次和你一起去的家访，等你确认", f"/visits/{visit.pk}/")]
    assert asked_to_confirm(teacher).count() == 1
    make_visit(pupils[1], by=head, programme=programme, day="2022-09-16", others=[teacher])
    assert of(teacher, K.CONFIRM) == [("同事记了2次和你一起去的家访，等你确认", "/visits/")]
    VisitVisitor.objects.exclude(visit=visit).filter(user=teacher).delete()

    VisitVisitor.objects.filter(visit=visit, user=teacher).update(confirmed_at=now())
    assert of(teacher, K.CONFIRM) == []


def test_a_leader_who_goes_along_is_led_to_pages_a_leader_may_open(programme, pupils, head, leader, client):
    visits = [
        make_visit(pupil, by=head, programme=programme, day=f"2022-09-1{number}", others=[leader])
        for number, pupil in enumerate(pupils[:2], start=6)
    ]
    for pupil, clock in ((pupils[2], "16:40"), (pupils[0], "19:00")):
        make_plan(pupil, by=head, programme=programme, planned_at=moment(f"2022-09-20 {clock}"), others=[leader])
    assert [text for text, _ in of(leader, K.APPOINTMENTS)] == ["明天有2次约好的家访，最早16:40"]
    client.force_login(leader, backend="schools.backends.StaffBackend")
    for line in my_lines(leader):
        assert client.get(line.url, follow=True).status_code == 200, line.url
    row = VisitVisitor.objects.get(visit=visits[0], user=leader)
    assert reverse("visits:presence", args=[row.pk]) in client.get(of(leader, K.CONFIRM)[0][1]).content.decode()


def test_an_opinion_promised_to_be_answered_is_told_until_the_record_says_so(programme, pupils, head):
    visit = make_visit(
        pupils[0], by=head, programme=programme, day="2022-09-17",
        opinions=[{"category": "作业", "text": "作业少一点", "answerer": "me"}],
    )  # fmt: skip
    assert of(head, K.OPINIONS) == [("1条家长意见等你答复，答复后在记录里改成已答复", f"/visits/{visit.pk}/")]

    Opinion.objects.update(answerer="answered")
    assert of(head, K.OPINIONS) == []


def test_several_opinions_open_the_records_that_hold_them(programme, pupils, head, teacher, client):
    told = [{"category": "作业", "text": "作业少一点", "answerer": "me"}]
    for pupil, opinions in zip(pupils, (told, told * 2, []), strict=True):
        make_visit(pupil, by=head, programme=programme, day="2022-09-17", opinions=opinions)
    listed = "/visits/records/?state=answers&since=2022-07-21"
    assert of(head, K.OPINIONS) == [("3条家长意见等你答复，答复后在记录里改成已答复", listed)]
    for user, count in ((head, 2), (teacher, 0)):
        client.force_login(user, backend="schools.backends.StaffBackend")
        answer = client.get("/visits/records/?state=answers")
        assert len(answer.context["rows"]) == count


def test_a_follow_up_is_told_when_its_day_comes_and_until_somebody_went(programme, pupils, head, at):
    make_visit(pupils[0], by=head, programme=programme, day="2022-09-17", follow_up_on=date(2022, 9, 24))
    assert of(head, K.FOLLOW_UPS) == []
    at("2022-09-21 09:00")
    assert of(head, K.FOLLOW_UPS) == [("你约的回访有1家到日子了", "/visits/mine/?state=again")]

    at("2022-09-23 09:00")
    make_visit(pupils[0], by=head, programme=programme, day="2022-09-22")
    assert of(head, K.FOLLOW_UPS) == []


# ── Families, as on the page ──


def families(user):
    line = next((line for line in my_lines(user) if line.kind == K.FAMILIES), None)
    return line.count if line else 0


def on_the_page(user, programme):
    return len(my_list(user, programme).to_ask)


def test_families_are_counted_as_the_page_ranks_them(programme, school, school_class, pupils, head, teacher, leader):
    mentor = make_user(Role.TEACHER, school=school)
    make_mentor(pupils[1], mentor)
    make_mentor(pupils[2], mentor)
    make_student(school_class, household=pupils[0].household)
    assign(programme, [pupils[1]], teacher, by=head)
    make_plan(pupils[2], by=head, programme=programme, planned_at=moment("2022-09-20 16:40"))
    open_register(programme)

    for user in (head, teacher, mentor, leader):
        user = type(user).objects.get(pk=user.pk)
        assert families(user) == on_the_page(user, programme), user.name
    assert (families(teacher), families(mentor)) == (1, 0)


def test_priority_is_told_as_a_number_as_far_as_one_may_know_it(programme, pupils, head, teacher):
    programme.categories.update(priority=True)
    make_mark(pupils[0], by=head)
    make_change(pupils[1], by=head)
    programme.categories.filter(category__code="STUDY").update(priority=True)
    category = programme.categories.get(category__code="STUDY").category
    category.restricted = True
    category.save()
    make_mark(pupils[2], "STUDY", by=head)
    open_register(programme)
    assign(programme, pupils, teacher, by=head)

    assert of(teacher, K.FAMILIES) == [("还有3家没走访也没约时间，先约其中2家重点家庭", "/visits/mine/?state=next")]
    assert of(head, K.FAMILIES) == []


def test_a_reached_an_exempt_and_a_declining_family_wait_no_more(programme, pupils, head):
    make_visit(pupils[0], by=head, programme=programme, day="2022-09-17")
    pupils[1].due_rows.update(declined=True)
    pupils[2].due_rows.update(in_scope=False, exempt_reason="abroad")
    assert of(head, K.FAMILIES) == []
    assert of(head, K.CLASS_LEFT) == []


def test_before_the_visiting_begins_nobody_is_told_of_families(programme, pupils, head, at):
    at("2022-07-25 09:00")
    assert families(head) == 0


def test_whoever_left_the_school_hears_no_more_of_it(programme, pupils, head, school):
    make_plan(pupils[0], by=head, programme=programme, planned_at=moment("2022-09-20 16:40"))
    Post.objects.filter(user=head).update(ends_on=date(2022, 9, 18))
    add_post(head, Role.TEACHER, school=make_school(school.authority), starts_on="2022-09-19")
    assert my_lines(head) == []


# ── Looking ──


def test_records_to_look_at_are_counted_as_the_page_lists_them(programme, school, school_class, pupils, head, teacher, leader):
    assign(programme, pupils[:2], teacher, by=head)
    for pupil in pupils[:2]:
        make_visit(pupil, by=teacher, programme=programme, day="2022-09-17")
    own = make_visit(pupils[2], by=head, programme=programme, day="2022-09-17")

    def told(user):
        return next((line.count for line in my_lines(user) if line.text.endswith("家访记录等你看")), 0)

    assert [(told(user), waiting_count(user)) for user in (head, leader, teacher)] == [(2, 2), (1, 1), (0, 0)]
    accept_visit(own, by=leader)
    assert (told(leader), waiting_count(leader)) == (0, 0)


def test_a_work_goes_from_line_to_line(programme, school, head, teacher, leader, officer):
    work = make_work(teacher, programme, school, state="submitted")
    assert of(leader, K.REVIEW) == [("1篇老师交的作品等学校审", f"/works/school/?school={school.pk}")]
    type(work).objects.filter(pk=work.pk).update(
        state="approved", approved_at=now(), approved_by=leader, opinion="同意", opinion_on=date(2022, 9, 19)
    )
    assert of(leader, K.REVIEW) == [("1篇推荐好的作品还没有报区", f"/works/school/?school={school.pk}")]
    type(work).objects.filter(pk=work.pk).update(state="filed", filed_at=now(), filed_by=leader)
    assert of(leader, K.REVIEW) == []
    assert of(officer, K.REVIEW) == [("1份学校报的材料等你审", "/desk/review/")]
    type(work).objects.filter(pk=work.pk).update(
        state="returned", returned_at=now(), returned_by=officer, returned_level="district", return_reason="改"
    )
    assert of(officer, K.REVIEW) == []
    assert of(teacher, K.RETURNED) == [("1篇作品退回来了，改好再交", f"/works/{work.pk}/edit/")]


def test_the_leaders_own_work_is_not_his_to_approve(programme, school, leader):
    make_work(leader, programme, school, state="submitted")
    assert of(leader, K.REVIEW) == []


def test_a_reader_with_schools_of_his_own_is_told_of_those(programme, authority, school, teacher, officer, leader):
    reviewer = make_user(Role.REVIEWER, authority=authority)
    make_work(teacher, programme, school, state="filed", leader=leader)
    assert of(reviewer, K.REVIEW) == [("1份学校报的材料等你审", "/desk/review/")]

    at_other = make_school(authority)
    duty = {"programme": programme, "authority": authority, "given_by": officer}
    ReviewDuty.objects.create(school=at_other, reviewer=reviewer, **duty)
    nobodys = [("1份没有指定审核人的材料等审", "/desk/review/")]
    assert of(reviewer, K.REVIEW) == nobodys
    colleague = make_user(Role.REVIEWER, authority=authority)
    given = ReviewDuty.objects.create(school=school, reviewer=colleague, **duty)
    assert of(reviewer, K.REVIEW) == []
    Post.objects.filter(user=colleague).delete()  # whoever left the desk reads nothing any more
    assert of(reviewer, K.REVIEW) == nobodys
    given.delete()
    ReviewDuty.objects.create(school=school, reviewer=reviewer, **duty)
    assert of(reviewer, K.REVIEW) == [("1份你负责的学校报的材料等你审", "/desk/review/?mine=1")]


def test_a_plan_that_came_back_is_told_to_the_office(programme, school, leader, officer):
    SchoolPlan.objects.create(
        programme=programme, authority=school.authority, school=school, created_by=leader, state="returned",
        returned_at=now(), returned_by=officer, return_reason="分工不清楚",
    )  # fmt: skip
    assert of(leader, K.RETURNED) == [("走访方案被区里退回，改好再报", f"/reports/plan/?school={school.pk}")]
    assert of(officer, K.RETURNED) == []


def test_a_judge_is_told_of_works_not_marked_yet(programme, school, teacher, officer):
    work = make_work(teacher, programme, school, state="filed")
    judge = make_user(Role.REVIEWER, authority=school.authority)
    round_ = make_round(programme, by=officer, state="open", opened_at=now(), closes_at=moment("2022-09-30 18:00"))
    sheet = add_sheet(round_, work, judge, by=officer)
    assert of(judge, K.JUDGING) == [("1篇作品等你评，评到9月30日", "/works/judging/")]
    type(sheet).objects.update(state="recused", recuse_reason="是我同事")
    assert of(judge, K.JUDGING) == []


def test_a_leader_who_went_along_is_asked_where_a_leader_may_answer(programme, pupils, head, leader, client):
    first, _ = (
        make_visit(pupil, by=head, programme=programme, day=day, others=[leader])
        for pupil, day in zip(pupils[:2], ("2022-09-16", "2022-09-17"), strict=True)
    )
    assert of(leader, K.CONFIRM) == [("同事记了2次和你一起去的家访，等你确认", f"/visits/{first.pk}/")]
    client.force_login(leader, backend="schools.backends.StaffBackend")
    assert "我去过" in client.get(f"/visits/{first.pk}/").content.decode()
    row = VisitVisitor.objects.get(visit=first, user=leader)
    assert client.post(f"/visits/presence/{row.pk}/", {"went": "yes", "record": "1"}).status_code in (200, 302)
    assert VisitVisitor.objects.get(pk=row.pk).confirmed_at


def test_a_statement_shown_waits_for_the_teachers_word(programme, school, teacher):
    Statement.objects.create(
        programme=programme, authority=school.authority, school=school, teacher=teacher, state="shown",
        counted_at=now(), shown_at=now(),
    )  # fmt: skip
    assert of(teacher, K.CONFIRM) == [("你的走访情况表等你核对", "/reports/statements/mine/")]
    Statement.objects.update(agreed_at=now())
    assert of(teacher, K.CONFIRM) == []


# ── Who is missing ──


@pytest.mark.seed("S22", "S48")
def test_a_schools_missing_list_before_its_deadline(programme, school, pupils, leader, at):
    at("2022-09-29 09:00")
    assert of(leader, K.MISSING) == [
        ("9月30日（还有1个工作日）走访截止：1个班还有3人没走访", f"/visits/school/{school.pk}/"),
        ("10月8日（还有2个工作日）截止，还没有报：感人故事推荐表、活动报告", f"/works/school/?school={school.pk}"),
    ]
    at("2022-10-08 09:00")
    papers = f"/works/school/?school={school.pk}"
    assert of(leader, K.MISSING) == [("今天（10月8日）截止，还没有报：感人故事推荐表、活动报告", papers)]
    at("2022-10-09 00:00")
    assert of(leader, K.MISSING) == []


def test_a_number_that_leaves_out_those_who_declined_says_so(programme, school, pupils, head, leader, at):
    decline(make_plan(pupils[0], by=head, programme=programme, planned_at=moment("2022-09-20 16:40")), by=head)
    at("2022-09-29 09:00")
    assert [text for text, _ in of(leader, K.MISSING)][0] == "9月30日（还有1个工作日）走访截止：1个班还有2人没走访（婉拒的不算）"
    text = school_texts([school], open_programmes())[school.pk]
    assert "1. 还有1个班2人没走访（婉拒的不算），9月30日截止。" in text


@pytest.mark.seed("S22", "S48")
def test_the_districts_missing_list_says_numbers_of_schools(programme, authority, school, pupils, officer, leader, teacher, at):
    make_school(authority)
    at("2022-09-29 09:00")
    make_work(teacher, programme, school, kind="story", state="draft")
    found = [text for text, url in of(officer, K.MISSING)]
    assert found == [
        "9月30日（还有1个工作日）走访全覆盖截止：1所学校没走完",
        "10月8日（还有2个工作日）报送故事和报告截止：感人故事推荐表2所没报、活动报告2所没报",
    ]
    assert of(teacher, K.MISSING) == []


@pytest.mark.seed("S48", "W32")
def test_more_time_given_to_one_school_has_its_own_list(programme, authority, school, leader, officer, at):
    other = make_leader(make_school(authority))
    at("2022-10-09 09:00")
    LatePass.objects.create(
        programme=programme, authority=authority, school=school, submission="report", until=moment("2022-10-15 00:00"),
        reason="校长住院", given_by=officer,
    )  # fmt: skip
    at("2022-10-12 09:00")
    page = f"/reports/report/?school={school.pk}"
    assert of(leader, K.MISSING) == [("10月14日（还有2个工作日）补报截止，还没有报：活动报告", page)]
    assert of(other, K.MISSING) == []
    at("2022-10-15 09:00")
    assert of(leader, K.MISSING) == []


def test_another_authority_is_told_nothing_of_it(programme, pupils):
    stranger = make_officer(make_authority("nanshan"))
    abroad = make_leader(make_school(make_authority("nanshan")))
    assert my_lines(stranger) == my_lines(abroad) == []


@pytest.mark.seed("W32")
def test_the_class_head_reads_once_a_week_who_is_left(programme, pupils, head, school_class, teacher):
    assign(programme, [pupils[0]], teacher, by=head)
    url = f"/visits/waiting/?school_class={school_class.pk}&state=open"
    assert of(head, K.CLASS_LEFT) == [("五（3）班还有3人没走访，其中2人没安排老师", url)]


# ── Many at once ──


@pytest.mark.parametrize("many", (1, 3))
def test_lines_cost_the_same_however_many_people(programme, school, many, django_assert_num_queries, at):
    at("2022-09-29 09:00")
    ids = []
    for number in range(many):
        place = make_class(school, number=number + 1)
        user = make_class_head(place)
        pupil = make_student(place)
        add_visit(programme, [pupil], on=date(2022, 9, 16), lead=user)
        make_mentor(make_student(place), user)
        ids += [user.pk, make_leader(make_school(school.authority)).pk]
        make_work(user, programme, school, state="returned")
    open_register(programme)
    programmes = open_programmes()
    with django_assert_num_queries(31):
        persons = people(ids, programmes)
        due_lines(persons, every_occasion(date(2022, 9, 29)))
