"""The record form's pages: from an appointment, with lines, with a look before sending."""

import uuid

import pytest
from django.urls import reverse

from programmes.tests.factories import CONFIG, make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_school, make_user
from students.tests.factories import make_mentor, make_student
from visits.actions.appointment import cancel, plan_visit
from visits.actions.register import open_register
from visits.models import Visit
from visits.queries.counters import counters
from visits.tests.factories import TEXTS, at, make_visit
from visits.tests.test_log_views import mistakes, typed
from visits.tests.test_record_entry import RICH

SETS = {f"{name}-{key}_FORMS": value for name in ("promise", "help") for key, value in (("TOTAL", 3), ("INITIAL", 0))}
LINES = {
    **SETS, "promise-0-text": "每晚八点写作业", "promise-0-who": "family", "promise-0-due_on": "2022-10-02",
    "help-0-kind": "资助", "help-0-text": "书费", "help-0-amount": "120.50", "materials": ["letter"],
    "observed_desk": "客厅电视旁边", "follow_up_on": "2022-10-16", "follow_up_note": "看作业", "check_four": ["policy"],
}  # fmt: skip


@pytest.fixture
def programme(db, clock):
    return make_programme(config=RICH)


@pytest.fixture
def page(client, head):
    client.force_login(head)
    return client


@pytest.fixture
def plan(programme, head, teacher, student):
    return plan_visit(
        by=head, programme=programme, client_uuid=uuid.uuid4(), students=[student], planned_at=at("2022-09-19 18:30"),
        mode="nearby", others=[teacher], preparation="先说运动会",
    )[0]  # fmt: skip


def look(page, data):
    return page.post(reverse("visits:review"), data, headers={"HX-Request": "true"}).context["lines"]


def test_the_form_keeps_every_kind_of_line(page, programme, student):
    response = page.post(reverse("visits:log"), typed(student, **LINES, **{f"strengths_{student.pk}": "会修自行车"}))

    visit = Visit.objects.get()
    assert response.status_code == 302
    assert visit.promises.values_list("text", "who").get() == ("每晚八点写作业", "family")
    assert str(visit.help_given.get().amount) == "120.50"
    assert (visit.materials, visit.observations, visit.checklist) == (["letter"], {"desk": "客厅电视旁边"}, ["policy"])
    assert (visit.follow_up_on.isoformat(), visit.follow_up_note) == ("2022-10-16", "看作业")
    assert visit.notes.get().strengths == "会修自行车"


def test_wrong_lines_are_named_at_their_place_and_kept(page, programme, student):
    wrong = {
        **LINES, "promise-0-due_on": "2022-09-01", "help-0-kind": "", "help-0-amount": "-3", "follow_up_on": "2022-09-18",
        "help-1-text": "台灯", "observed_desk": "31011320110101123X", f"strengths_{student.pk}": "长" * 301,
    }  # fmt: skip
    response = page.post(reverse("visits:log"), typed(student, **wrong))

    html = response.content.decode()
    assert response.status_code == 422
    assert mistakes(response) == [
        ("约定", "约定看结果的日子9月1日已经过了，选今天以后的。"),
        ("优点和长处", "“优点和长处”最多300字，现在301字。"),
        ("回访日期", "回访选今天以后的日子。"),
        ("学习环境", "“学习环境”里像是有身份证号，请删去。系统不存证件号。"),
        ("给予的帮助", "金额写大于0的数，最多两位小数；没有就空着。"),
        ("给予的帮助", "这笔帮助是哪一种，选一下。"),
    ]
    kept = ["每晚八点写作业", "台灯", "长" * 301, 'value="2022-09-18"', 'value="-3"', "书费", "看作业", TEXTS["analysis"]]
    assert [word for word in kept if word not in html] == []
    assert Visit.objects.count() == 0


def test_the_look_says_the_lines_back(page, programme, student):
    said = [sentence for tone, sentence, _ in look(page, typed(student, **LINES)) if not tone]

    assert said == [
        "9月17日 18:34–19:26，上门，学生、妈妈在家", "5项记录，共57字", "四进家庭聊到1项", "送到材料1样",
        "给予帮助1笔，共120.5元", "家长意见1条", "约定1条", "10月16日回访",
    ]  # fmt: skip


def test_overlaps_are_said_and_never_stop_a_record(page, programme, head, teacher, school_class, student):
    neighbour = make_student(school_class, name="夏初晴")
    make_visit(neighbour, by=head, programme=programme, started_at=at("2022-09-17 18:00"))
    far = make_class(make_school(programme.authority))
    far_head = make_class_head(far)
    make_visit(make_student(far, name="外校的"), by=far_head, programme=programme, started_at=at("2022-09-17 19:00"))
    sister_class = make_class(school_class.school, grade=1)
    other = make_class_head(sister_class)
    make_visit(
        make_student(sister_class, name="别班的"), by=other, programme=programme, others=[teacher],
        started_at=at("2022-09-17 19:00"),
    )  # fmt: skip
    warm = [sentence for tone, sentence, _ in look(page, typed(student, others=[teacher.pk])) if tone == "warm"]

    assert warm == [
        "18:00–18:50你在夏初晴家，和这次的时间重叠，看看有没有填错。",
        "19:00–19:50罗一鸣老师有另一次走访，和这次的时间重叠，看看有没有填错。",
    ]
    assert page.post(reverse("visits:log"), typed(student, others=[teacher.pk])).status_code == 302


def test_one_word_for_a_late_record_is_asked_at_the_field(page, programme, student):
    response = page.post(reverse("visits:log"), typed(student, day="2022-09-08"))
    assert mistakes(response) == [("为什么补记", "走访过去10天了，超过7天的选一个补记原因。")]
    assert page.post(reverse("visits:log"), typed(student, day="2022-09-08", late_reason="network")).status_code == 302
    assert Visit.objects.get().late_reason == "network"


# ── From an appointment ──


def test_the_page_of_an_appointment_is_filled_in(page, programme, teacher, student, plan, settings):
    settings.HOMEVISIT_CLOCK = "2022-09-19T20:30+08:00"
    for url in (reverse("visits:log_planned", args=[plan.pk]), reverse("visits:log", args=[student.pk])):
        response = page.get(url)
        form = response.context["form"]
        assert response.context["plan"] == plan
        assert (form["mode"].value(), form["day"].value().isoformat(), form["start"].value().isoformat("minutes")) == (
            "nearby", "2022-09-19", "18:30",
        )  # fmt: skip
        assert (str(form["client_uuid"].value()), form["preparation"].value(), form["others"].value()) == (
            str(plan.client_uuid), "先说运动会", [teacher.pk],
        )  # fmt: skip

    data = typed(student, client_uuid=str(plan.client_uuid), day="2022-09-19", others=[teacher.pk], preparation="先说运动会")
    sent = page.post(reverse("visits:log_planned", args=[plan.pk]), data)
    assert sent.url == reverse("visits:detail", args=[plan.pk])
    plan.refresh_from_db()
    assert (plan.state, plan.process, plan.preparation) == ("recorded", TEXTS["process"], "先说运动会")
    assert page.get(reverse("visits:log_planned", args=[plan.pk])).url == sent.url
    assert page.post(reverse("visits:log_planned", args=[plan.pk]), data).url == sent.url
    assert Visit.objects.count() == 1


def test_an_appointment_is_recorded_by_its_visitor_only(client, page, head, teacher, leader, student, plan):
    url = reverse("visits:log_planned", args=[plan.pk])
    answers = {}
    people = {"companion": teacher, "leader": leader, "far": make_class_head(make_class(make_school()))}
    for name, user in people.items():
        client.force_login(user)
        answers[name] = client.get(url).status_code, client.post(url).status_code
    assert answers == {"companion": (403, 403), "leader": (403, 403), "far": (404, 404)}


def test_a_called_off_appointment_says_so(page, head, plan):
    cancel(plan, by=head, cancelled_by="family", note="")
    for response in (page.get(reverse("visits:log_planned", args=[plan.pk])), page.post(
        reverse("visits:log_planned", args=[plan.pk])
    )):  # fmt: skip
        assert response.status_code == 409
        assert "已取消" in response.content.decode()


def test_a_wrong_form_of_an_appointment_stays_one(page, student, plan, settings):
    settings.HOMEVISIT_CLOCK = "2022-09-19T20:30+08:00"
    url = reverse("visits:log_planned", args=[plan.pk])
    response = page.post(url, typed(student, client_uuid=str(plan.client_uuid), day="2022-09-19", text_cause=""))
    assert response.status_code == 422
    assert f'action="{url}"' in response.content.decode()
    plan.refresh_from_db()
    assert plan.state == "planned"


# ── Follow-ups and earlier promises ──


def test_a_follow_up_comes_with_its_visit_and_its_promises(page, programme, head, student):
    first = make_visit(
        student, by=head, programme=programme, day="2022-09-12", follow_up_on=at("2022-09-25 08:00").date(),
        promises=[{"who": "family", "text": "每晚八点写作业", "due_on": None}],
    )  # fmt: skip
    promise = first.promises.get()
    context = page.get(reverse("visits:log", args=[student.pk])).context
    assert (context["followed"], context["form"]["kind"].value()) == (first, "follow_up")
    assert context["earlier"] == [(promise, "")]

    page.post(reverse("visits:log"), typed(student, follows=first.pk, kind="follow_up", **{f"outcome_{promise.pk}": "kept"}))
    promise.refresh_from_db()
    second = Visit.objects.latest("pk")
    assert (second.follows, second.kind, promise.outcome, promise.outcome_visit) == (first, "follow_up", "kept", second)
    context = page.get(reverse("visits:log", args=[student.pk])).context
    assert (context["followed"], context["earlier"]) == (None, [])
    asked = page.get(reverse("visits:log", args=[student.pk]), {"follows": second.pk}).context
    assert asked["followed"] == second
    stranger = page.get(reverse("visits:log", args=[student.pk]), {"follows": "999"}).context
    assert stranger["followed"] is None


def test_the_code_is_asked_until_it_is_signed(page, school, head, student):
    conduct = {"title": "五要五不能", "rules": [{"kind": "do", "text": "准时"}]}
    programme = make_programme(
        school.authority, code="with-code", config={**CONFIG, "conduct": conduct}, starts_on=at("2022-09-01 08:00").date()
    )
    url = reverse("visits:log", args=[student.pk])
    assert "conduct_read" in page.get(url).context["form"].fields
    data = typed(student, programme=programme.code)
    refused = page.post(url, data)
    assert mistakes(refused) == [("五要五不能", "看一遍再勾上“我已读过，会照着做”。")]
    assert page.post(url, {**data, "conduct_read": "on"}).status_code == 302
    assert "conduct_read" not in page.get(url).context["form"].fields


# ── Counters ──


def test_counters_count_families_once_and_help_each_time(programme, head, school, school_class, student):
    other = make_student(school_class)
    given = [{"kind": "资助", "text": "书费", "amount": 100}, {"kind": "物品", "text": "台灯"}]
    make_visit(student, by=head, programme=programme, checklist=["policy"], materials=["letter"], help_given=given)
    make_visit(student, by=head, programme=programme, checklist=["policy"], mode="phone", help_given=given[:1], minutes=20)
    make_visit(other, by=head, programme=programme)
    found = counters(programme, school)

    assert found.families == 2
    assert [(label, [(item.label, item.families) for item in items]) for label, items in found.groups] == [
        ("四进家庭", [("教育政策", 1)]), ("送到的材料", [("致家长的一封信", 1)]),
    ]  # fmt: skip
    assert [(row.kind, row.times, row.amount) for row in found.given] == [("资助", 2, 200), ("物品", 1, 0)]
    assert (found.times, found.amount) == (3, 200)
    assert counters(programme, make_school(programme.authority)).families == 0


@pytest.mark.parametrize("visits", (1, 3))
def test_counters_are_two_queries(programme, head, school, school_class, visits, django_assert_num_queries):
    for _ in range(visits):
        make_visit(make_student(school_class), by=head, programme=programme, checklist=["policy"])
    with django_assert_num_queries(2):
        counters(programme, school)


def test_a_part_of_the_school_page_shows_them(client, programme, head, leader, school, student):
    open_register(programme)
    make_visit(student, by=head, programme=programme, checklist=["policy"])
    client.force_login(leader)
    html = client.get(reverse("visits:school_told", args=[school.pk])).content.decode()
    assert "已记录1家" in html and "1/1家" in html and "0/1家" in html


@pytest.mark.parametrize("pupils", (1, 3))
def test_page_of_a_family_query_count(page, programme, head, school_class, student, pupils, django_assert_num_queries):
    for _ in range(pupils):
        make_student(school_class)
    open_register(programme)
    make_mentor(student, make_user(Role.TEACHER, school=school_class.school))
    page.get(reverse("visits:log", args=[student.pk]))
    with django_assert_num_queries(23):
        page.get(reverse("visits:log", args=[student.pk]))
    for day in range(2, 2 + pupils):
        make_visit(student, by=head, programme=programme, day=f"2022-09-0{day}")
    with django_assert_num_queries(29):  # what was agreed, asked and praised there
        page.get(reverse("visits:log", args=[student.pk]))
