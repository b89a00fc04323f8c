"""The display page, putting a work there, the families' consent."""

import pytest
from django.urls import reverse

from core.models import AuditEntry
from schools.enums import Role
from schools.tests.factories import make_officer, make_user
from students.actions.consent import give_consent
from students.enums import ConsentPurpose
from students.models import Consent
from works.enums import Level, WorkState
from works.models import Showing
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db
BODY = "秋天的傍晚，我敲开了顾同学家的门。"


@pytest.fixture
def work(head, programme, school, visit, leader, officer):
    return make_work(head, programme, school, visit=visit, kind="story", state="awarded", leader=leader, officer=officer)


def show(work, level=Level.DISTRICT, *, by, **fields):
    values = {"title": "阳台上的作文", "body": BODY, "award": "一等奖", "signature": "晨曦小学 陈晓", "kind": work.kind}
    return Showing.objects.create(
        work=work, level=level, programme=work.programme, authority_id=work.authority_id, school=work.school, shown_by=by,
        **(values | fields),
    )  # fmt: skip


@pytest.mark.parametrize("number", (1, 3))
def test_the_display_asks_as_many_queries_for_one_as_for_three(
    client, teacher, head, officer, leader, programme, school, number, django_assert_num_queries
):
    for _ in range(number):
        work = make_work(head, programme, school, state="awarded", leader=leader, officer=officer)
        show(work, by=officer)
    client.force_login(teacher)
    with django_assert_num_queries(9):
        response = client.get(reverse("works:showings"))
    assert len(response.context["cards"]) == number


@pytest.mark.seed("S53")
def test_everybody_under_the_authority_reads_the_display_and_only_the_school_its_own(
    client, work, officer, leader, teacher, reviewer, other_school, db
):
    of_district, of_school = show(work, by=officer), show(work, Level.SCHOOL, by=leader)
    stranger = make_user(Role.TEACHER, school=other_school)
    for person, sees in ((teacher, 200), (stranger, 404), (reviewer, 404), (officer, 404)):
        client.force_login(person)
        assert client.get(reverse("works:showing", args=[of_district.pk])).status_code == 200
        assert client.get(reverse("works:showing", args=[of_school.pk])).status_code == sees
    client.force_login(stranger)
    assert client.get(reverse("works:showings"), {"at": "school"}).context["cards"] == []


def test_another_authority_reads_nothing(client, work, officer):
    from schools.tests.factories import make_authority

    shown = show(work, by=officer)
    client.force_login(make_officer(make_authority("elsewhere")))
    assert client.get(reverse("works:showing", args=[shown.pk])).status_code == 404
    assert client.get(reverse("works:showings")).context["cards"] == []


def test_a_school_shows_nothing_it_no_longer_recommends(client, work, leader, teacher):
    shown = show(work, Level.SCHOOL, by=leader)
    moment = work.submitted_at
    type(work).objects.filter(pk=work.pk).update(
        state=WorkState.RETURNED, returned_at=moment, returned_by=leader, returned_level="school", return_reason="再改"
    )
    client.force_login(teacher)
    assert client.get(reverse("works:showing", args=[shown.pk])).status_code == 404
    assert client.get(reverse("works:showings"), {"at": "school"}).context["cards"] == []


def test_found_by_kind_award_and_words(client, teacher, head, officer, leader, programme, school):
    for kind, title, award in (("essay", "一盏台灯", "一等奖"), ("diary", "雨夜", "二等奖"), ("essay", "雨伞", "二等奖")):
        work = make_work(head, programme, school, kind=kind, state="awarded", leader=leader, officer=officer)
        show(work, by=officer, title=title, award=award, body="正文里有秋天。" if title == "雨伞" else BODY)
    client.force_login(teacher)

    def titles(**asked):
        cards = client.get(reverse("works:showings"), asked).context["cards"]
        return {row.title for row, _, _ in cards}

    assert titles() == {"一盏台灯", "雨夜", "雨伞"}
    assert titles(kind="essay") == {"一盏台灯", "雨伞"}
    assert titles(award="二等奖", kind="essay") == {"雨伞"}
    assert titles(q="雨") == {"雨夜", "雨伞"}
    assert titles(q="有秋天") == {"雨伞"}
    assert titles(programme=str(programme.pk)) == titles()
    assert titles(kind="nonsense", award="'", programme="x") == titles()
    assert titles(q="没有这样的") == set()


def test_the_page_shows_no_class_no_day_of_the_visit_no_photo(client, work, officer, teacher):
    shown = show(work, by=officer)
    client.force_login(teacher)
    page = client.get(reverse("works:showing", args=[shown.pk])).content.decode()
    for word in ("顾嘉树", "林秋", "五（3）班", "9月16日", "<img"):
        assert word not in page
    assert BODY in page


@pytest.mark.parametrize("place", ["publish", "show_school"])
def test_the_text_comes_with_names_taken_out_and_what_is_left_is_told(client, work, student, head, officer, leader, place):
    work.title, work.body, work.aliases = "顾嘉树的作文", "9月16日，顾嘉树在家。", '{"顾嘉树": "顾同学"}'
    work.save()
    client.force_login(officer if place == "publish" else leader)
    response = client.get(reverse(f"works:{place}", args=[work.pk]))
    page = response.content.decode()
    assert response.context["form"].initial == {"title": "顾同学的作文", "body": "9月16日，顾同学在家。"}
    assert "第1段有日期" in page and "顾嘉树" not in page
    assert "1位学生的家长，0位同意" in page
    assert 'name="confirmed"' not in page


def test_publishing_and_taking_down_by_the_pages(client, work, student, head, officer):
    give_consent(student, ConsentPurpose.PUBLICATION, by=head)
    client.force_login(officer)
    address = reverse("works:publish", args=[work.pk])
    data = {"title": "阳台上的作文", "body": BODY}
    refused = client.post(address, data)
    assert refused.status_code == 422 and "通读一遍" in refused.content.decode()
    refused = client.post(address, data | {"body": "五（3）班", "confirmed": "on"})
    assert refused.status_code == 422 and "第1段有班级：“五（3）班”" in refused.content.decode()

    for _ in range(2):
        response = client.post(address, data | {"confirmed": "on"})
    shown = Showing.objects.get()
    assert response.url == reverse("works:showing", args=[shown.pk])
    assert client.get(address).url == response.url

    assert client.post(reverse("works:take_down", args=[shown.pk]), {"reason": ""}).status_code == 422
    assert client.post(reverse("works:take_down", args=[shown.pk]), {"reason": "再核实"}).status_code == 302
    assert client.get(reverse("works:showing", args=[shown.pk])).status_code == 404


def test_publishing_what_is_not_awarded_is_a_conflict(client, head, programme, school, leader, officer):
    filed = make_work(head, programme, school, state="filed", leader=leader)
    client.force_login(officer)
    for method in ("get", "post"):
        answer = getattr(client, method)(reverse("works:publish", args=[filed.pk]))
        page = answer.content.decode()
        assert answer.status_code == 409 and "还不能展示" in page and "还没有表彰" in page and "刚刚变了" not in page


# ── Consent ──


def test_the_author_notes_the_familys_yes_and_its_taking_back(client, work, student, head, officer):
    client.force_login(head)
    address = reverse("works:consents", args=[work.pk])
    assert "顾嘉树" in client.get(address).content.decode()
    for _ in range(2):
        client.post(address, {"student": student.pk, "agreed": "1", "relation": "mother"})
    consent = Consent.objects.get(student=student, purpose="publication")
    assert (consent.relation, consent.recorded_by) == ("mother", head)
    assert "妈妈9月18日同意" in client.get(address).content.decode()
    shown = show(work, by=officer)

    client.post(address, {"student": student.pk})

    shown.refresh_from_db()
    assert shown.taken_down_at is not None
    assert AuditEntry.objects.filter(action="consent.withdraw").count() == 1


def test_a_pupil_the_work_does_not_tell_of_is_not_noted_here(client, work, head, school_class):
    from students.tests.factories import make_student

    client.force_login(head)
    other = make_student(school_class)
    assert client.post(reverse("works:consents", args=[work.pk]), {"student": other.pk, "agreed": "1"}).status_code == 404


def test_the_class_head_takes_a_consent_back_on_the_pupils_page(client, student, head, teacher):
    client.force_login(head)
    address = reverse("works:pupil_consent", args=[student.pk])
    client.post(address, {"agreed": "1"})
    assert Consent.objects.get(purpose="publication").withdrawn_at is None
    client.post(address)
    assert Consent.objects.get(purpose="publication").withdrawn_at is not None
    assert "公开展示" in client.get(reverse("students:detail", args=[student.pk])).content.decode()
    client.force_login(teacher)
    assert client.post(address, {"agreed": "1"}).status_code == 404


def test_a_work_without_a_visit_needs_no_family(client, head, programme, school, leader, officer):
    essay = make_work(head, programme, school, state="awarded", leader=leader, officer=officer)
    client.force_login(head)
    assert "不用家长同意" in client.get(reverse("works:consents", args=[essay.pk])).content.decode()
    client.force_login(officer)
    assert 'name="confirmed"' in client.get(reverse("works:publish", args=[essay.pk])).content.decode()
