"""What a teacher reads about the own records, and says to it."""

import uuid

import pytest
from django.urls import reverse

from core.clock import now
from honesty.enums import HintKind, HintState, Reason
from honesty.models import HintVisit
from honesty.tests.factories import add_call, make_hint
from honesty.tests.scene import TEXT, copied_texts, day_of_calls, one_photo, pupils
from programmes.models import Programme
from programmes.tests.factories import CONFIG, make_programme
from schools.enums import Role
from schools.tests.factories import make_user
from students.actions.consent import withdraw_consent
from students.models import Household
from visits.enums import VisitState
from visits.models import Visit
from visits.tests.photo_place import ASKED, agree

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    """page(user, hint or None, htmx=False): the hint's page, or the own list, as text."""

    def get(user, hint=None, *, htmx=False, status=200):
        client.force_login(user)
        address = reverse("honesty:hint", args=[hint.pk]) if hint else reverse("honesty:mine")
        response = client.get(address, headers={"HX-Request": "true"} if htmx else {})
        assert response.status_code == status
        return response.text

    return get


@pytest.fixture
def post(client):
    def send(user, verb, hint, **data):
        client.force_login(user)
        prefix = "conclude" if verb == "conclude" else "answer"
        data = {f"{prefix}-{name}": value for name, value in data.items()}
        return client.post(reverse(f"honesty:{verb}", args=[hint.pk]), data)

    return send


def hint_of(teacher, programme, school, **fields):
    return make_hint(teacher, programme, school, **fields)


@pytest.mark.seed("S15", "S29")
def test_a_teacher_reads_the_own_hints_what_waits_first(page, head, teacher, programme, school):
    hint_of(head, programme, school, kind=HintKind.BUNCHED, state=HintState.CONCLUDED)
    hint_of(head, programme, school, kind=HintKind.ALIKE, state=HintState.GONE)
    hint_of(head, programme, school, kind=HintKind.PHOTO)
    hint_of(teacher, programme, school, kind=HintKind.BUNCHED)
    text = page(head)
    assert text.index("照片重复") < text.index("突击走访")
    assert "文字雷同" not in text
    assert text.count("等你说明") == 1
    assert "第1–2条，共2条" in text
    assert "不计分，不排名，不进走访情况证明" in text


def test_without_a_hint_or_a_notice_the_list_says_so(page, head, programme):
    assert "没有提醒" in page(head)
    programme.delete()
    assert "还没有走访活动" in page(head)


def test_the_home_page_gets_one_line_while_something_waits(page, head, programme, school):
    assert page(head, htmx=True).strip() == ""
    hint = hint_of(head, programme, school)
    assert "1条真实性提醒等你说明" in page(head, htmx=True)
    hint.state, hint.reason, hint.answered_at = HintState.ANSWERED, Reason.COMMON, now()
    hint.save()
    assert page(head, htmx=True).strip() == ""


def test_only_the_teacher_reads_it_before_the_leaders_turn(page, head, teacher, leader, school_admin, officer, programme, school):
    hint = hint_of(head, programme, school, leader_from=now() + (now() - now().replace(year=2021)))
    assert "等你说明" in page(head, hint)
    for user in (teacher, leader, school_admin, officer):
        page(user, hint, status=404)


def test_a_teacher_who_left_the_school_reads_nothing_of_it(page, head, programme, school):
    hint = hint_of(head, programme, school)
    head.posts.update(ends_on="2022-09-01")
    page(head, hint, status=404)


def test_a_day_of_calls_says_how_long_and_how_far_apart(page, head, programme, school_class):
    text = page(head, day_of_calls(head, programme, pupils(school_class)))
    assert "9月13日一天走访了11家，最短间隔4分钟" in text
    assert "13:30–14:00，30分钟" in text
    assert text.count("时间短") == 1
    assert text.count("和前一家重叠") == 1
    assert "隔4分钟" in text
    assert "11条记录" in text


def test_two_records_of_one_call_are_no_gap(page, head, programme, school_class):
    one, other = pupils(school_class, 2)
    home = Household.objects.create()
    for pupil in (one, other):
        pupil.household = home
        pupil.save()
    visits = [add_call(programme, pupil, head, "2022-09-13 18:30") for pupil in (one, other)]
    text = page(head, make_hint(head, programme, one.school, kind=HintKind.BUNCHED, visits=visits))
    assert text.count("和前一条同一家") == 1
    assert "重叠" not in text


def test_calls_without_an_end_or_that_were_voided_have_no_gap(page, head, programme, school_class):
    hint = day_of_calls(head, programme, pupils(school_class, 4))
    first, second, *_ = Visit.objects.order_by("started_at")
    Visit.objects.filter(pk=first.pk).update(ended_at=None)
    Visit.objects.filter(pk=second.pk).update(state=VisitState.VOIDED, voided_at=now(), void_reason="记重了")
    text = page(head, hint)
    assert "已作废" in text
    assert text.count(">隔") == 1


@pytest.mark.seed("S15")
def test_texts_stand_side_by_side_and_only_what_differs_is_marked(page, head, programme, school_class):
    text = page(head, copied_texts(head, programme, pupils(school_class, 6)))
    assert "这几份“家访反思”" in text
    assert text.count("一字不差") == 2
    assert text.count(TEXT) == 3
    assert '<ins><span class="visually-hidden">不一样：</span>外婆在家</ins>' in text
    assert "另外2份是别的老师的" in text


def test_a_text_taken_out_since_is_said(page, head, programme, school_class):
    hint = copied_texts(head, programme, pupils(school_class, 3))
    Visit.objects.filter(pk=hint.hint_visits.first().visit_id).update(reflection="")
    assert "现在没有写。" in page(head, hint)


@pytest.fixture
def photos(settings, tmp_path, programme):
    """The notice asks for photos."""
    settings.MEDIA_ROOT = tmp_path / "media"
    programme.config = {**programme.config, "visit": ASKED["visit"]}
    programme.save()
    return Programme.objects.get(pk=programme.pk)


def test_photos_lie_side_by_side_and_open_by_the_readers_own_link(page, client, photos, school_class, head):
    hint = one_photo(head, photos, pupils(school_class, 3))
    text = page(head, hint)
    assert text.count("<img") == 3
    address = text.split('<img src="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(address).status_code == 200
    client.force_login(make_user(Role.TEACHER, school=school_class.school))
    assert client.get(address).status_code == 404


def test_a_photo_of_a_family_that_took_its_consent_back_is_not_shown(page, photos, school_class, head):
    students = pupils(school_class, 3)
    hint = one_photo(head, photos, students)
    agree(students[0], head)
    withdraw_consent(students[0], "photo", by=head)
    text = page(head, hint)
    assert (text.count("<img"), text.count("现在看不到照片")) == (2, 1)
    HintVisit.objects.filter(hint=hint).update(media=None)
    assert page(head, hint).count("现在看不到照片") == 3


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize(
    ("state", "fields", "way"),
    [
        (VisitState.RECORDED, {"returned_at": "2022-09-18T08:00+08:00", "return_reason": "改一改"}, "correct"),
        (VisitState.LOCKED, {"locked_at": "2022-09-18T08:00+08:00"}, "amend"),
        (VisitState.RECORDED, {}, ""),
    ],
)
def test_each_record_has_the_way_to_mend_it(page, head, programme, school_class, state, fields, way):
    hint = copied_texts(head, programme, pupils(school_class, 2))
    visit = hint.hint_visits.first().visit
    Visit.objects.filter(pk=visit.pk).update(state=state, **fields)
    text = page(head, hint)
    assert reverse("visits:detail", args=[visit.pk]) in text
    for name in ("correct", "amend"):
        assert (reverse(f"visits:{name}", args=[visit.pk]) in text) == (name == way)
    assert "请班主任或学校负责人退回给你" in text  # of the other record at least


@pytest.mark.seed("S15")
def test_what_the_teacher_says_is_kept_and_told(post, page, head, programme, school_class):
    hint = copied_texts(head, programme, pupils(school_class, 3))
    response = post(head, "answer", hint, reason="common", text="三家都是作业拖得晚")
    assert response["Location"] == reverse("honesty:hint", args=[hint.pk])
    hint.refresh_from_db()
    assert (hint.state, hint.reason, hint.answer) == (HintState.ANSWERED, "common", "三家都是作业拖得晚")
    text = page(head, hint)
    assert "学校负责人看得到" in text
    assert "你已说明" in text
    assert "改说明" in text
    assert "说的本来是同一件事：三家都是作业拖得晚" in text  # the history
    post(head, "answer", hint, reason="common", text="三家都是作业拖得晚")
    assert page(head, hint).count(f"{head.name}说明了情况") == 1


@pytest.mark.parametrize(("number", "name"), [(3, "honesty:hint"), (1, "visits:detail")])
def test_who_means_to_mend_it_is_led_to_the_record(post, head, programme, school_class, number, name):
    hint = copied_texts(head, programme, pupils(school_class, number))
    response = post(head, "answer", hint, reason="template")
    target = hint.pk if name == "honesty:hint" else hint.hint_visits.get().visit_id
    assert response["Location"] == reverse(name, args=[target])


@pytest.mark.sqlite  # what a form says is made in Python: once is enough
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "选一个符合的情况。"),
        ({"reason": "time"}, "选一个符合的情况。"),  # of another kind
        ({"reason": "other"}, "写一句是怎么回事。"),
        ({"reason": "other", "text": " 　 "}, "写一句是怎么回事。"),
        ({"reason": "common", "text": "说" * 301}, "最多300个字"),
        ({"reason": "common\x00"}, "选一个符合的情况。"),
    ],
)
def test_a_wrong_answer_is_refused_and_its_words_kept(post, head, programme, school, data, sentence):
    hint = hint_of(head, programme, school)
    response = post(head, "answer", hint, **data)
    assert response.status_code == 422
    assert sentence in response.text
    if len(data.get("text", "")) > 300:
        assert data["text"] in response.text
    hint.refresh_from_db()
    assert hint.state == HintState.TOLD


@pytest.mark.sqlite  # a table of rules: once is enough
def test_nobody_else_answers_and_nothing_after_the_conclusion(post, head, teacher, leader, officer, programme, school):
    hint = hint_of(head, programme, school)
    assert post(leader, "answer", hint, reason="common").status_code == 403
    assert post(teacher, "answer", hint, reason="common").status_code == 404
    assert post(officer, "answer", hint, reason="common").status_code == 404
    for state in (HintState.CONCLUDED, HintState.GONE):
        late = hint_of(head, programme, school, kind=HintKind.PHOTO, state=state, key=uuid.uuid4().hex)
        response = post(head, "answer", late, reason="together")
        assert response.status_code == 409
        assert late.get_state_display() in response.text


def test_a_concluded_hint_shows_what_was_found_and_no_form(page, head, programme, school):
    text = page(head, hint_of(head, programme, school, state=HintState.CONCLUDED))
    assert "情况属实" in text
    assert "和老师谈过" in text
    assert "<form class=" not in text.split("<main")[1]
    assert "这条提醒不用再管" in page(head, hint_of(head, programme, school, kind=HintKind.PHOTO, state=HintState.GONE))


@pytest.mark.sqlite  # what a form says is made in Python: once is enough
def test_the_rules_are_the_notices_own_numbers(client, head, officer, programme):
    client.force_login(head)
    text = client.get(reverse("honesty:rules")).text
    for words in ("超过8家", "有3家不到10分钟", "3份以上", "90%以上", "不到40个字的不算", "过了2个工作日", "过7天没有核实"):
        assert words in text
    assert "我的提醒" in text
    other = {"authority_sees_counts": False, "similar_text": False, "reused_photo": False, "more_than_a_day": 5}
    make_programme(programme.authority, code="later", config={**CONFIG, "hints": other}, starts_on="2022-09-02")
    client.force_login(officer)
    text = client.get(reverse("honesty:rules")).text
    assert "超过5家" in text
    assert "文字雷同" not in text
    assert "照片重复" not in text
    assert "看不到。" in text


def test_queries_do_not_grow_with_the_hints_or_their_records(
    client, django_assert_num_queries, head, programme, school, school_class
):  # fmt: skip
    def count():
        with django_assert_num_queries(6):
            client.get(reverse("honesty:mine"))
        with django_assert_num_queries(11):
            client.get(reverse("honesty:hint", args=[hint.pk]))

    client.force_login(head)
    hint = copied_texts(head, programme, pupils(school_class, 1))
    count()
    make_hint(head, programme, school, kind=HintKind.PHOTO)
    make_hint(head, programme, school, kind=HintKind.BUNCHED)
    for day, pupil in enumerate(pupils(school_class, 2), 11):
        visit = add_call(programme, pupil, head, f"2022-09-{day} 18:30", reflection=TEXT)
        HintVisit.objects.create(hint=hint, visit=visit)
    count()


def test_many_copies_are_read_page_by_page(page, client, head, programme, school_class):
    student = pupils(school_class, 1)[0]
    days = [f"2022-09-{day:02} 18:{minute}" for day in range(1, 12) for minute in (10, 40)]
    visits = [add_call(programme, student, head, day, reflection=TEXT) for day in days]
    hint = make_hint(head, programme, student.school, visits=visits)
    text = page(head, hint)
    assert text.count("一字不差") == 19  # the first is what the others are compared with
    assert "共22条" in text
    second = client.get(reverse("honesty:hint", args=[hint.pk]) + "?page=2").text
    assert second.count("一字不差") == 2
