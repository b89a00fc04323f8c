"""The school's acts: recommended with opinion, order and truth; returned with a reason; awarded; undone."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from core.models import AuditEntry
from core.states import WrongState
from programmes.models import Programme
from schools.models import Decision, Message, Post
from schools.tests.factories import make_leader
from works.actions.author import save_work, submit_work
from works.actions.district import accept_work, award_work, return_to_school
from works.actions.school import (
    approve_work,
    file_works,
    give_school_award,
    return_to_author,
    set_order,
    undo_work,
)
from works.models import Work
from works.queries.school import visit_doubts
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(programme, school, head, visit):
    return make_work(head, programme, school, visit=visit, kind="story", state="submitted")


@pytest.fixture
def essay(programme, school, head):
    return make_work(head, programme, school, state="submitted")


def approve(work, by, **values):
    return approve_work(work, by=by, **({"opinion": "情况属实，同意推荐。", "confirmed": True} | values))


@pytest.mark.seed("S63")
def test_a_recommendation_keeps_opinion_day_order_and_who_vouched(story, leader, head):
    approve(story, leader, opinion_on=date(2022, 9, 17), version=1)

    story.refresh_from_db()
    assert (story.state, story.opinion, story.opinion_on) == ("approved", "情况属实，同意推荐。", date(2022, 9, 17))
    assert (story.approved_by, story.school_order) == (leader, 1)
    assert story.approver_confirmed_at and story.author_confirmed_at  # the truth is said twice (S60)
    line = AuditEntry.objects.get(action="work.approve")
    assert (line.actor_id, line.school_id) == (leader.pk, story.school_id)
    note = Message.objects.get()
    assert (note.user, note.text) == (head, "示例走万家，你写的感人故事学校推荐了。")
    assert note.leaves_at - note.created_at >= timedelta(seconds=10)


def test_the_day_is_today_unless_told(essay, leader):
    assert approve(essay, leader).opinion_on == date(2022, 9, 18)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"opinion": " "}, "opinion"),
        ({"opinion": "长" * 501}, "opinion"),
        ({"confirmed": False}, "confirmed"),
        ({"opinion_on": date(2022, 9, 19)}, "opinion_on"),
    ],
)
def test_what_is_missing_is_said_at_its_field(story, leader, values, field):
    with pytest.raises(ValidationError) as refused:
        approve(story, leader, **values)

    assert list(refused.value.message_dict) == [field]
    story.refresh_from_db()
    assert story.state == "submitted"


def test_a_kind_without_truth_statement_needs_no_tick(essay, leader):
    assert approve(essay, leader, confirmed=False).approver_confirmed_at is None


def test_recommended_twice_is_once(essay, leader):
    for _ in range(2):
        approve(essay, leader, version=1)

    assert Decision.objects.count() == Message.objects.count() == 1


def test_another_leaders_second_recommendation_is_told(essay, leader, school):
    approve(essay, leader)

    with pytest.raises(WrongState):
        approve(essay, make_leader(school), opinion="也同意。")


def test_a_newer_submission_than_the_one_read_is_told_and_not_overwritten(essay, leader, head):
    return_to_author(essay, by=leader, reason="写具体些", version=1)
    essay.refresh_from_db()
    save_work(essay, by=head, revision=essay.revision, body="改写过的一篇。")
    submit_work(Work.objects.get(pk=essay.pk), by=head, confirmed=True)

    with pytest.raises(WrongState, match="重新交过"):
        approve(essay, leader, version=1)
    with pytest.raises(WrongState, match="重新交过"):
        return_to_author(essay, by=leader, reason="别的", version=1)
    assert approve(essay, leader, version=2).state == "approved"


def test_a_return_says_why_and_takes_the_recommendation_back(story, leader, head):
    approve(story, leader)
    return_to_author(story, by=leader, reason="日期和记录对不上", version=1)

    story.refresh_from_db()
    assert (story.state, story.return_reason, story.returned_by, story.returned_level) == (
        "returned", "日期和记录对不上", leader, "school",
    )  # fmt: skip
    assert (story.opinion, story.approved_by, story.approver_confirmed_at, story.school_order) == ("", None, None, None)
    assert Decision.objects.latest("pk").before["opinion"] == "情况属实，同意推荐。"
    assert Message.objects.latest("pk").text == "示例走万家，你写的感人故事学校退回修改：日期和记录对不上"


def test_a_return_needs_a_reason_and_twice_is_once(essay, leader):
    with pytest.raises(ValidationError):
        return_to_author(essay, by=leader, reason="  ")
    for _ in range(2):
        return_to_author(essay, by=leader, reason="写具体些")

    assert Decision.objects.count() == 1


def test_a_notice_holds_no_pupils_name(story, leader):
    return_to_author(story, by=leader, reason="顾嘉树的名字去掉")

    assert Message.objects.get().text.endswith("退回修改：顾同学的名字去掉")
    story.refresh_from_db()
    assert story.return_reason == "顾嘉树的名字去掉"  # the author reads it as it was written


@pytest.mark.parametrize(("state", "said"), [("voided", "作废"), ("done", "还没有记录")])
def test_a_story_whose_visit_does_not_stand_is_not_recommended(story, leader, visit, state, said):
    type(visit).objects.filter(pk=visit.pk).update(state=state, void_reason="重复", voided_at=story.created_at)

    with pytest.raises(WrongState, match=said):
        approve(story, leader)


def test_what_to_ask_about_the_visit_forbids_nothing(story, leader, visit, teacher):
    visit.returned_at, visit.returned_by, visit.return_reason = story.created_at, leader, "补写"
    visit.visited_on = date(2022, 10, 2)
    visit.save()
    Work.objects.filter(pk=story.pk).update(author=teacher)
    work = Work.objects.select_related("visit", "programme").get(pk=story.pk)

    assert [line[:4] for line in visit_doubts(work)] == ["家访记录", "走访日期", "作者不在"]
    assert approve(work, leader).state == "approved"


def test_nothing_happens_in_a_programme_still_in_preparation(essay, leader, programme):
    Programme.objects.filter(pk=programme.pk).update(state="draft")

    with pytest.raises(WrongState, match="还没有开始"):
        approve(essay, leader)


# ── Order ──


def orders(*works):
    return [Work.objects.get(pk=work.pk).school_order for work in works]


def test_each_recommended_work_gets_the_last_place_or_the_one_asked_for(programme, school, head, leader):
    first, second, third = (make_work(head, programme, school, state="submitted") for _ in range(3))
    approve(first, leader)
    approve(second, leader)
    approve(third, leader, order=1)

    assert orders(first, second, third) == [2, 3, 1]


def test_a_moved_work_pushes_the_others(programme, school, head, leader):
    works = [make_work(head, programme, school, state="approved", leader=leader, school_order=n) for n in (1, 2, 3)]
    set_order(works[2], by=leader, order=1)
    assert orders(*works) == [2, 3, 1]
    set_order(works[2], by=leader, order=99)
    set_order(works[2], by=leader, order=99)
    assert orders(*works) == [1, 2, 3]
    assert AuditEntry.objects.filter(action="work.order").count() == 2


def test_what_is_at_the_district_keeps_its_number(programme, school, head, leader):
    make_work(head, programme, school, state="filed", leader=leader, school_order=1)
    works = [make_work(head, programme, school, state="approved", leader=leader, school_order=n) for n in (2, 3)]
    other_kind = make_work(head, programme, school, kind="case", state="approved", leader=leader)
    set_order(works[1], by=leader, order=1)

    assert orders(*works, other_kind) == [3, 2, 1]


# ── The school's own award ──


@pytest.mark.seed("S53", "W45")
def test_the_school_gives_its_own_level_and_takes_it_back(programme, school, head, leader):
    work = make_work(head, programme, school, kind="diary", state="approved", leader=leader)
    for _ in range(2):
        give_school_award(work, by=leader, label="一等奖")
    work.refresh_from_db()
    assert (work.school_award, work.state) == ("一等奖", "approved")
    assert AuditEntry.objects.filter(action="work.school_award").count() == 1

    give_school_award(work, by=leader, label="")
    work.refresh_from_db()
    assert work.school_award == ""
    with pytest.raises(ValidationError):
        give_school_award(work, by=leader, label="很" * 21)


@pytest.mark.seed("W45")
def test_a_kind_judged_at_school_alone_is_not_sent(programme, school, head, leader):
    work = make_work(head, programme, school, kind="diary", state="approved", leader=leader)

    assert file_works([work.pk], by=leader).refused == {work.pk: "“家访日记”在学校评，不往区里报。"}


# ── Undo ──


def test_a_recommendation_is_undone_unseen(story, leader, head, settings):
    approve(story, leader)
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00:09+08:00"
    undo_work(story, by=leader)

    story.refresh_from_db()
    assert (story.state, story.approved_by, story.opinion, story.school_order) == ("submitted", None, "", None)
    assert not Message.objects.exists()


def test_a_return_undone_stands_recommended_as_before(story, leader):
    approve(story, leader, opinion_on=date(2022, 9, 17))
    before = Work.objects.values().get(pk=story.pk)
    return_to_author(story, by=leader, reason="看错了")
    undo_work(story, by=leader)

    after = Work.objects.values().get(pk=story.pk)
    assert {name: value for name, value in after.items() if value != before[name]} == {}


def test_an_undo_comes_too_late(essay, leader, settings):
    approve(essay, leader)
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00:13+08:00"

    with pytest.raises(WrongState, match="10秒"):
        undo_work(essay, by=leader)


def test_an_undo_is_the_deciders_own_and_of_a_decision(essay, leader, school, head):
    with pytest.raises(WrongState):
        undo_work(essay, by=leader)
    approve(essay, leader)
    with pytest.raises(WrongState):
        undo_work(essay, by=make_leader(school))
    with pytest.raises(WrongState):
        undo_work(essay, by=head)


def test_who_lost_the_post_meanwhile_undoes_nothing(essay, leader):
    approve(essay, leader)
    Post.objects.filter(user=leader).update(ends_on=date(2022, 9, 17))
    for name in ("posts_now", "reach"):
        leader.__dict__.pop(name, None)

    with pytest.raises(PermissionDenied):
        undo_work(essay, by=leader)


def test_sending_is_recalled_not_undone(programme, school, head, leader):
    work = make_work(head, programme, school, state="approved", leader=leader)
    file_works([work.pk], by=leader)

    with pytest.raises(WrongState):
        undo_work(work, by=leader)


def test_the_districts_decisions_are_undone_by_the_same_door(programme, school, head, officer, reviewer):
    work = make_work(head, programme, school, state="filed")
    accept_work(work, by=reviewer)
    undo_work(work, by=reviewer)
    assert Work.objects.get(pk=work.pk).state == "filed"

    accept_work(work, by=officer)
    award_work(work, by=officer, label="一等奖")
    undo_work(work, by=officer)
    work.refresh_from_db()
    assert (work.state, work.award) == ("accepted", "")


def test_a_return_by_the_district_is_not_undone_over_the_quota(programme, school, head, leader, officer):
    config = programme.config | {"quotas": {"essay": 1}}
    Programme.objects.filter(pk=programme.pk).update(config=config)
    first = make_work(head, programme, school, state="filed", leader=leader)
    second = make_work(head, programme, school, state="approved", leader=leader)
    return_to_school(first, by=officer, reason="缺走访时间")
    assert file_works([second.pk], by=leader).done == [second]

    with pytest.raises(WrongState, match="名额满了"):
        undo_work(first, by=officer)
