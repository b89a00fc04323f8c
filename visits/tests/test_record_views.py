import pytest
from django.urls import reverse

from core.models import AuditEntry
from programmes.enums import ProgrammeState
from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import (
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.tests.factories import make_mark, make_mentor, make_student
from visits.actions.register import open_register
from visits.actions.review import return_visit, void_visit
from visits.models import Due, VisitStudent
from visits.tests.factories import TEXTS, make_visit


def text_of(response):
    return response.content.decode()


# ── 今天 ──


def test_home_greets_and_counts_families(as_user, programme, head, school_class):
    done = make_student(school_class, name="沈一诺")
    first = make_student(school_class, name="徐星野")
    make_student(school_class, name="唐屿")
    make_mark(first, by=head)
    open_register(programme)
    make_visit(done, by=head, programme=programme)

    response = as_user(head).get(reverse("visits:home"))
    html = text_of(response)
    context = response.context
    assert (context["greeting"], context["date"], context["days_left"]) == ("晚上好，陈老师", "9月18日 周日", 12)
    assert (context["done"], len(context["mine"].due), len(context["mine"].waiting)) == (1, 3, 2)
    assert [(f.rank, f.names) for f in context["first_few"]] == [(1, "徐星野"), (2, "唐屿")]
    assert "照这个速度" in html
    assert "HARDSHIP" not in html
    assert f"{reverse('visits:mine')}?state=priority" in html
    assert [visit.pk for visit in context["recent"]] == [VisitStudent.objects.get(student=done).visit_id]


def test_home_puts_a_returned_record_on_top_with_its_reason(as_user, programme, head, leader, school_class):
    older = make_visit(make_student(school_class), by=head, programme=programme, day="2022-08-20")
    newer = make_visit(make_student(school_class), by=head, programme=programme, day="2022-09-10")
    return_visit(older, by=leader, reason="写明时间")

    response = as_user(head).get(reverse("visits:home"))
    assert [visit.pk for visit in response.context["recent"]] == [older.pk, newer.pk]
    assert "写明时间" in text_of(response)
    assert reverse("visits:correct", args=[older.pk]) in text_of(response)


@pytest.mark.parametrize(
    ("hour", "words"), [(3, "晚上好"), (7, "早上好"), (12, "中午好"), (17, "下午好"), (18, "晚上好")]
)
def test_home_greets_by_the_hour(as_user, programme, head, settings, hour, words):
    settings.HOMEVISIT_CLOCK = f"2022-09-18T{hour:02}:30+08:00"

    assert as_user(head).get(reverse("visits:home")).context["greeting"] == f"{words}，陈老师"


def test_home_has_a_sentence_for_every_emptiness(as_user, programme, head, student):
    assert "名单里还没有你的学生" in text_of(as_user(head).get(reverse("visits:home")))

    make_visit(student, by=head, programme=programme)
    assert "1家都走到了" in text_of(as_user(head).get(reverse("visits:home")))

    programme.state = ProgrammeState.DRAFT
    programme.save()
    assert "还没有走访活动" in text_of(as_user(head).get(reverse("visits:home")))


def test_home_of_a_closed_programme_offers_no_logging(as_user, programme, head, student):
    open_register(programme)
    programme.state = ProgrammeState.CLOSED
    programme.save()
    html = text_of(as_user(head).get(reverse("visits:home")))

    assert student.name in html
    assert reverse("visits:log", args=[student.pk]) not in html


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("", ["唐屿", "沈一诺"]),
        ("waiting", ["唐屿"]),
        ("visited", ["沈一诺"]),
        ("priority", []),
        ("nonsense", ["唐屿", "沈一诺"]),
    ],
)
def test_mine_shows_the_rows_behind_the_figures(as_user, programme, head, school_class, state, names):
    done = make_student(school_class, name="沈一诺")
    make_student(school_class, name="唐屿")
    open_register(programme)
    make_visit(done, by=head, programme=programme)

    response = as_user(head).get(reverse("visits:mine"), {"state": state})
    assert [family.names for family in response.context["families"]] == names
    assert [chip["count"] for chip in response.context["chips"]] == [2, 1, 0, 1, 0]


@pytest.mark.parametrize("rows", (1, 3))
def test_home_and_mine_query_count(as_user, programme, head, school_class, rows, django_assert_num_queries):
    for _ in range(rows):
        make_visit(make_student(school_class), by=head, programme=programme)
        make_student(school_class)
    open_register(programme)
    client = as_user(head)
    with django_assert_num_queries(19):
        client.get(reverse("visits:home"))
    with django_assert_num_queries(11):
        client.get(reverse("visits:mine"))


# ── A record ──


def test_record_page_tells_what_was_written(as_user, programme, head, teacher, student):
    visit = make_visit(
        student, by=head, programme=programme, others=[teacher], guardians_met=["mother"], student_present=True,
        opinions=[{"category": "作业", "text": "周末作业早点发。", "answerer": "school"}],
    )  # fmt: skip
    html = text_of(as_user(head).get(reverse("visits:detail", args=[visit.pk])))

    words = [
        *TEXTS.values(), "顾梓涵", "18:30–19:20，50分钟", "上门", "学生、妈妈", "罗一鸣", "周末作业早点发。",
        "转学校答复", "已计入",
    ]  # fmt: skip
    assert [word for word in words if word not in html] == []


def test_record_page_tells_its_history(as_user, programme, head, leader, student):
    visit = make_visit(student, by=head, programme=programme)
    return_visit(visit, by=leader, reason="写明时间")

    steps = as_user(head).get(reverse("visits:detail", args=[visit.pk])).context["history"]
    assert [(step.who, step.what, step.reason) for step in steps] == [
        ("陈晓", "提交了记录", ""), ("沈文清", "退回修改", "写明时间"),
    ]  # fmt: skip


def test_record_is_read_by_those_it_concerns(as_user, programme, school, head, leader, teacher, student):
    visit = make_visit(student, by=head, programme=programme)
    mentor = make_user(Role.TEACHER, school=school)
    make_mentor(student, mentor)
    people = {
        "author": head, "leader": leader, "mentor": mentor, "colleague": teacher,
        "admin": make_user(Role.SCHOOL_ADMIN, school=school),
        "other head": make_class_head(make_class(school, grade=1)), "other leader": make_leader(make_school()),
        "officer": make_officer(school.authority),
    }  # fmt: skip
    answers = {
        name: as_user(user).get(reverse("visits:detail", args=[visit.pk])).status_code for name, user in people.items()
    }

    assert answers == {
        "author": 200, "leader": 200, "mentor": 200, "colleague": 404, "admin": 404, "other head": 404, "other leader": 404,
        "officer": 404,
    }  # fmt: skip


def test_leader_returns_a_class_heads_record(as_user, programme, head, leader, student):
    visit = make_visit(student, by=head, programme=programme)
    url = reverse("visits:return", args=[visit.pk])

    empty = as_user(leader).post(url, {"return-reason": " "})
    assert empty.status_code == 422
    assert "写明原因，老师才知道改什么。" in text_of(empty)

    assert as_user(leader).post(url, {"return-reason": "写明时间"}).status_code == 302
    assert as_user(leader).post(url, {"return-reason": "写明时间"}).status_code == 302
    clash = as_user(leader).post(url, {"return-reason": "还有过程"})
    assert clash.status_code == 409
    assert "这条记录已经退回了，等老师改好后再看。" in text_of(clash)
    visit.refresh_from_db()
    assert (visit.return_reason, visit.returned_by) == ("写明时间", leader)


def test_leader_voids_and_coverage_falls(as_user, programme, head, leader, student):
    visit = make_visit(student, by=head, programme=programme)
    url = reverse("visits:void", args=[visit.pk])

    assert as_user(leader).post(url, {}).status_code == 422
    assert as_user(leader).post(url, {"void-reason": "重复"}).status_code == 302
    assert Due.objects.get(student=student).visits == 0
    clash = as_user(leader).post(url, {"void-reason": "别的"})
    assert (clash.status_code, "现在是“已作废”" in text_of(clash)) == (409, True)
    assert "重复" in text_of(as_user(head).get(reverse("visits:detail", args=[visit.pk])))


def test_verbs_are_for_their_roles_and_post_only(as_user, programme, school, head, leader, teacher, student):
    make_mentor(student, teacher)
    by_mentor = make_visit(student, by=teacher, programme=programme)
    answers = {}
    for name, user in {"head": head, "leader": leader, "mentor": teacher, "officer": make_officer(school.authority)}.items():
        client = as_user(user)
        answers[name] = [
            client.post(reverse(f"visits:{verb}", args=[by_mentor.pk]), {}).status_code for verb in ("return", "void")
        ]
    assert answers == {"head": [422, 403], "leader": [403, 422], "mentor": [403, 403], "officer": [404, 404]}
    for verb in ("return", "void"):
        assert as_user(leader).get(reverse(f"visits:{verb}", args=[by_mentor.pk])).status_code == 405
    assert AuditEntry.objects.filter(action__in=["visit.return", "visit.void"]).count() == 0


def test_record_page_offers_only_what_may_be_done(as_user, programme, head, leader, student):
    visit = make_visit(student, by=head, programme=programme)

    def offered(user):
        context = as_user(user).get(reverse("visits:detail", args=[visit.pk])).context
        return context["may_correct"], context["may_return"], context["may_void"]

    assert (offered(head), offered(leader)) == ((False, False, False), (False, True, True))
    return_visit(visit, by=leader, reason="写明时间")
    assert (offered(head), offered(leader)) == ((True, False, False), (False, False, True))
    void_visit(visit, by=leader, reason="重复")
    assert (offered(head), offered(leader)) == ((False, False, False), (False, False, False))


def test_record_page_clears_the_drafts_of_its_author_only(as_user, programme, head, leader, student):
    visit = make_visit(student, by=head, programme=programme)
    url = reverse("visits:detail", args=[visit.pk])

    assert f'data-submitted="{visit.client_uuid}"' in text_of(as_user(head).get(url))
    assert "data-submitted" not in text_of(as_user(leader).get(url))


# ── The list ──


@pytest.fixture
def some_records(programme, school, head, leader, teacher, school_class):
    """{name: visit}: counted, by phone, returned, voided, of a mentored pupil elsewhere."""
    pupils = {name: make_student(school_class, name=name) for name in ("甲", "乙", "丙", "丁")}
    found = {
        "counted": make_visit(pupils["甲"], by=head, programme=programme, day="2022-09-10"),
        "phone": make_visit(pupils["乙"], by=head, programme=programme, day="2022-09-11", mode="phone"),
        "returned": make_visit(pupils["丙"], by=head, programme=programme, day="2022-09-12"),
        "voided": make_visit(pupils["丁"], by=head, programme=programme, day="2022-09-13"),
    }
    elsewhere = make_student(make_class(school, grade=2))
    make_mentor(elsewhere, teacher)
    found["mentor"] = make_visit(elsewhere, by=teacher, programme=programme, day="2022-09-14")
    return_visit(found["returned"], by=leader, reason="写明时间")
    void_visit(found["voided"], by=leader, reason="重复")
    return found


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["mentor", "voided", "returned", "phone", "counted"]),
        ({"state": "returned"}, ["returned"]),
        ({"state": "uncounted"}, ["phone"]),
        ({"state": "voided"}, ["voided"]),
        ({"state": "mine"}, []),
        ({"mode": "phone"}, ["phone"]),
        ({"since": "2022-09-12", "until": "2022-09-13"}, ["voided", "returned"]),
        ({"state": "nonsense", "mode": "x", "since": "yesterday"}, ["mentor", "voided", "returned", "phone", "counted"]),
        ({"page": "99"}, ["mentor", "voided", "returned", "phone", "counted"]),
    ],
)
def test_leader_filters_records_by_the_address(as_user, some_records, leader, query, names):
    response = as_user(leader).get(reverse("visits:records"), query)

    assert [visit for visit in response.context["page"]] == [some_records[name] for name in names]


def test_records_by_class(as_user, some_records, leader, school_class):
    page = as_user(leader).get(reverse("visits:records"), {"school_class": school_class.pk}).context["page"]

    assert [visit for visit in page] == [some_records[name] for name in ("voided", "returned", "phone", "counted")]


def test_records_are_those_one_may_read(as_user, some_records, school, head, teacher):
    people = {"head": head, "mentor": teacher, "stranger": make_class_head(make_class(make_school()))}
    seen = {name: len(as_user(user).get(reverse("visits:records")).context["page"]) for name, user in people.items()}

    assert seen == {"head": 4, "mentor": 1, "stranger": 0}


def test_records_are_not_for_those_who_read_none(as_user, programme, school):
    for user in (make_user(Role.SCHOOL_ADMIN, school=school), make_officer(school.authority)):
        assert as_user(user).get(reverse("visits:records")).status_code == 403


def test_records_of_another_programme_are_on_its_own_page(as_user, programme, school, head, student):
    make_visit(student, by=head, programme=programme)
    make_programme(school.authority, code="newer", starts_on="2022-09-01")

    assert len(as_user(head).get(reverse("visits:records")).context["page"]) == 0


@pytest.mark.parametrize("rows", (1, 3))
def test_records_query_count(as_user, programme, head, teacher, school_class, rows, django_assert_num_queries):
    for _ in range(rows):
        make_visit(make_student(school_class), by=head, programme=programme, others=[teacher])
    client = as_user(head)
    with django_assert_num_queries(10):
        client.get(reverse("visits:records"))


@pytest.mark.parametrize("pupils", (1, 3))
def test_record_page_query_count(as_user, programme, head, teacher, school_class, pupils, django_assert_num_queries):
    visit = make_visit(make_student(school_class), by=head, programme=programme, others=[teacher])
    for _ in range(pupils - 1):
        other = make_student(school_class)
        visit.visit_students.create(
            student=other, programme=programme, authority_id=other.authority_id, school=other.school,
            school_class=school_class, mode=visit.mode, visited_on=visit.visited_on, counted=True,
        )  # fmt: skip
    client = as_user(head)
    with django_assert_num_queries(15):
        client.get(reverse("visits:detail", args=[visit.pk]))
