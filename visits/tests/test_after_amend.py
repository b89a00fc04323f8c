"""An archived record is amended as a new version; only the school's leader moves what coverage hangs on."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from core.access import allowed
from core.models import AuditEntry
from core.states import WrongState
from schools.enums import Role
from schools.tests.factories import make_user
from students.models import ChangeEvent, Household, Student
from students.tests.factories import make_change, make_student
from visits.actions.amend import amend_visit
from visits.actions.register import check
from visits.actions.review import accept_visit
from visits.models import Due, Opinion, Promise, Visit, VisitNote, VisitVersion
from visits.tests.factories import TEXTS, at, make_visit


@pytest.fixture
def visit(programme, head, leader, student):
    """Archived, with an opinion and a promise."""
    visit = make_visit(
        student, by=head, programme=programme, opinions=[{"category": "作业", "text": "少一点。", "answerer": "school"}]
    )
    Promise.objects.create(visit=visit, authority_id=visit.authority_id, school=visit.school, text="每晚读书")
    return accept_visit(visit, by=leader)


def sentences(call, *args, **kwargs):
    with pytest.raises(ValidationError) as caught:
        call(*args, **kwargs)
    return {name: "".join(texts) for name, texts in caught.value.message_dict.items()}


def reached(programme, student):
    row = Due.objects.get(programme=programme, student=student)
    return row.visits, row.last_on and row.last_on.isoformat()


def test_the_author_amends_words_and_the_old_ones_stay(visit, head, student):
    opinion = Opinion.objects.get()
    promise = Promise.objects.get()
    amend_visit(
        visit, by=head, reason="写错了人", texts={"process": "见到了外婆。"}, opinions={opinion.pk: "再少一点。"},
        promises={promise.pk: "每周读一本书"}, notes={student.pk: {"strengths": "手巧", "text": ""}},
        student_present=True, guardians_met=["mother"],
    )  # fmt: skip

    visit.refresh_from_db()
    assert (visit.state, visit.version, visit.process, visit.guardians_met) == ("locked", 2, "见到了外婆。", ["mother"])
    assert Opinion.objects.get().text == "再少一点。"
    assert Promise.objects.get().text == "每周读一本书"
    assert VisitNote.objects.get().strengths == "手巧"
    kept = VisitVersion.objects.get()
    assert (kept.data["texts"], kept.data["opinions"][0]["text"]) == (TEXTS, "少一点。")
    assert (kept.reason, kept.superseded_by) == ("写错了人", head)
    line = AuditEntry.objects.get(action="visit.amend")
    assert (line.fields, line.facts) == (
        ["guardians_met", "notes", "opinions", "process", "promises", "student_present"],
        {"reason": "写错了人", "version": 2},
    )


def test_an_amendment_that_changes_nothing_makes_no_version(visit, head):
    amend_visit(visit, by=head, reason="再看看", texts={"process": TEXTS["process"] + " "})
    amend_visit(visit, by=head, reason="改", texts={"process": "新的。"})
    amend_visit(visit, by=head, reason="改", version=1, texts={"process": "新的。"})

    assert VisitVersion.objects.count() == 1
    assert AuditEntry.objects.filter(action="visit.amend").count() == 1


def test_two_who_amend_the_same_version_do_not_overwrite_each_other(visit, head, leader):
    amend_visit(visit, by=head, reason="改", version=1, texts={"process": "第一个。"})

    with pytest.raises(WrongState, match="刚被修订过"):
        amend_visit(visit, by=leader, reason="改", version=1, texts={"process": "第二个。"})
    assert Visit.objects.get().process == "第一个。"


def test_only_an_archived_record_is_amended(programme, head, school_class):
    fresh = make_visit(make_student(school_class), by=head, programme=programme)

    with pytest.raises(WrongState):
        amend_visit(fresh, by=head, reason="改", texts={"process": "新的。"})


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"process": "  "}, "还没有写“家访过程”。"),
        ({"process": "字" * 3001}, "“家访过程”最多3000字，现在3001字。"),
        ({"process": "证件310101199001011234"}, "“家访过程”里像是有身份证号，请删去。系统不存证件号。"),
    ],
)
def test_words_are_checked_as_in_a_record(visit, head, texts, sentence):
    assert sentences(amend_visit, visit, by=head, reason="改", texts=texts) == {"text_process": sentence}
    assert (Visit.objects.get().version, VisitVersion.objects.count()) == (1, 0)


def test_an_opinion_is_reworded_never_emptied(visit, head):
    opinion = Opinion.objects.get()

    assert sentences(amend_visit, visit, by=head, reason="改", opinions={opinion.pk: " "}) == {
        "opinions": "已经记下的不能删空，可以改写。"
    }


def test_the_author_cannot_move_what_coverage_hangs_on(visit, head, student):
    for facts in ({"mode": "phone"}, {"started_at": at("2022-09-01 09:00")}, {"students": [student]}):
        with pytest.raises(PermissionDenied):
            amend_visit(visit, by=head, reason="改", **facts)


def test_another_form_moves_coverage_with_it(programme, visit, leader, student):
    assert reached(programme, student) == (1, "2022-09-17")
    amend_visit(visit, by=leader, reason="其实是电话", mode="phone")
    assert reached(programme, student) == (0, None)
    assert check(programme) == []
    amend_visit(visit, by=leader, reason="核对过，上门", mode="in_person")
    assert reached(programme, student) == (1, "2022-09-17")
    assert (check(programme), Visit.objects.get().version) == ([], 3)


def test_another_day_moves_coverage_and_the_changes_it_answered(programme, visit, leader, student, head):
    change = make_change(student, occurred_on="2022-09-10", by=head)
    ChangeEvent.objects.filter(pk=change.pk).update(answered_on="2022-09-17", answered_at=visit.recorded_at)

    amend_visit(
        visit, by=leader, reason="日期写错", started_at=at("2022-09-05 18:30"), ended_at=at("2022-09-05 19:20")
    )

    assert reached(programme, student) == (1, "2022-09-05")
    assert ChangeEvent.objects.get(pk=change.pk).answered_on is None
    assert check(programme) == []


def test_a_sibling_is_added_and_another_left_out(programme, visit, leader, student, school_class):
    student.household = Household.objects.create()
    student.save()
    sister = make_student(school_class, household=student.household)
    VisitNote.objects.create(
        visit=visit, student=student, authority_id=visit.authority_id, school=visit.school, text="长高了"
    )

    amend_visit(visit, by=leader, reason="去看的是妹妹", students=[sister])

    assert (reached(programme, student), reached(programme, sister)) == ((0, None), (1, "2022-09-17"))
    assert check(programme) == []
    assert not VisitNote.objects.exists()
    assert VisitVersion.objects.get().data["notes"][0]["text"] == "长高了"


def test_pupils_of_an_amended_record_stay_one_household(visit, leader, student, school_class):
    assert "不在同一个家庭" in sentences(
        amend_visit, visit, by=leader, reason="改", students=[student, make_student(school_class)]
    )["students"]  # fmt: skip
    assert "至少留一名" in sentences(amend_visit, visit, by=leader, reason="改", students=[])["students"]
    assert list(Student.objects.filter(visit_students__visit=visit)) == [student]


def test_a_day_to_come_is_refused(visit, leader):
    found = sentences(
        amend_visit, visit, by=leader, reason="改", started_at=at("2022-09-19 08:00"), ended_at=at("2022-09-19 09:00")
    )
    assert found == {"day": "这是将来的时间。今天是9月18日。"}


def test_only_author_and_leader_may_amend(visit, head, leader, teacher, school):
    people = {head: True, leader: True, teacher: False, make_user(Role.SCHOOL_ADMIN, school=school): False}
    assert {user: allowed(user, "visits.amend_visit", visit) for user in people} == people
