"""A work goes on display and comes down: who may, in which state, with whose consent."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from core.models import AuditEntry
from core.states import WrongState
from schools.enums import Role
from schools.models import Decision, Message
from schools.tests.factories import make_leader, make_officer, make_user
from students.actions.consent import give_consent, withdraw_consent
from students.enums import ConsentPurpose
from works.actions.showing import publish_work, show_at_school, take_down
from works.enums import RECOMMENDED_STATES, Level, WorkState
from works.models import Showing
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db
S = WorkState
CLEAN = {"title": "阳台上的作文", "body": "秋天的傍晚，我敲开了顾同学家的门。", "confirmed": True}


@pytest.fixture
def consent(student, head):
    return give_consent(student, ConsentPurpose.PUBLICATION, by=head, relation="mother")


@pytest.fixture
def work(head, programme, school, visit, leader, officer, consent):
    return make_work(
        head, programme, school, visit=visit, kind="story", state=S.AWARDED, leader=leader, officer=officer,
        school_award="校级一等",
    )  # fmt: skip


@pytest.mark.seed("S53", "W61")
def test_an_awarded_work_is_shown_with_the_text_that_was_read(work, officer, head):
    showing = publish_work(work, by=officer, **CLEAN)

    work.refresh_from_db()
    assert (work.state, work.published_by) == (S.PUBLISHED, officer)
    assert (showing.level, showing.title, showing.body, showing.award) == (
        "district", CLEAN["title"], CLEAN["body"], "一等奖",
    )  # fmt: skip
    assert showing.signature == "晨曦小学 陈晓"
    assert Decision.objects.get().verb == "publish"
    assert Message.objects.get(user=head).text == "你的《阳台上的作文》在区里的展示页上展示了。"


def test_nobody_is_named_without_the_authors_word(work, officer):
    type(work).objects.filter(pk=work.pk).update(named=False)
    assert publish_work(work, by=officer, **CLEAN).signature == ""


def test_deeds_carry_the_name_of_the_one_they_tell_of(head, teacher, programme, school, leader, officer):
    deeds = make_work(head, programme, school, kind="deeds", honoree=teacher, state=S.AWARDED, leader=leader, officer=officer)
    assert publish_work(deeds, by=officer, **CLEAN).signature == "晨曦小学 罗一鸣"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"confirmed": False}, "通读一遍"),
        ({"title": " "}, "题目不能空着"),
        ({"body": "顾嘉树说好。"}, "真实姓名"),
        ({"body": "五（3）班的孩子。"}, "班级"),
        ({"body": "9月16日去的。"}, "日期"),
        ({"title": "找19900001234"}, "电话"),
    ],
)
def test_what_a_person_overlooked_is_refused(work, officer, change, sentence):
    with pytest.raises(ValidationError) as refusal:
        publish_work(work, by=officer, **CLEAN | change)
    assert sentence in str(refusal.value.messages) and "顾嘉树" not in str(refusal.value.messages)
    assert not Showing.objects.exists()


def test_not_without_the_author_nor_the_family(work, officer, student, head):
    withdraw_consent(student, ConsentPurpose.PUBLICATION, by=head)
    type(work).objects.filter(pk=work.pk).update(may_publish=False)
    with pytest.raises(ValidationError) as refusal:
        publish_work(work, by=officer, **CLEAN)
    assert refusal.value.messages == ["作者没有同意公开展示。", "还差1位学生的家长同意公开展示，一共1位。请学校登记。"]


def test_a_photo_consent_is_none_for_showing(work, officer, student, head):
    withdraw_consent(student, ConsentPurpose.PUBLICATION, by=head)
    give_consent(student, ConsentPurpose.PHOTO, by=head)
    with pytest.raises(ValidationError):
        publish_work(work, by=officer, **CLEAN)


def test_the_same_twice_is_one_showing(work, officer):
    assert publish_work(work, by=officer, **CLEAN) == publish_work(work, by=officer, **CLEAN)
    assert Decision.objects.count() == 1


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("state", [state for state in S.values if state != S.AWARDED])
def test_publishing_in_another_state_is_refused(work, officer, head, programme, school, visit, leader, state):
    visit.works.all().delete()
    other = make_work(
        head, programme, school, visit=visit, kind="story", state=state, leader=leader, officer=officer
    )
    with pytest.raises(WrongState):
        publish_work(other, by=officer, **CLEAN)


@pytest.mark.seed("S53")
@pytest.mark.parametrize("state", S.values)
def test_a_school_shows_what_it_recommended(work, officer, head, programme, school, visit, leader, state):
    visit.works.all().delete()
    other = make_work(
        head, programme, school, visit=visit, kind="story", state=state, leader=leader, officer=officer, school_award="特等"
    )
    if state not in RECOMMENDED_STATES:
        with pytest.raises(WrongState):
            show_at_school(other, by=leader, **CLEAN)
        return
    showing = show_at_school(other, by=leader, **CLEAN)
    other.refresh_from_db()
    assert (other.state, showing.level, showing.award) == (state, Level.SCHOOL, "特等")
    assert show_at_school(other, by=leader, **CLEAN) == showing


def test_new_words_at_the_school_take_the_place_of_the_old(work, leader):
    old = show_at_school(work, by=leader, **CLEAN)
    new = show_at_school(work, by=leader, **CLEAN | {"body": "换了一段。"})
    old.refresh_from_db()
    assert old.taken_down_at and Showing.objects.standing().get() == new


def test_taking_down_needs_a_reason_and_goes_back_to_awarded(work, officer, head):
    showing = publish_work(work, by=officer, **CLEAN)
    with pytest.raises(ValidationError):
        take_down(showing, by=officer, reason=" ")
    for _ in range(2):
        take_down(showing, by=officer, reason="内容要再核实")

    work.refresh_from_db()
    assert (work.state, work.published_at, work.award) == (S.AWARDED, None, "一等奖")
    assert list(Decision.objects.order_by("id").values_list("verb", flat=True)) == ["publish", "take_down"]
    assert Message.objects.filter(user=head).latest("pk").text == "《阳台上的作文》从展示页撤下了：内容要再核实"
    assert publish_work(work, by=officer, **CLEAN).pk != showing.pk


@pytest.mark.seed("W61")
def test_a_family_that_takes_its_consent_back_takes_the_showings_down(work, officer, leader, student, head):
    publish_work(work, by=officer, **CLEAN)
    show_at_school(work, by=leader, **CLEAN)

    withdraw_consent(student, ConsentPurpose.PUBLICATION, by=head)

    work.refresh_from_db()
    assert work.state == S.AWARDED
    assert not Showing.objects.standing().exists()
    assert set(Showing.objects.values_list("down_reason", flat=True)) == {"家长撤回了公开展示的同意。"}
    assert AuditEntry.objects.filter(action="showing.take_down").count() == 2


def test_a_photo_consent_taken_back_leaves_the_showing(work, officer, student, head):
    give_consent(student, ConsentPurpose.PHOTO, by=head)
    publish_work(work, by=officer, **CLEAN)
    withdraw_consent(student, ConsentPurpose.PHOTO, by=head)
    assert Showing.objects.standing().count() == 1


ROLES = {
    "author": lambda w: w.author,
    "teacher": lambda w: make_user(Role.TEACHER, school=w.school),
    "school_admin": lambda w: make_user(Role.SCHOOL_ADMIN, school=w.school),
    "reviewer": lambda w: make_user(Role.REVIEWER, authority=w.authority),
    "leader": lambda w: make_leader(w.school),
    "officer": lambda w: make_officer(w.authority),
}


@pytest.mark.parametrize("role", ROLES)
def test_the_district_publishes_and_the_leader_shows_at_school(work, officer, leader, role):
    person = ROLES[role](work)
    tries = {
        "officer": lambda: publish_work(work, by=person, **CLEAN),
        "leader": lambda: show_at_school(work, by=person, **CLEAN),
    }
    for allowed, call in tries.items():
        if role == allowed:
            showing = call()
            take_down(showing, by=person, reason="试一试")
        else:
            with pytest.raises(PermissionDenied):
                call()
    for showing in (publish_work(work, by=officer, **CLEAN), show_at_school(work, by=leader, **CLEAN)):
        if (role, showing.level) in {("officer", "district"), ("leader", "school")}:
            continue
        with pytest.raises(PermissionDenied):
            take_down(showing, by=person, reason="试一试")
