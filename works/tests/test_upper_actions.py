"""On to the office above: state × verb × role, the quota, all or none, twice once, told, undone; what the database holds."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from core.clock import now
from core.models import AuditEntry
from core.states import WrongState
from schools.actions.decide import MOVED_ON
from schools.enums import Role
from schools.models import Decision, Message
from schools.tests.factories import add_post, make_authority, make_officer, make_school, make_user
from works.actions.district import award_work, return_to_school, shortlist_work, undo_batch
from works.actions.school import undo_work
from works.actions.upper import clear_upper_award, enter_upper_award, send_up, take_back_up
from works.enums import AT_DISTRICT_STATES, SENDABLE_STATES, WorkState
from works.models import Work
from works.queries.upper import city_quota, upper_words
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db
S = WorkState


def fresh(work):
    return Work.objects.get(pk=work.pk)


def with_quota(programme, limit, kind="case", office="示例市教育局"):
    works = [dict(one, city_quota=limit) if one["code"] == kind else one for one in programme.config["works"]]
    programme.config = {**programme.config, "works": works, "upper_office": office}
    programme.save()


@pytest.fixture
def make(head, programme, school, leader, officer):
    def make(state=S.SHORTLISTED, kind="case", **fields):
        return make_work(head, programme, school, kind=kind, state=state, leader=leader, officer=officer, **fields)

    return make


@pytest.fixture
def sent(make, officer):
    return make(sent_up_at=now(), sent_up_by=officer)


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.seed("W86", "W17")
@pytest.mark.parametrize("kind", ["case", "essay", "diary", "deeds"])
def test_every_state_and_verb(kind, make, officer):
    """Only kinds whose levels reach the city, only what the district recommended or awarded; the state stays."""
    for state in S:
        work = make(state, kind)
        if kind == "case" and state in SENDABLE_STATES:
            send_up([work.pk], by=officer)
            assert (fresh(work).sent_up_by, fresh(work).state) == (officer, state)
            enter_upper_award(work, by=officer, label="一等奖")
            clear_upper_award(work, by=officer)
            take_back_up(work, by=officer)
            assert (fresh(work).sent_up_at, fresh(work).upper_award, fresh(work).state) == (None, "", state)
            continue
        if state in AT_DISTRICT_STATES:
            with pytest.raises(WrongState, match="活动设置里只到区里" if kind != "case" else "区里推荐或表彰以后"):
                send_up([work.pk], by=officer)
        elif not work.filed_at:
            assert send_up([work.pk], by=officer) == []  # not the district's to know
        with pytest.raises(WrongState, match="还没有报"):
            enter_upper_award(work, by=officer, label="一等奖")
        assert fresh(work).sent_up_at is None


def test_who_may(make, programme, head, teacher, leader, school_admin, officer, reviewer):
    """The district's administrator alone: no reviewer, nobody of a school, no other district, no city."""
    elsewhere = make_authority("there")
    city = make_authority("city")
    programme.authority.parent = city
    programme.authority.save()
    people = {
        "author": head, "teacher": teacher, "leader": leader, "school_admin": school_admin, "reviewer": reviewer,
        "foreign officer": make_officer(elsewhere), "foreign reviewer": make_user(Role.REVIEWER, authority=elsewhere),
        "city": make_officer(city), "auditor": make_user(Role.AUDITOR, authority=programme.authority), "nobody": make_user(),
    }  # fmt: skip
    work, gone = make(), make(sent_up_at=now(), sent_up_by=officer)
    for name, user in people.items():
        visible = Work.objects.visible_to(user).filter(pk=work.pk).exists()
        if visible:
            with pytest.raises(PermissionDenied):
                send_up([work.pk], by=user)
        else:
            assert send_up([work.pk], by=user) == [], name
        for verb, facts in ((take_back_up, {}), (enter_upper_award, {"label": "一等奖"}), (clear_upper_award, {})):
            with pytest.raises(PermissionDenied):
                verb(gone, by=user, **facts)
    assert fresh(work).sent_up_at is None and fresh(gone).sent_up_at and not fresh(gone).upper_award


def test_nobody_sends_on_what_is_of_the_own_school_or_the_own_hand(make, officer, school):
    work = make()
    Work.objects.filter(pk=work.pk).update(author=officer)
    with pytest.raises(PermissionDenied):
        send_up([work.pk], by=officer)
    other = make()
    add_post(officer, Role.TEACHER, school=school)
    with pytest.raises(PermissionDenied):
        send_up([other.pk], by=officer)


def test_twice_is_once(make, officer):
    work = make()
    for _ in range(2):
        send_up([work.pk], by=officer)
    for _ in range(2):
        enter_upper_award(work, by=officer, label=" 一等奖 ", on=date(2022, 9, 18))
    for _ in range(2):
        clear_upper_award(work, by=officer)
    for _ in range(2):
        take_back_up(work, by=officer)
    verbs = ["send_up", "upper_award", "upper_clear", "take_back_up"]
    assert list(Decision.objects.order_by("pk").values_list("verb", flat=True)) == verbs
    lines = AuditEntry.objects.filter(object_id=str(work.pk)).order_by("pk").values_list("action", flat=True)
    assert list(lines) == [f"work.{verb}" for verb in verbs]
    assert {(one.was, one.became) for one in Decision.objects.all()} == {(S.SHORTLISTED, S.SHORTLISTED)}


@pytest.mark.seed("W86")
def test_no_more_go_than_the_notice_lets(make, programme, officer):
    with_quota(programme, 2)
    first, second, third = make(), make(S.AWARDED), make(S.PUBLISHED)
    with pytest.raises(WrongState, match="典型案例报示例市教育局的名额是2篇，还能报2篇，选了3篇。去掉1篇再报。"):
        send_up([first.pk, second.pk, third.pk], by=officer)
    assert city_quota(programme, "case").used == 0  # all or none
    send_up([first.pk, second.pk], by=officer)
    with pytest.raises(WrongState, match="的名额是2篇，已经报满了。要换一篇，先撤回一篇。"):
        send_up([third.pk], by=officer)
    send_up([first.pk, second.pk], by=officer)  # again, at a full quota
    take_back_up(first, by=officer)
    assert city_quota(programme, "case").left == 1
    send_up([third.pk], by=officer)


def test_a_quota_of_none_and_one_of_nothing(make, programme, officer):
    assert city_quota(programme, "case").left is None
    with_quota(programme, 0)
    with pytest.raises(WrongState, match="名额是0篇"):
        send_up([make().pk], by=officer)


def test_all_go_or_none(make, programme, officer, head, leader):
    """One that may not go holds up the others; what is out of reach is not named."""
    good, waiting = make(), make(S.ACCEPTED, title="菜园里的约定")
    with pytest.raises(WrongState, match="《菜园里的约定》现在是“已通过”"):
        send_up([good.pk, waiting.pk], by=officer)
    assert fresh(good).sent_up_at is None
    there = make_school(make_authority("there"))
    foreign = make_work(make_user(Role.TEACHER, school=there), programme, there, kind="case", state=S.SHORTLISTED)
    assert [work.pk for work in send_up([good.pk, foreign.pk, 0], by=officer)] == [good.pk]
    assert fresh(foreign).sent_up_at is None
    assert Decision.objects.values("batch").distinct().count() == 1


def test_a_title_is_told_without_a_pupils_name(make, officer):
    work = make(S.ACCEPTED, title="顾嘉树和菜园", aliases='{"顾嘉树": "顾同学"}')
    with pytest.raises(WrongState, match="《顾同学和菜园》"):
        send_up([work.pk], by=officer)


def test_the_author_and_the_school_are_told_when_the_undo_is_over(make, officer, head, leader, school_admin, settings):
    work = make()
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00:00+08:00"
    send_up([work.pk], by=officer)
    notices = Message.objects.filter(about_type="works.work", about_id=work.pk)
    assert {one.user for one in notices} == {head, leader, school_admin} and not notices.arrived().exists()
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00:12+08:00"
    assert notices.arrived().count() == 3
    assert notices[0].text.endswith("陈晓的典型案例：已报市教育局。") and work.title not in notices[0].text
    enter_upper_award(work, by=officer, label="二等奖")
    assert notices.filter(text__contains="市教育局评为二等奖。").count() == 3


@pytest.mark.parametrize("verb", ["send_up", "upper_award", "upper_clear"])
def test_undo_within_ten_seconds(verb, make, officer, settings):
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00:00+08:00"
    work = make()
    if verb != "send_up":
        work = make(sent_up_at=now(), sent_up_by=officer)
    if verb == "upper_clear":
        Work.objects.filter(pk=work.pk).update(upper_award="一等奖", upper_award_on=date(2022, 10, 9))
    before = Work.objects.filter(pk=work.pk).values().get()
    for take_back in (undone_by_batch, undo_work):
        act(verb, work, officer)
        take_back(work, by=officer)
        assert Work.objects.filter(pk=work.pk).values().get() == before
        assert not Message.objects.filter(about_id=work.pk).exists()
    act(verb, work, officer)
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00:13+08:00"
    with pytest.raises(WrongState, match="10秒"):
        undo_work(work, by=officer)


def act(verb, work, by):
    if verb == "send_up":
        send_up([work.pk], by=by)
    elif verb == "upper_award":
        enter_upper_award(work, by=by, label="一等奖")
    else:
        clear_upper_award(work, by=by)


def undone_by_batch(work, by):
    batch = Decision.objects.filter(about_id=work.pk, by=by).latest("pk").batch
    return undo_batch(Work, batch, by=by, lock=lambda pk: Work.objects.select_for_update(of=("self",)).get(pk=pk))


def test_a_taking_back_is_no_matter_of_an_undo_and_an_older_act_stays(make, officer):
    """Its place may be somebody else's by now. The undo of an older act does not take back a newer one."""
    work = make(S.ACCEPTED)
    shortlist_work(work, by=officer)
    older = Decision.objects.get().batch
    send_up([work.pk], by=officer)
    outcome = undo_batch(Work, older, by=officer, lock=lambda pk: Work.objects.get(pk=pk))
    assert outcome.refused == {work.pk: MOVED_ON} and fresh(work).sent_up_at
    take_back_up(work, by=officer)
    assert undone_by_batch(work, officer).done == []
    with pytest.raises(WrongState):
        undo_work(work, by=officer)
    assert fresh(work).sent_up_at is None


def test_it_is_taken_back_before_it_returns_to_the_school(sent, officer, reviewer):
    with pytest.raises(WrongState, match="已报市教育局。先从市教育局撤回，再退回学校。"):
        return_to_school(sent, by=reviewer, reason="太短")
    enter_upper_award(sent, by=officer, label="一等奖")
    with pytest.raises(WrongState, match="市教育局已经评了等级，不能再退回学校。"):
        return_to_school(sent, by=reviewer, reason="太短")
    with pytest.raises(WrongState, match="不能撤回。记错了，先清掉等级。"):
        take_back_up(sent, by=officer)
    clear_upper_award(sent, by=officer)
    take_back_up(sent, by=officer)
    return_to_school(sent, by=reviewer, reason="太短")
    assert fresh(sent).state == S.RETURNED


def test_the_districts_own_award_goes_on_meanwhile(sent, officer):
    award_work(sent, by=officer, label="一等奖")
    row = fresh(sent)
    assert row.state == S.AWARDED and row.sent_up_at and upper_words(row) == "已报市教育局"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"label": ""}, "label"), ({"label": "  "}, "label"), ({"label": "长" * 21}, "label"),
        ({"label": "一等奖", "on": date(2022, 9, 19)}, "on"), ({"label": "一等奖", "on": date(2022, 9, 17)}, "on"),
    ],
)  # fmt: skip
def test_an_award_needs_a_label_and_a_day_between_sending_and_today(facts, field, sent, officer):
    with pytest.raises(ValidationError) as caught:
        enter_upper_award(sent, by=officer, **facts)
    assert list(caught.value.message_dict) == [field] and not fresh(sent).upper_award


def test_a_wrong_award_is_corrected(sent, officer):
    enter_upper_award(sent, by=officer, label="一等奖")
    enter_upper_award(sent, by=officer, label="二等奖")
    assert upper_words(fresh(sent)) == "市级二等奖"
    assert fresh(sent).upper_award_on == date(2022, 9, 18)


def test_what_the_database_holds(make, officer):
    moment, on = now(), date(2022, 9, 18)
    for state in set(S) - set(SENDABLE_STATES):
        refused(make(state), sent_up_at=moment, sent_up_by=officer)
    for fields in (
        {"sent_up_at": moment}, {"sent_up_by": officer}, {"upper_award": "一等奖", "upper_award_on": on},
        {"sent_up_at": moment, "sent_up_by": officer, "upper_award": "一等奖"},
        {"sent_up_at": moment, "sent_up_by": officer, "upper_award_on": on},
    ):  # fmt: skip
        refused(make(), **fields)
    gone = make(sent_up_at=moment, sent_up_by=officer, upper_award="一等奖", upper_award_on=on)
    refused(gone, state=S.ACCEPTED)


def refused(work, **fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        Work.objects.filter(pk=work.pk).update(**fields)
