"""What an author does with a work: begin, save, hand in, take back; what each state allows to whom."""

import json
import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from core.models import AuditEntry
from core.states import WrongState
from programmes.enums import ProgrammeState
from schools.actions.decide import decisions_on
from schools.enums import Role
from schools.models import Decision, Message
from schools.tests.factories import make_class, make_class_head, make_user
from students.tests.factories import make_student
from visits.enums import VisitState
from visits.models import VisitVisitor
from visits.tests.rows import add_visit
from works.actions.author import (
    Changed,
    correct_facts,
    reopen_work,
    save_work,
    start_work,
    submit_work,
    withdraw_work,
)
from works.enums import WorkKind, WorkState
from works.models import Work
from works.queries.facts import facts_of
from works.tests.factories import TEXT, make_work

pytestmark = pytest.mark.django_db
KINDS = [kind.value for kind in WorkKind]


@pytest.fixture
def story(programme, head, visit):
    work, _ = start_work(programme, by=head, kind="story", visit=visit)
    return save_work(work, by=head, revision=0, title="阳台上的作文", body=TEXT)


# ── Begin ──


@pytest.mark.seed("S62", "S61")
def test_a_story_begins_from_a_recorded_visit_and_once(programme, head, visit):
    first = start_work(programme, by=head, kind="story", visit=visit)
    again = start_work(programme, by=head, kind="story", visit=visit)

    assert (first[1], again[1], first[0].pk) == (True, False, again[0].pk)
    assert (first[0].school_id, first[0].visit_id, first[0].state) == (visit.school_id, visit.pk, "draft")


def test_the_same_form_sent_twice_begins_one_work(programme, head):
    number = uuid.uuid4()
    assert [start_work(programme, by=head, kind="diary", client_uuid=number)[1] for _ in range(2)] == [True, False]
    assert Work.objects.count() == 1


@pytest.mark.parametrize(
    "case", ("none", "not recorded", "voided", "somebody else's", "said not there", "another notice", "out of the window")
)
def test_a_story_is_refused_without_a_visit_of_ones_own(programme, head, school_class, student, visit, case):
    if case == "none":
        visit = None
    elif case in ("not recorded", "voided"):
        state = VisitState.DONE if case == "not recorded" else VisitState.VOIDED
        fields = {"state": state} | ({"void_reason": "重复", "voided_at": visit.recorded_at} if case == "voided" else {})
        type(visit).objects.filter(pk=visit.pk).update(**fields)
    elif case == "somebody else's":
        visit.visitors.update(user=make_user(Role.TEACHER, school=visit.school))
    elif case == "said not there":
        visit.visitors.update(denied_at=visit.recorded_at)
    elif case == "another notice":
        visit.programme = type(programme).objects.create(
            authority=programme.authority, code="earlier", school_year=2021, title="旧活动", short_title="旧",
            starts_on=date(2022, 1, 1), ends_on=date(2022, 12, 31), due_on=date(2022, 1, 1), config=programme.config,
        )  # fmt: skip
        visit.save()
    else:
        visit = add_visit(programme, [student], on=date(2022, 10, 5), lead=head)

    with pytest.raises(ValidationError) as error:
        start_work(programme, by=head, kind="story", visit=visit)
    assert list(error.value.message_dict) == ["visit"]
    assert not Work.objects.exists()


def test_a_visit_has_one_story_whoever_went_along(programme, head, teacher, visit):
    VisitVisitor.objects.create(visit=visit, user=teacher)
    start_work(programme, by=head, kind="story", visit=visit)

    with pytest.raises(ValidationError, match="每次家访一篇"):
        start_work(programme, by=teacher, kind="story", visit=visit)
    assert start_work(programme, by=teacher, kind="case", visit=visit)[1]  # other kinds have no such limit


def test_a_withdrawn_story_leaves_the_visit_to_others_and_cannot_come_back_beside_them(programme, head, teacher, visit):
    VisitVisitor.objects.create(visit=visit, user=teacher)
    work, _ = start_work(programme, by=head, kind="story", visit=visit)
    withdraw_work(work, by=head)
    start_work(programme, by=teacher, kind="story", visit=visit)

    with pytest.raises(WrongState, match="已经有一篇"):
        reopen_work(work, by=head)


@pytest.mark.seed("S7", "W62")
@pytest.mark.parametrize("role", (Role.TEACHER, Role.PSYCH_TEACHER, Role.SCHOOL_LEADER, Role.SCHOOL_ADMIN))
def test_everybody_at_the_school_may_write(programme, school, role):
    user = make_user(role, school=school)
    assert start_work(programme, by=user, kind="essay")[0].author_id == user.pk


def test_nothing_new_begins_in_a_closed_programme_or_in_a_kind_nobody_asked_for(programme, head):
    programme.config = {**programme.config, "works": []}
    programme.save()
    with pytest.raises(ValidationError, match="不征集"):
        start_work(programme, by=head, kind="essay")
    programme.state = ProgrammeState.CLOSED
    with pytest.raises(WrongState, match="已经结束"):
        start_work(programme, by=head, kind="essay")


@pytest.mark.seed("S35")
def test_deeds_tell_of_a_colleague_or_of_oneself(programme, leader, teacher, other_school):
    work, _ = start_work(programme, by=leader, kind="deeds", honoree=teacher)
    own, _ = start_work(programme, by=leader, kind="deeds", honoree=leader)
    assert (work.honoree, own.honoree) == (teacher, None)
    assert facts_of(work)["name"] == teacher.name

    stranger = make_user(Role.TEACHER, school=other_school)
    with pytest.raises(ValidationError, match="本校在职"):
        start_work(programme, by=leader, kind="deeds", honoree=stranger)


# ── Save ──


def test_save_counts_revisions_and_refuses_what_would_overwrite(head, story):
    assert story.revision == 1
    same = save_work(story, by=head, revision=0, title="阳台上的作文", body=TEXT)  # the answer got lost, sent again
    assert same.revision == 1

    with pytest.raises(Changed) as error:
        save_work(story, by=head, revision=0, body="另一个窗口写的")
    assert (error.value.work.body, error.value.work.revision) == (TEXT, 1)


def test_the_visit_may_be_another_while_it_is_a_draft(programme, head, school_class, story):
    other = add_visit(programme, [make_student(school_class)], on=date(2022, 9, 10), lead=head)
    assert save_work(story, by=head, revision=1, visit=other).visit_id == other.pk

    taken = add_visit(programme, [make_student(school_class)], on=date(2022, 9, 11), lead=head)
    start_work(programme, by=head, kind="story", visit=taken)
    with pytest.raises(ValidationError, match="每次家访一篇"):
        save_work(story, by=head, revision=2, visit=taken)
    with pytest.raises(ValidationError):
        save_work(story, by=head, revision=2, visit=None)


# ── Hand in ──


@pytest.mark.seed("S61", "S62")
def test_submit_freezes_facts_keeps_a_version_and_tells_the_leaders(head, leader, school_admin, story, visit):
    submit_work(story, by=head, confirmed=True)

    story.refresh_from_db()
    assert (story.state, story.version, story.author_confirmed_at is not None) == ("submitted", 1, True)
    assert json.loads(story.facts) == {
        "name": "陈晓", "gender": "女", "birth_month": "1991-04", "position": "班主任", "politics": "中共党员",
        "phone": "19900005518", "target": "五（3）班 顾同学家庭", "visited_on": "2022-09-16",
    }  # fmt: skip
    assert json.loads(story.aliases) == {"顾嘉树": "顾同学", "嘉树": "顾同学", "林秋": "顾同学的妈妈"}
    assert [(v.number, v.title, v.body) for v in story.versions.all()] == [(1, "阳台上的作文", TEXT)]
    told = Message.objects.get()
    assert (told.user, told.text) == (leader, "陈晓交来感人故事《阳台上的作文》，等学校看。")
    decision = decisions_on(story).get()
    assert (decision.verb, decision.was, decision.became, decision.level) == ("submit", "draft", "submitted", "author")
    assert "phone" not in decision.before and "facts" not in decision.before


def test_a_notice_names_no_pupil(head, leader, story):
    save_work(story, by=head, revision=1, title="顾嘉树的作文")
    submit_work(story, by=head, confirmed=True)
    withdraw_work(story, by=head)
    assert sorted(message.text for message in Message.objects.all()) == [
        "陈晓交来感人故事《顾同学的作文》，等学校看。", "陈晓撤回了感人故事《顾同学的作文》。",
    ]  # fmt: skip


def test_facts_of_a_handed_in_form_stay_as_they_were(head, story):
    submit_work(story, by=head, confirmed=True)
    correct_facts(head, politics="13", phone="19900009999")

    story.refresh_from_db()
    assert (facts_of(story)["politics"], facts_of(story)["phone"]) == ("中共党员", "19900005518")
    assert AuditEntry.objects.get(action="user.facts").fields == ["politics", "phone"]


def test_the_same_submission_twice_is_one(head, story):
    submit_work(story, by=head, confirmed=True)
    submit_work(story, by=head, confirmed=True)
    assert (Work.objects.get().version, Message.objects.count(), Decision.objects.count()) == (1, 0, 1)


@pytest.mark.parametrize(
    ("fields", "confirmed", "missing"),
    [
        ({"title": ""}, True, ["title"]),
        ({"body": " \n "}, True, ["body"]),
        ({"body": "字" * 3001}, True, ["body"]),
        ({"title": "", "body": ""}, False, ["title", "body", "confirmed"]),
        ({}, False, ["confirmed"]),
        ({"visit": None}, True, ["visit"]),
    ],
)
def test_what_is_missing_is_said_at_its_field(head, story, fields, confirmed, missing):
    Work.objects.filter(pk=story.pk).update(**fields)
    with pytest.raises(ValidationError) as error:
        submit_work(story, by=head, confirmed=confirmed)
    assert list(error.value.message_dict) == missing
    assert Work.objects.get().state == "draft"


def test_length_has_no_minimum_and_counts_no_spaces(head, story):
    Work.objects.filter(pk=story.pk).update(body=" 短。\n" + "字 " * 2998)
    assert submit_work(story, by=head, confirmed=True).state == "submitted"


@pytest.mark.seed("S62")
def test_a_story_whose_visit_was_voided_is_not_taken(head, visit, story):
    type(visit).objects.filter(pk=visit.pk).update(
        state=VisitState.VOIDED, void_reason="重复", voided_at=visit.recorded_at
    )
    with pytest.raises(ValidationError, match="已经作废"):
        submit_work(story, by=head, confirmed=True)


def test_late_is_no_matter_between_teacher_and_school(settings, head, story):
    settings.HOMEVISIT_CLOCK = "2022-10-20T08:00+08:00"
    assert submit_work(story, by=head, confirmed=True).state == "submitted"


@pytest.mark.parametrize("level", ("school", "district"))
def test_handed_in_again_it_is_a_new_version_and_forgets_what_was_decided(programme, school, head, leader, visit, level):
    work = make_work(
        head, programme, school, visit=visit, kind="story", state="accepted" if level == "district" else "approved",
        leader=leader,
    )  # fmt: skip
    Work.objects.filter(pk=work.pk).update(
        state="returned", returned_at=work.submitted_at, returned_by=leader, returned_level=level, return_reason="缺细节",
        late=True,
    )
    save_work(work, by=head, revision=0, body="加了细节。")
    submit_work(work, by=head, confirmed=True)

    work.refresh_from_db()
    assert (work.state, work.version) == ("submitted", 2)
    assert [v.body for v in work.versions.all()] == [TEXT, "加了细节。"]
    assert (work.return_reason, work.returned_at, work.returned_level) == ("", None, "")
    assert (work.opinion, work.opinion_on, work.approved_by, work.approver_confirmed_at) == ("", None, None, None)
    assert (work.school_order, work.filed_at, work.accepted_at, work.late) == (None, None, None, False)
    before = decisions_on(work).first().before
    assert (before["return_reason"], before["opinion"]) == ("缺细节", "情况属实，同意推荐。")


def test_names_of_earlier_versions_stay_sealed_with_the_work(programme, school, school_class, head, leader):
    make_student(school_class, name="沈一诺", guardian=("郑兰", "19900002222"))
    work, _ = start_work(programme, by=head, kind="diary")
    save_work(work, by=head, revision=0, title="一天", body="沈一诺和郑兰在门口。")
    submit_work(work, by=head)
    withdraw_work(work, by=head)
    reopen_work(work, by=head)
    save_work(work, by=head, revision=1, body="他们在门口。")
    submit_work(work, by=head)

    work.refresh_from_db()
    assert json.loads(work.aliases) == {"沈一诺": "沈同学", "郑兰": "沈同学的妈妈"}


# ── Take back ──


def test_withdraw_tells_the_leader_and_forgets_the_recommendation(programme, school, head, leader):
    work = make_work(head, programme, school, state="approved", leader=leader)
    withdraw_work(work, by=head)
    withdraw_work(work, by=head)

    work.refresh_from_db()
    assert (work.state, work.approved_at, work.school_order, work.opinion) == ("withdrawn", None, None, "")
    assert [m.user_id for m in Message.objects.all()] == [leader.pk]
    reopen_work(work, by=head)
    reopen_work(work, by=head)
    work.refresh_from_db()
    assert (work.state, work.withdrawn_at, work.title) == ("draft", None, "阳台上的作文")


S = WorkState
ALLOWED = {
    "save": {S.DRAFT, S.RETURNED},
    "submit": {S.DRAFT, S.RETURNED, S.SUBMITTED},  # a second submit is the first one
    "withdraw": {S.DRAFT, S.SUBMITTED, S.APPROVED, S.RETURNED, S.WITHDRAWN},
    "reopen": {S.WITHDRAWN, S.DRAFT},
}
VERBS = {
    "save": lambda work, by: save_work(work, by=by, revision=0, title="改过"),
    "submit": lambda work, by: submit_work(work, by=by, confirmed=True),
    "withdraw": lambda work, by: withdraw_work(work, by=by),
    "reopen": lambda work, by: reopen_work(work, by=by),
}


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.seed("W89", "W17", "W44")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", list(WorkState))
def test_each_verb_of_the_author_works_in_just_these_states(programme, school, head, leader, visit, officer, kind, state):
    wrong = []
    for verb, act in VERBS.items():
        Work.objects.all().delete()
        work = make_work(head, programme, school, visit=visit, kind=kind, state=state, leader=leader, officer=officer)
        try:
            act(work, head)
            went = True
        except WrongState:
            went = False
        if went != (state in ALLOWED[verb]):
            wrong.append((verb, went))
    assert wrong == []


def test_a_class_head_of_two_schools_writes_from_where_the_visit_was(programme, school, other_school, head):
    other_class = make_class(other_school)
    both = make_class_head(other_class)
    visit = add_visit(programme, [make_student(other_class)], on=date(2022, 9, 12), lead=both)
    assert start_work(programme, by=both, kind="essay", visit=visit)[0].school_id == other_school.pk
