"""Earlier versions of a record: kept when it is written again, whole, by whom and why."""

import pytest

from schools.tests.factories import make_class, make_school
from students.models import Household
from students.tests.factories import make_student
from visits.actions.review import return_visit
from visits.actions.visit import correct_visit
from visits.models import HelpGiven, Promise, VisitNote, VisitVersion
from visits.queries.versions import content
from visits.tests.factories import TEXTS, entry, make_visit


@pytest.fixture
def visit(programme, teacher, head, student):
    return make_visit(
        student, by=head, programme=programme, others=[teacher], guardians_met=["mother"], student_present=True,
        opinions=[{"category": "作业", "text": "少一点。", "answerer": "school"}],
    )  # fmt: skip


def test_content_holds_texts_people_and_lines(visit, student, head, teacher, school):
    at = {"visit": visit, "authority_id": school.authority_id, "school": school}
    VisitNote.objects.create(student=student, strengths="手巧", text="爱画画", **at)
    Promise.objects.create(who="family", text="每晚读书", due_on="2022-10-08", **at)
    HelpGiven.objects.create(kind="物品", text="台灯", amount="50.00", **at)
    visit.refresh_from_db()

    said = content(visit)

    assert said["texts"] == TEXTS
    assert (said["started_at"], said["ended_at"]) == ("2022-09-17T18:30+08:00", "2022-09-17T19:20+08:00")
    assert (said["mode"], said["guardians_met"], said["student_present"]) == ("in_person", ["mother"], True)
    assert said["students"] == [{"student": student.pk, "school": school.pk}]
    assert said["visited_on"] == "2022-09-17"
    then = {"position": "", "politics": ""}
    assert said["visitors"] == [{"user": head.pk, "role": "lead", **then}, {"user": teacher.pk, "role": "other", **then}]
    assert said["notes"] == [{"student": student.pk, "school": school.pk, "strengths": "手巧", "text": "爱画画"}]
    assert said["opinions"] == [{"category": "作业", "text": "少一点。", "answerer": "school"}]
    assert said["promises"] == [{"who": "family", "text": "每晚读书", "due_on": "2022-10-08"}]
    assert said["help"] == [{"kind": "物品", "text": "台灯", "amount": "50.00"}]


def test_submitted_record_has_no_earlier_version(visit):
    assert (visit.version, visit.versions.count()) == (1, 0)


def test_correction_keeps_what_was_written_before(visit, student, head, leader):
    return_visit(visit, by=leader, reason="过程太短")

    correct_visit(visit, by=head, students=[student], **entry(texts=TEXTS | {"process": "坐了一个小时。"}))

    kept = VisitVersion.objects.get()
    visit.refresh_from_db()
    assert (visit.version, visit.process) == (2, "坐了一个小时。")
    assert (kept.visit, kept.number, kept.reason) == (visit, 1, "过程太短")
    assert kept.data["texts"] == TEXTS
    assert kept.data["opinions"] == [{"category": "作业", "text": "少一点。", "answerer": "school"}]
    assert (kept.written_by, kept.superseded_by, kept.written_at) == (head, head, visit.recorded_at)


def test_second_correction_names_who_wrote_the_second_version(visit, student, head, leader, settings):
    for day, text in (("2022-09-19", "第二次。"), ("2022-09-20", "第三次。")):
        settings.HOMEVISIT_CLOCK = f"{day}T09:00+08:00"
        return_visit(visit, by=leader, reason="再改")
        correct_visit(visit, by=head, students=[student], **entry(texts=TEXTS | {"process": text}))

    second, first = VisitVersion.objects.all()
    assert (second.number, second.data["texts"]["process"], second.written_at) == (2, "第二次。", first.superseded_at)
    assert (first.number, first.data["texts"]["process"]) == (1, TEXTS["process"])


def test_content_of_a_sibling_elsewhere_names_the_other_school(programme, head, student):
    home = Household.objects.create()
    other = make_class(make_school(programme.authority))
    student.household = home
    student.save()
    sibling = make_student(other, household=home)

    visit = make_visit(student, sibling, by=head, programme=programme)

    assert [row["school"] for row in content(visit)["students"]] == [student.school_id, sibling.school_id]
