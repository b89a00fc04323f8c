"""补报: one school, one paper, until the end of a day."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from core.models import AuditEntry
from programmes.models import LatePass
from programmes.queries.window import window
from programmes.tests.upward import make_upward
from schools.models import Message
from schools.tests.factories import make_authority, make_officer, make_school
from works.actions.late import give_late_pass, revoke_late_pass

pytestmark = pytest.mark.django_db


def give(programme, school, by, **values):
    facts = {"submission": "story", "until": date(2022, 10, 12), "reason": "校舍停电"}
    return give_late_pass(programme, school, by=by, **facts | values)


def test_a_pass_holds_to_the_end_of_its_day_and_the_school_hears(programme, school, officer, leader, school_admin, head):
    given = give(programme, school, officer)

    assert given.until.isoformat() == "2022-10-12T16:00:00+00:00" or str(given.until) == "2022-10-13 00:00:00+08:00"
    assert window(programme, school.pk, "story").until == given.until
    assert window(programme, school.pk, "report").late_until is None
    assert set(Message.objects.values_list("user_id", "text")) == {
        (person.pk, "示例走万家的感人故事推荐表，区里开通了补报，到2022年10月12日24:00。") for person in (leader, school_admin)
    }
    assert AuditEntry.objects.get(action="late_pass.give").school_id == school.pk


def test_given_again_it_replaces_and_the_same_twice_is_one(programme, school, officer, leader):
    first = give(programme, school, officer)
    assert give(programme, school, officer) == first
    second = give(programme, school, officer, until=date(2022, 10, 15))

    assert list(LatePass.objects.standing()) == [second]
    first.refresh_from_db()
    assert first.revoked_at
    other = give(programme, school, officer, submission="report")
    assert set(LatePass.objects.standing()) == {second, other}


def test_taken_back_the_deadline_holds_again(programme, school, officer, leader):
    given = give(programme, school, officer)
    for _ in range(2):
        revoke_late_pass(given, by=officer)

    place = window(programme, school.pk, "story")
    assert place.until == place.deadline
    assert AuditEntry.objects.filter(action="late_pass.revoke").count() == 1
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"until": date(2022, 10, 8)}, "until"),
        ({"submission": "essay"}, "submission"),
        ({"submission": "records"}, "submission"),
        ({"reason": " "}, "reason"),
        ({"reason": "长" * 201}, "reason"),
    ],
)
def test_what_cannot_be_given_is_said_at_its_field(programme, school, officer, values, field):
    with pytest.raises(ValidationError) as refused:
        give(programme, school, officer, **values)

    assert list(refused.value.message_dict) == [field]
    assert not LatePass.objects.exists()


def test_a_day_gone_by_is_refused(programme, school, officer, settings):
    settings.HOMEVISIT_CLOCK = "2022-10-13T08:00+08:00"

    with pytest.raises(ValidationError, match="已经过了"):
        give(programme, school, officer)


def test_a_school_of_another_authority_is_not_in_the_programme(programme, officer):
    elsewhere = make_school(make_authority("yonder"))
    with pytest.raises(PermissionDenied):
        give(programme, elsewhere, officer)
    with pytest.raises(ValidationError):
        give(make_upward(make_authority("third"), code="third"), elsewhere, make_officer(elsewhere.authority))


@pytest.mark.parametrize("role", ["reviewer", "leader", "school_admin", "head"])
def test_only_the_districts_administrator_gives_time(role, request, programme, school, officer):
    person = request.getfixturevalue(role)
    given = give(programme, school, officer)

    with pytest.raises(PermissionDenied):
        give(programme, school, person)
    with pytest.raises(PermissionDenied):
        revoke_late_pass(given, by=person)


# ── The page ──


def sent(school, values=None):
    return {"school": school.pk, "submission": "story", "until": "2022-10-12", "reason": "校舍停电"} | (values or {})


def test_the_page_gives_and_takes_back(client, programme, school, officer):
    client.force_login(officer)
    page = client.get(reverse("works:late_passes")).content.decode()
    assert "还没有开通过" in page
    assert "家访征文" not in page  # no deadline, nothing to prolong

    response = client.post(reverse("works:late_passes"), sent(school), follow=True)
    assert "到2022年10月12日24:00" in response.content.decode()
    given = LatePass.objects.get()
    client.post(reverse("works:late_revoke", args=[given.pk]))
    assert "已收回" in client.get(reverse("works:late_passes")).content.decode()


@pytest.mark.parametrize(
    "values", [{"school": ""}, {"school": "x"}, {"until": "2022-10-08"}, {"until": "昨天"}, {"reason": ""}, {"submission": "?"}]
)
def test_a_refused_form_keeps_its_words(client, programme, school, officer, values):
    client.force_login(officer)
    response = client.post(reverse("works:late_passes"), sent(school, values))

    assert response.status_code == 422
    assert ("校舍停电" in response.content.decode()) or values == {"reason": ""}
    assert not LatePass.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_at_one_and_three(client, programme, authority, officer, number, django_assert_num_queries):
    for _ in range(number):
        give(programme, make_school(authority), officer)
    client.force_login(officer)
    client.get(reverse("works:late_passes"))

    with django_assert_num_queries(10):
        client.get(reverse("works:late_passes"))


def test_the_school_reads_its_pass(client, programme, school, officer, leader, settings):
    give(programme, school, officer)
    settings.HOMEVISIT_CLOCK = "2022-10-10T08:00+08:00"
    client.force_login(leader)
    page = client.get(reverse("works:school")).content.decode()

    assert "区里开通了补报，到2022年10月12日24:00" in page
    assert "还有2天" in page
