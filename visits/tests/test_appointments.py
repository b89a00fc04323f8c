"""What pages say of appointments: warnings, the day's list, what waits for an answer, agreed and kept time."""

import copy

import pytest
from django.urls import reverse

from programmes.tests.factories import CONFIG
from schools.models import Workday
from schools.tests.factories import make_class, make_school
from students.models import Household
from students.tests.factories import make_student
from visits.actions.appointment import arrive, confirm_presence
from visits.actions.appointment_checks import key, warnings
from visits.actions.register import open_register
from visits.actions.visit import submit_visit
from visits.models import Visit
from visits.queries.appointments import left, my_appointments, punctuality, to_confirm, when
from visits.tests.factories import at, entry, make_plan, make_visit

pytestmark = pytest.mark.django_db


def said(programme, head, planned_at, mode="in_person", others=(), **options):
    return [w.text for w in warnings(programme, by=head, planned_at=at(planned_at), mode=mode, others=others, **options)]


def test_good_appointment_raises_no_warning(programme, head, teacher):
    assert said(programme, head, "2022-09-20 18:30", others=[teacher.pk]) == []


@pytest.mark.parametrize(
    ("moment", "mode", "sentences"),
    [
        ("2022-09-19 19:59", "in_person", ["离现在不到24小时，一般要提前24小时约。"]),
        ("2022-09-20 21:00", "in_person", ["21:00到08:00一般不上门，换个时间更方便家长。"]),
        ("2022-09-20 07:59", "in_person", ["21:00到08:00一般不上门，换个时间更方便家长。"]),
        ("2022-09-20 08:00", "in_person", []),
        ("2022-10-02 10:00", "in_person", ["9月30日之后算补访：记录会保存，不计入覆盖率。"]),
        ("2022-09-20 18:30", "at_school", ["到校不计入覆盖率，记录照样保存。"]),
    ],
)
def test_rules_of_the_programme_warn_in_plain_words(programme, head, teacher, moment, mode, sentences):
    assert said(programme, head, moment, mode, others=[teacher.pk]) == sentences


def test_programme_sets_the_rules(programme, head):
    config = copy.deepcopy(CONFIG)
    config["visit"] |= {
        "min_visitors": 1, "appointment": {"notice_hours": 72, "quiet_from": "12:00", "quiet_to": "13:30"}
    }
    programme.config = config
    programme.save()
    assert said(programme, head, "2022-09-20 12:30") == [
        "离现在不到3天，一般要提前3天约。", "12:00到13:30一般不上门，换个时间更方便家长。"
    ]
    assert said(programme, head, "2022-09-22 22:00") == []


def test_visitors_and_deadline(programme, head, teacher):
    assert said(programme, head, "2022-09-20 18:30") == ["现在只有1位老师，一般要2位同去。"]
    assert said(programme, head, "2022-09-20 18:30", mode="video") == ["视频不计入覆盖率，记录照样保存。"]
    programme.deadlines.update(at=at("2022-09-20 00:00"))
    assert said(programme, head, "2022-09-20 18:30", others=[teacher.pk]) == ["9月19日截止，这次约在截止以后。"]


def test_holiday_of_the_table_is_named(programme, head, teacher):
    Workday.objects.create(day="2022-09-20", is_workday=False, name="放假")
    assert said(programme, head, "2022-09-20 18:30", others=[teacher.pk]) == ["9月20日放假，问问家长方不方便。"]


def test_clash_of_any_visitor_names_whom(programme, head, teacher, student):
    visit = make_plan(student, by=head, programme=programme, others=[teacher])
    assert said(programme, head, "2022-09-20 19:00", others=[teacher.pk]) == [
        "你后天18:30还有一个约定，前后不到一小时。", f"{teacher.name}老师后天18:30还有一个约定，前后不到一小时。"
    ]
    assert said(programme, head, "2022-09-20 19:30", others=[teacher.pk]) == []
    assert said(programme, head, "2022-09-20 19:00", others=[teacher.pk], visit=visit) == []


def test_key_names_what_was_shown(programme, head):
    found = warnings(programme, by=head, planned_at=at("2022-09-19 07:00"), mode="in_person")
    assert key(found) == "notice quiet visitors"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2022-09-17 18:30", "昨天18:30"), ("2022-09-18 21:00", "今天21:00"), ("2022-09-20 08:00", "后天08:00"),
        ("2022-09-21 18:30", "9月21日 周三18:30"), ("2023-01-02 10:00", "2023年1月2日 周一10:00"),
    ],
)  # fmt: skip
def test_when_says_near_days_by_name(clock, moment, words):
    assert when(at(moment)) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [("2022-09-18 21:40", "还有1小时40分"), ("2022-09-18 22:00", "还有2小时"), ("2022-09-18 20:05", "还有5分"),
     ("2022-09-18 20:00", ""), ("2022-09-19 08:00", "")],
)  # fmt: skip
def test_left_counts_down_today_only(clock, moment, words):
    assert left(at(moment)) == words


@pytest.mark.seed("W65")
def test_agreed_and_kept_time_stand_side_by_side(programme, head, student, settings):
    """五要：严格遵守约定时间。The record keeps both; the page puts them in one line."""
    open_register(programme)
    visit = make_plan(student, by=head, programme=programme, preparation="先夸他做值日认真。")
    assert punctuality(visit) == ""
    settings.HOMEVISIT_CLOCK = "2022-09-20T18:34+08:00"
    visit = arrive(visit, by=head)
    assert punctuality(visit) == "约18:30，18:34开始"

    settings.HOMEVISIT_CLOCK = "2022-09-20T20:00+08:00"
    record, _ = submit_visit(
        by=head, programme=programme, client_uuid=visit.client_uuid, students=[student], visit=visit,
        **entry(started_at=at("2022-09-20 18:34")),
    )  # fmt: skip
    record.refresh_from_db()
    assert (record.pk, record.state, record.planned_at, record.started_at) == (
        visit.pk, "recorded", at("2022-09-20 18:30"), at("2022-09-20 18:34"),
    )  # fmt: skip
    assert punctuality(record) == "约18:30，18:34开始"
    other_day = Visit(planned_at=at("2022-09-18 18:30"), started_at=at("2022-09-19 10:02"))
    assert punctuality(other_day) == "约9月18日18:30，9月19日10:02开始"


def test_my_appointments_are_coming_or_ask_what_became_of_them(programme, head, teacher, school_class, settings):
    early, late, joined = (make_student(school_class) for _ in range(3))
    first = make_plan(early, by=head, programme=programme, planned_at=at("2022-09-19 18:30"))
    second = make_plan(late, by=head, programme=programme, planned_at=at("2022-09-20 10:00"), others=[teacher])
    assert my_appointments(head).coming == [first, second]
    assert my_appointments(teacher).coming == [second]
    assert make_plan(joined, by=head, programme=programme) in my_appointments(head).later

    settings.HOMEVISIT_CLOCK = "2022-09-20T12:01+08:00"
    assert [visit.pk for visit in my_appointments(head).open] == [second.pk, first.pk]
    assert my_appointments(teacher).open == []  # the record is the lead's to write


def test_to_confirm_is_what_a_colleague_recorded(programme, head, teacher, school_class):
    visit = make_visit(make_student(school_class), by=head, programme=programme, others=[teacher])
    assert [row.visit for row in to_confirm(teacher)] == [visit]
    assert list(to_confirm(head)) == []
    confirm_presence(to_confirm(teacher)[0], by=teacher, went=False)
    assert list(to_confirm(teacher)) == []


# ── The home page ──


@pytest.fixture
def home(client):
    def get(user):
        client.force_login(user, backend="schools.backends.StaffBackend")
        return client.get(reverse("visits:home"))

    return get


def test_home_shows_the_appointment_of_the_day(home, programme, head, school_class, settings):
    student = make_student(school_class, name="顾梓涵", address="晨曦镇朝阳路88弄3号", guardian=("示例家长", "19900001234"))
    open_register(programme)
    make_plan(student, by=head, programme=programme, confirmed_with="mother")
    settings.HOMEVISIT_CLOCK = "2022-09-20T16:50+08:00"
    html = home(head).content.decode()
    for words in ("今天的约定", "18:30", "顾梓涵家", "妈妈答应的", "还有1小时40分", "晨曦镇", "准备出发", "已约"):
        assert words in html
    assert "朝阳路" not in html and "19900001234" not in html


def test_home_asks_what_became_of_a_past_appointment(home, programme, head, student, settings):
    open_register(programme)
    visit = make_plan(student, by=head, programme=programme)
    settings.HOMEVISIT_CLOCK = "2022-09-21T09:00+08:00"
    html = home(head).content.decode()
    assert "昨天18:30" in html and "去了吗？" in html
    for name in ("visits:log_planned", "visits:not_home", "visits:reschedule"):
        assert reverse(name, args=[visit.pk]) in html


def test_home_progress_has_the_planned_between_reached_and_open(home, programme, head, school_class):
    students = [make_student(school_class) for _ in range(4)]
    open_register(programme)
    make_visit(students[0], by=head, programme=programme)
    make_plan(students[1], by=head, programme=programme)
    html = home(head).content.decode()
    assert 'aria-label="已访1家，已约1家，待访2家"' in html


def test_home_keeps_a_sibling_of_another_school_masked(home, programme, head, student):
    student.household = Household.objects.create()
    student.save()
    other = make_student(make_class(make_school()), name="许嘉禾", household=student.household)
    make_plan(student, other, by=head, programme=programme)
    html = home(head).content.decode()
    assert "许嘉禾" not in html and "许**" in html


@pytest.mark.parametrize("rows", (1, 3))
def test_home_with_appointments_query_count(
    home, programme, head, teacher, school_class, rows, settings, django_assert_num_queries
):
    for hour in range(rows):
        for moment in (f"2022-09-19 {hour:02}:00", f"2022-09-20 1{hour}:00", f"2022-09-22 1{hour}:00"):
            student = make_student(school_class)
            make_plan(student, by=head, programme=programme, planned_at=at(moment), others=[teacher])
        row = make_visit(make_student(school_class), by=head, programme=programme, others=[teacher])
        row.visitors.update(role="other", confirmed_at=None)
    open_register(programme)
    settings.HOMEVISIT_CLOCK = "2022-09-20T08:00+08:00"
    home(head)
    with django_assert_num_queries(30):
        home(head)
