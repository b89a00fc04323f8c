"""The pages of an appointment: what they show, what they warn of, who may do what."""

import uuid

import pytest
from django.urls import reverse

from core.models import AuditEntry
from programmes.enums import ProgrammeState
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_leader, make_school, make_user
from students.models import Household
from students.tests.factories import make_mentor, make_student
from visits.actions.appointment import arrive, cancel, decline, not_home
from visits.actions.register import open_register
from visits.models import Due, Visit
from visits.tests.factories import at, make_plan, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(programme, head, student):
    open_register(programme)
    return make_plan(student, by=head, programme=programme)


def text_of(response):
    return response.content.decode()


def form(**fields):
    """A form without warnings: in two days at 18:30, with nobody asked for."""
    return {
        "client_uuid": str(uuid.uuid4()), "date": "2022-09-20", "time": "18:30", "mode": "in_person", "seen": "", **fields
    }


# ── Plan ──


def test_plan_page_shows_the_family_and_asks_for_a_time(as_user, programme, head, school_class):
    student = make_student(school_class, name="顾梓涵", guardian=("示例家长", "19900001234"))
    open_register(programme)
    response = as_user(head).get(reverse("visits:plan", args=[student.pk]))
    html = text_of(response)
    assert response.status_code == 200
    assert ("顾梓涵" in html, "本学期还没走访" in html, "tel:19900001234" in html) == (True, True, True)
    assert response.context["form"]["time"].value().isoformat() == "18:30:00"
    assert response.context["form"]["date"].value().isoformat() == "2022-09-20"  # the first evening a day ahead
    assert AuditEntry.objects.filter(action="contact.read_assigned", object_id=str(student.pk)).count() == 1


def test_mentor_reads_no_number_until_assigned(as_user, programme, teacher, school_class):
    student = make_student(school_class, guardian=("示例家长", "19900001234"))
    make_mentor(student, teacher)
    html = text_of(as_user(teacher).get(reverse("visits:plan", args=[student.pk])))
    assert ("tel:" in html, "199****1234" in html) == (False, True)
    assert not AuditEntry.objects.filter(action="contact.read_assigned").exists()


def test_plan_warns_first_and_takes_it_when_seen(as_user, programme, head, student):
    client, url = as_user(head), reverse("visits:plan", args=[student.pk])
    data = form(date="2022-09-19", time="07:30")
    first = client.post(url, data)
    assert (first.status_code, Visit.objects.count()) == (422, 0)
    html = text_of(first)
    for sentence in ("离现在不到24小时，一般要提前24小时约。", "21:00到08:00一般不上门", "现在只有1位老师，一般要2位同去。"):
        assert sentence in html
    assert "还是这样约" in html

    second = client.post(url, data | {"seen": first.context["seen"]})
    visit = Visit.objects.get()
    assert (second.status_code, second["Location"]) == (302, reverse("visits:appointment", args=[visit.pk]))
    assert visit.planned_at == at("2022-09-19 07:30")


def test_a_new_warning_is_shown_again(as_user, programme, head, student):
    client, url = as_user(head), reverse("visits:plan", args=[student.pk])
    seen = client.post(url, form()).context["seen"]
    assert seen == "visitors"
    assert client.post(url, form(time="22:00", seen=seen)).status_code == 422
    assert Visit.objects.count() == 0


def test_plan_keeps_everything_typed_when_something_is_missing(as_user, programme, head, student, teacher):
    data = form(
        date="", time="18：30", mode="nearby", place="居委会活动室", preparation="先夸他。", confirmed_with="mother",
        channel="phone", others=[teacher.pk],
    )  # fmt: skip
    response = as_user(head).post(reverse("visits:plan", args=[student.pk]), data)
    html = text_of(response)
    assert response.status_code == 422
    for words in ("填上哪一天去。", "时间写成18:30这样。", "居委会活动室", "先夸他。", teacher.name):
        assert words in html
    shown = response.context["form"]
    assert (shown["mode"].value(), shown["confirmed_with"].value(), shown["channel"].value()) == ("nearby", "mother", "phone")


@pytest.mark.sqlite  # what a form says is made in Python: once is enough
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"date": "2022-09-17"}, "这个时间已经过了，选一个以后的时间。"),
        ({"date": "2122-09-17", "seen": "late visitors"}, "约得太远了，看看年份对不对。"),
        ({"mode": "letter"}, "选一下怎么见面。"),
        ({"others": "999999", "seen": ""}, "同行的老师要是本校的，去掉外校的再提交。"),
        ({"preparation": "证件11010519491231002X"}, "备课里像是有身份证号，请删去。系统不存证件号。"),
    ],
)
def test_plan_says_what_to_repair(as_user, programme, head, student, fields, sentence):
    response = as_user(head).post(reverse("visits:plan", args=[student.pk]), form(**{"seen": "visitors", **fields}))
    assert (response.status_code, sentence in text_of(response), Visit.objects.count()) == (422, True, 0)


def test_plan_with_sibling_and_colleague(as_user, programme, head, student, teacher, school_class):
    student.household = Household.objects.create()
    student.save()
    sibling = make_student(school_class, household=student.household)
    data = form(siblings=[sibling.pk], others=[teacher.pk], channel="wechat", confirmed_with="father")
    as_user(head).post(reverse("visits:plan", args=[student.pk]), data)
    visit = Visit.objects.get()
    assert list(visit.visit_students.values_list("student", flat=True)) == [student.pk, sibling.pk]
    assert set(visit.visitors.values_list("user", flat=True)) == {head.pk, teacher.pk}
    assert (visit.plan_channel, visit.confirmed_with) == ("wechat", "father")


def test_plan_links_the_visit_that_asked_for_a_follow_up(as_user, programme, head, student):
    first = make_visit(student, by=head, programme=programme, day="2022-09-10")
    Visit.objects.filter(pk=first.pk).update(follow_up_on="2022-09-20")
    open_register(programme)
    as_user(head).post(reverse("visits:plan", args=[student.pk]), form(seen="visitors"))
    assert Visit.objects.get(state="planned").follows == first


def test_plan_again_leads_to_the_appointment(as_user, head, student, planned):
    client, url = as_user(head), reverse("visits:plan", args=[student.pk])
    page = reverse("visits:appointment", args=[planned.pk])
    assert client.get(url)["Location"] == page
    assert client.post(url, form(seen="visitors"))["Location"] == page
    assert Visit.objects.count() == 1


def test_plan_sent_twice_is_one(as_user, programme, head, student):
    client, url, data = as_user(head), reverse("visits:plan", args=[student.pk]), form(seen="visitors")
    assert client.post(url, data)["Location"] == client.post(url, data)["Location"]
    assert Visit.objects.count() == 1


def test_plan_waits_for_an_open_programme(as_user, programme, head, student):
    programme.state = ProgrammeState.CLOSED
    programme.save()
    assert "已经结束" in text_of(as_user(head).get(reverse("visits:plan", args=[student.pk])))
    as_user(head).post(reverse("visits:plan", args=[student.pk]), form(seen="visitors"))
    assert Visit.objects.count() == 0


def test_look_answers_with_warnings_and_writes_nothing(as_user, programme, head, student):
    client, url = as_user(head), reverse("visits:plan_look")
    html = text_of(client.post(url, form(time="21:00")))
    assert ("21:00到08:00一般不上门" in html, "还是这样约" in html) == (True, True)
    assert "note" not in text_of(client.post(url, form(date="")))
    assert Visit.objects.count() == 0


def test_look_knows_the_appointment_being_moved(as_user, head, planned):
    client, url = as_user(head), reverse("visits:plan_look")
    assert "前后不到一小时" in text_of(client.post(url, form(time="19:00")))
    assert "前后不到一小时" not in text_of(client.post(url, form(time="19:00", visit=planned.pk)))


# ── The appointment ──


def test_appointment_page_tells_time_answer_and_way(as_user, head, planned):
    html = text_of(as_user(head).get(reverse("visits:appointment", args=[planned.pk])))
    for words in ("后天18:30", "等家长答复", "家里谁答应了", "改期", "家长不方便上门", "取消约定", "约了时间"):
        assert words in html
    assert "到家了，开始家访" not in html  # not before the day


def test_appointment_of_today_offers_arrival(as_user, head, planned, settings):
    settings.HOMEVISIT_CLOCK = "2022-09-20T16:50+08:00"
    html = text_of(as_user(head).get(reverse("visits:appointment", args=[planned.pk])))
    for words in ("今天18:30", "还有1小时40分", "到家了，开始家访", "没人在家"):
        assert words in html


def test_reschedule_page_is_filled_and_moves(as_user, head, teacher, planned):
    client, url = as_user(head), reverse("visits:reschedule", args=[planned.pk])
    assert client.get(url).context["form"]["date"].value().isoformat() == "2022-09-20"
    response = client.post(url, form(date="2022-09-21", others=[teacher.pk]))
    assert response["Location"] == reverse("visits:appointment", args=[planned.pk])
    planned.refresh_from_db()
    assert (planned.planned_at, planned.rescheduled) == (at("2022-09-21 18:30"), 1)
    assert "9月20日18:30改到9月21日18:30" in text_of(client.get(response["Location"]))


def test_reschedule_says_what_to_repair(as_user, head, planned):
    response = as_user(head).post(reverse("visits:reschedule", args=[planned.pk]), form(date="2022-09-01"))
    assert (response.status_code, "已经过了" in text_of(response)) == (422, True)


VERBS = {
    "visits:confirm": {"with": "mother"},
    "visits:arrive": {},
    "visits:not_home": {},
    "visits:cancel": {"cancelled_by": "family"},
    "visits:decline_visit": {"offer": ""},
    "visits:reopen": {},
}


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("name", VERBS)
def test_each_verb_goes_on_to_a_page(as_user, head, planned, name):
    client = as_user(head)
    response = client.post(reverse(name, args=[planned.pk]), VERBS[name])
    goes_to = "visits:log_planned" if name == "visits:arrive" else "visits:appointment"
    assert response["Location"] == reverse(goes_to, args=[planned.pk])
    assert client.get(reverse("visits:appointment", args=[planned.pk])).status_code == 200


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("name", [*VERBS, "visits:reschedule"])
def test_acts_of_others_school_and_role(as_user, programme, head, teacher, student, school, planned, name):
    make_mentor(student, teacher)
    data = VERBS.get(name) or form(seen="visitors")
    stranger = make_class_head(make_class(make_school()))
    leader, admin = make_leader(school), make_user(Role.SCHOOL_ADMIN, school=school)
    can_cancel = name == "visits:cancel"
    for user, status in ((teacher, 403), (stranger, 404), (admin, 404), (leader, 302 if can_cancel else 403)):
        assert as_user(user).post(reverse(name, args=[planned.pk]), data).status_code == status, (user, name)


def test_class_head_may_cancel_what_a_mentor_planned(as_user, programme, head, teacher, student):
    make_mentor(student, teacher)
    visit = make_plan(student, by=teacher, programme=programme)
    assert as_user(head).post(reverse("visits:cancel", args=[visit.pk]), {"cancelled_by": "school"}).status_code == 302
    visit.refresh_from_db()
    assert (visit.state, visit.cancelled_by) == ("cancelled", "school")


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("name", [name for name in VERBS if name != "visits:reopen"])
def test_verb_from_another_state_is_409_with_a_sentence(as_user, head, planned, name):
    if name == "visits:cancel":
        not_home(planned, by=head)
    else:
        cancel(planned, by=head, cancelled_by="teacher")
    response = as_user(head).post(reverse(name, args=[planned.pk]), VERBS[name])
    assert (response.status_code, "不能这样做" in text_of(response)) == (409, True)


def test_reschedule_of_a_closed_appointment_is_409(as_user, head, planned):
    cancel(planned, by=head, cancelled_by="teacher")
    assert as_user(head).get(reverse("visits:reschedule", args=[planned.pk])).status_code == 409


def test_reopen_the_next_day_is_409(as_user, head, planned, settings):
    not_home(planned, by=head)
    settings.HOMEVISIT_CLOCK = "2022-09-19T08:00+08:00"
    response = as_user(head).post(reverse("visits:reopen", args=[planned.pk]))
    assert (response.status_code, "只能撤回当天的" in text_of(response)) == (409, True)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("visits:confirm", {}, "选一下家里谁答应的。"),
        ("visits:cancel", {}, "选一下是谁取消的。"),
        ("visits:cancel", {"cancelled_by": "family", "note": "长" * 201}, "说明最多200字。"),
        ("visits:decline_visit", {"offer": "phone"}, ""),
    ],
)
def test_incomplete_acts_are_422(as_user, head, planned, name, data, sentence):
    response = as_user(head).post(reverse(name, args=[planned.pk]), data)
    assert (response.status_code, sentence in text_of(response)) == (422, True)
    planned.refresh_from_db()
    assert planned.state == "planned"


def test_declined_page_offers_other_places_and_undo(as_user, programme, head, student):
    programme.config["visit"]["decline_offers"] = ["at_school", "nearby"]
    programme.save()
    open_register(programme)
    visit = make_plan(student, by=head, programme=programme)
    client = as_user(head)
    client.post(reverse("visits:decline_visit", args=[visit.pk]), {"offer": "at_school", "note": "家里不方便"})
    html = text_of(client.get(reverse("visits:appointment", args=[visit.pk])))
    for words in ("家长婉拒了上门", "不算谁的过失", "家里不方便", "?mode=at_school", "?mode=nearby", "撤回"):
        assert words in html
    plan = client.get(f"{reverse('visits:plan', args=[student.pk])}?mode=at_school")
    assert plan.context["form"]["mode"].value() == "at_school"
    assert Due.objects.get(student=student).declined is True

    client.post(reverse("visits:reopen", args=[visit.pk]))
    assert Due.objects.get(student=student).declined is False


def test_recorded_visit_has_its_own_page(as_user, programme, head, student):
    visit = make_visit(student, by=head, programme=programme)
    assert as_user(head).get(reverse("visits:appointment", args=[visit.pk]))["Location"] == (
        reverse("visits:detail", args=[visit.pk])
    )


def test_arrived_page_leads_to_the_record(as_user, head, planned):
    arrive(planned, by=head)
    html = text_of(as_user(head).get(reverse("visits:appointment", args=[planned.pk])))
    assert reverse("visits:log_planned", args=[planned.pk]) in html
    assert "点错了，撤回" in html


def test_decline_says_nothing_bad_about_the_family(as_user, head, planned):
    decline(planned, by=head)
    html = text_of(as_user(head).get(reverse("visits:appointment", args=[planned.pk])))
    assert not any(word in html for word in ("拒绝", "不配合", "失败"))


# ── The colleague's word ──


@pytest.fixture
def joined(programme, head, student, teacher):
    return make_visit(student, by=head, programme=programme, others=[teacher])


def presence(visit, user):
    return reverse("visits:presence", args=[visit.visitors.get(user=user).pk])


def test_colleague_is_asked_on_the_home_page_and_answers(as_user, joined, teacher):
    client = as_user(teacher)
    html = text_of(client.get(reverse("visits:home")))
    assert "和陈晓老师一起去了五（3）班" in html
    assert client.post(presence(joined, teacher), {"went": "no"})["Location"] == reverse("visits:home")
    assert joined.visitors.get(user=teacher).denied_at
    assert "一起去了" not in text_of(client.get(reverse("visits:home")))

    assert client.post(presence(joined, teacher), {"went": "yes", "record": "1"})["Location"] == (
        reverse("visits:detail", args=[joined.pk])
    )
    assert joined.visitors.get(user=teacher).confirmed_at


def test_nobody_answers_for_the_colleague(as_user, joined, teacher, head, school):
    assert as_user(head).post(presence(joined, teacher), {"went": "yes"}).status_code == 403
    assert as_user(head).post(presence(joined, head), {"went": "yes"}).status_code == 403
    stranger = make_class_head(make_class(make_school()))
    assert as_user(stranger).post(presence(joined, teacher), {"went": "yes"}).status_code == 404


def test_presence_without_an_answer_is_422_and_after_the_lock_409(as_user, joined, teacher):
    client = as_user(teacher)
    assert client.post(presence(joined, teacher), {}).status_code == 422
    Visit.objects.filter(pk=joined.pk).update(state="locked", locked_at=at("2022-09-18 19:00"))
    response = client.post(presence(joined, teacher), {"went": "yes"})
    assert (response.status_code, "已经归档" in text_of(response)) == (409, True)


def test_colleague_may_change_the_word_on_the_record_until_it_locks(as_user, joined, teacher, head):
    client, page = as_user(teacher), reverse("visits:detail", args=[joined.pk])
    assert "我去过" in text_of(client.get(page)) and "我没去" in text_of(client.get(page))
    client.post(presence(joined, teacher), {"went": "yes", "record": "1"})
    assert "我去过" not in text_of(client.get(page)) and "我没去" in text_of(client.get(page))
    assert "我没去" not in text_of(as_user(head).get(page))
    Visit.objects.filter(pk=joined.pk).update(state="locked", locked_at=at("2022-09-18 19:00"))
    assert "我没去" not in text_of(as_user(teacher).get(page))


@pytest.mark.parametrize("name", VERBS)
def test_who_goes_along_reads_the_appointment_and_leaves_the_acts_to_the_lead(as_user, programme, head, teacher, student, name):
    visit = make_plan(student, by=head, programme=programme, others=[teacher])
    page = as_user(teacher).get(reverse("visits:appointment", args=[visit.pk]))
    assert (page.status_code, "取消约定" in text_of(page), "改期" in text_of(page)) == (200, False, False)
    assert as_user(teacher).post(reverse(name, args=[visit.pk]), VERBS[name]).status_code == 403
