"""备课 on one's own appointment, and what the brief lets a visitor do next."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from core.clock import now
from core.models import AuditEntry
from core.states import WrongState
from students.tests.factories import make_mentor
from visits.actions.prepare import save_preparation
from visits.models import Visit
from visits.queries.brief import brief
from visits.tests.test_brief import page, planned, words

pytestmark = pytest.mark.django_db

@pytest.mark.seed("W75", "W64")
def test_visitor_prepares_on_the_appointment_and_reads_it_again(client, programme, student, head):
    visit = planned(student, head, programme)
    text = page(client, head, student)
    assert "记下备课" in text
    response = client.post(reverse("visits:preparation", args=[student.pk]), {"text": " 先说借书，再聊作业 "})

    assert response["Location"] == reverse("visits:brief", args=[student.pk])
    visit.refresh_from_db()
    assert visit.preparation == "先说借书，再聊作业"
    assert "先说借书，再聊作业" in page(client, head, student)


def test_the_same_preparation_twice_is_written_once(programme, student, head):
    visit = planned(student, head, programme)
    save_preparation(visit, head, "先说借书")
    save_preparation(visit, head, "先说借书")

    assert AuditEntry.objects.filter(action="visit.prepare").count() == 1


def test_who_goes_along_may_prepare_others_not(programme, student, head, teacher, leader):
    visit = planned(student, head, programme, teacher)

    assert save_preparation(visit, teacher, "我来聊作业").preparation == "我来聊作业"
    with pytest.raises(PermissionDenied):
        save_preparation(visit, leader, "我也写")


@pytest.mark.parametrize(
    ("text", "sentence"), [("字" * 2001, "最多2000字"), ("号码31010120100101123X", "像是有身份证号")]
)
def test_wrong_preparation_is_said_and_kept(client, programme, student, head, text, sentence):
    visit = planned(student, head, programme)
    with pytest.raises(ValidationError):
        save_preparation(visit, head, text)
    client.force_login(head, backend="schools.backends.StaffBackend")
    response = client.post(reverse("visits:preparation", args=[student.pk]), {"text": text})

    assert response.status_code == 422
    assert sentence in words(response) and text in words(response)


def test_preparation_without_an_appointment_or_after_the_visit_is_a_conflict(client, programme, student, head):
    client.force_login(head, backend="schools.backends.StaffBackend")
    url = reverse("visits:preparation", args=[student.pk])
    assert client.post(url, {"text": "先说借书"}).status_code == 409

    visit = planned(student, head, programme)
    Visit.objects.filter(pk=visit.pk).update(state="done", started_at=now())
    assert client.post(url, {"text": "先说借书"}).status_code == 409
    with pytest.raises(WrongState):
        save_preparation(visit, head, "先说借书")


def test_acts_of_the_appointment_are_the_leads(client, programme, school, student, head, teacher):
    visit = planned(student, head, programme, teacher)
    make_mentor(student, teacher)
    arrive = reverse("visits:arrive", args=[visit.pk])

    page(client, head, student)
    assert arrive in client.get(reverse("visits:brief", args=[student.pk])).content.decode()
    assert "和陈晓同去" in page(client, teacher, student)
    assert arrive not in client.get(reverse("visits:brief", args=[student.pk])).content.decode()
    Visit.objects.filter(pk=visit.pk).update(state="done", started_at=now())
    page(client, head, student)
    body = client.get(reverse("visits:brief", args=[student.pk])).content.decode()
    assert reverse("visits:log_planned", args=[visit.pk]) in body


def test_without_an_appointment_one_plans_or_records_at_once(client, programme, student, head):
    page(client, head, student)
    body = client.get(reverse("visits:brief", args=[student.pk])).content.decode()

    assert reverse("visits:plan", args=[student.pk]) in body and reverse("visits:log", args=[student.pk]) in body


def test_somebody_elses_appointment_is_not_mine(programme, student, head, teacher):
    make_mentor(student, teacher)
    planned(student, head, programme)

    assert brief(teacher, [student], programme).planned is None
