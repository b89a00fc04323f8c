"""While a record is written, a quiet line beside a text that repeats an own one: never a block, nothing kept."""

import uuid

import pytest
from django.urls import reverse

from honesty.models import Hint
from honesty.queries.alike import written_before
from honesty.tests.factories import add_call
from programmes.tests.factories import CONFIG, make_programme
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.actions.review import return_visit, void_visit
from visits.models import Visit, VisitDraft
from visits.tests.factories import TEXTS, make_visit
from visits.tests.test_log_views import typed

pytestmark = pytest.mark.django_db
LONG = "孩子放学以后先把作业写完，再帮奶奶择菜洗碗。爸爸妈妈在外地工作，每天晚上八点打电话回来，问一天里高兴的事。"
NEARLY = LONG.replace("奶奶", "外婆").replace("八点", "九点")
OTHER = "阳台上种了十几盆薄荷和番茄，他能说出每一盆是哪一天发的芽。写字台在窗边，光线很好，课本按科目摆成三排。"
SAID = "这段和你9月12日写的几乎一样，看看要不要改"


@pytest.fixture
def pupils(programme, school_class, head):
    found = [make_student(school_class, name=name) for name in ("顾嘉树", "林知夏", "许星河")]
    open_register(programme)
    return found


@pytest.fixture
def written(programme, pupils, head):
    return add_call(programme, pupils[0], head, "2022-09-12 18:30", process=LONG)


def test_a_text_almost_like_an_own_one_is_told_with_its_day(programme, written, head):
    texts = {"cause": OTHER, "process": NEARLY, "analysis": LONG}
    assert written_before(head, programme, texts) == {"process": SAID}
    assert written_before(head, programme, {"process": f"  {LONG}！😀\n"}) == {"process": SAID}


def test_of_several_the_nearest_is_named_and_of_equal_ones_the_latest(programme, pupils, written, head):
    add_call(programme, pupils[1], head, "2022-09-14 18:30", process=NEARLY)
    assert written_before(head, programme, {"process": LONG}) == {"process": SAID}
    add_call(programme, pupils[2], head, "2022-09-13 18:30", process=LONG)
    assert "9月13日" in written_before(head, programme, {"process": LONG})["process"]


@pytest.mark.parametrize("text", ("", "　", "😀" * 80, LONG[:20], OTHER, "。" * 100_000))
def test_what_is_short_empty_or_different_is_not_told(programme, written, head, text):
    assert written_before(head, programme, {"process": text}) == {}


def test_only_own_records_of_this_notice_that_count(programme, written, head, teacher, leader):
    assert written_before(teacher, programme, {"process": LONG}) == {}
    abroad = make_programme(programme.authority, code="spring-2022", config=CONFIG)
    assert written_before(head, abroad, {"process": LONG}) == {}
    void_visit(written, by=leader, reason="写错了人")
    assert written_before(head, programme, {"process": LONG}) == {}


def test_the_record_itself_is_not_what_it_is_compared_with(programme, written, head):
    assert written_before(head, programme, {"process": LONG}, client_uuid=written.client_uuid) == {}


@pytest.mark.parametrize(
    ("changed", "told"), (({"similar_text": False}, False), ({"similar_percent": 100}, False), ({"similar_percent": 60}, True))
)
def test_the_notice_says_how_alike(programme, written, head, changed, told):
    programme.config = {**programme.config, "hints": changed}
    programme.save()
    programme = type(programme).objects.get(pk=programme.pk)
    assert bool(written_before(head, programme, {"process": NEARLY})) is told


def test_one_query_however_much_was_written(programme, pupils, written, head, django_assert_num_queries):
    for number in range(3):
        add_call(programme, pupils[1], head, f"2022-09-1{number} 18:30", process=OTHER, cause=LONG)
    head.reach  # noqa: B018 (asked once a request)
    with django_assert_num_queries(1):
        written_before(head, programme, {"process": LONG, "cause": LONG, "analysis": LONG})
    with django_assert_num_queries(0):
        written_before(head, programme, {"process": "短"})


# ── 提交前看一眼 ──


def test_the_look_before_submitting_says_it_and_leads_to_the_text(client, programme, pupils, written, head):
    client.force_login(head)
    lines = client.post(
        reverse("visits:review"), typed(pupils[1], text_process=NEARLY), headers={"HX-Request": "true"}
    ).context["lines"]
    assert ("warm", f"“家访过程”{SAID}。", "id_text_process") in lines
    page = client.post(reverse("visits:review"), typed(pupils[1], text_process=NEARLY))
    assert f"“家访过程”{SAID}。" in page.content.decode()
    assert Visit.objects.count() == 1


def test_it_is_no_block(client, programme, pupils, written, head):
    client.force_login(head)
    response = client.post(reverse("visits:log"), typed(pupils[1], text_process=LONG))
    assert (response.status_code, Visit.objects.filter(process=LONG).count()) == (302, 2)


def test_a_correction_is_not_compared_with_what_it_corrects(client, programme, pupils, head, leader):
    visit = make_visit(pupils[0], by=head, programme=programme, day="2022-09-12", texts={**TEXTS, "process": LONG})
    return_visit(visit, by=leader, reason="时间写错了")
    client.force_login(head)
    url = reverse("visits:review_correction", args=[visit.pk])
    page = client.post(url, typed(pupils[0], text_process=LONG, client_uuid=visit.client_uuid), headers={"HX-Request": "true"})
    assert "几乎一样" not in page.content.decode()


# ── Beside the text ──


def post(client, notice, **data):
    return client.post(reverse("honesty:alike"), {"programme": notice.code, **data}, headers={"HX-Request": "true"})


def test_leaving_a_text_says_it_beside_it(client, programme, pupils, written, head):
    client.force_login(head)
    page = client.get(reverse("visits:log", args=[pupils[1].pk])).content.decode()
    assert f'hx-post="{reverse("honesty:alike")}" hx-trigger="change from:#id_text_process"' in page

    answer = post(client, programme, text_process=NEARLY, client_uuid=str(uuid.uuid4()))
    assert (answer.status_code, SAID in answer.content.decode()) == (200, True)
    assert post(client, programme, text_process=OTHER).content.strip() == b""
    assert post(client, programme, text_process=LONG, client_uuid=written.client_uuid).content.strip() == b""
    assert not VisitDraft.objects.exists() and not Hint.objects.exists()


def test_hostile_values_are_no_error(client, programme, written, head):
    client.force_login(head)
    for data in ({}, {"client_uuid": "x" * 500}, {"programme": "no-such"}, {"text_state": LONG}, {"text_process": "a" * 200_000}):
        assert post(client, programme, **data).content.strip() == b""
    assert SAID in post(client, programme, text_process=LONG, client_uuid="'").content.decode()


def test_the_answer_costs_few_queries(client, programme, written, head, django_assert_num_queries):
    client.force_login(head)
    with django_assert_num_queries(5):  # session, person, posts; the notices, the own records
        post(client, programme, text_process=LONG)


def test_SEC_nobody_learns_of_anothers_words(client, programme, written, teacher, leader, school_admin, officer):
    for user, status in ((teacher, 200), (leader, 200), (school_admin, 200), (officer, 403)):
        client.force_login(user)
        answer = post(client, programme, text_process=LONG)
        assert (answer.status_code, "几乎一样" in answer.content.decode()) == (status, False)
    client.logout()
    assert post(client, programme, text_process=LONG).status_code == 302
    client.force_login(teacher)
    assert client.get(reverse("honesty:alike")).status_code == 405
