"""To the district: within the quota, within the time, in the school's order, once."""

from datetime import date

import pytest

from core.models import AuditEntry
from core.states import WrongState
from programmes.models import Programme
from schools.enums import Role
from schools.models import Message
from schools.tests.factories import make_leader
from visits.tests.rows import add_visit
from works.actions.late import give_late_pass
from works.actions.school import file_works, recall_work
from works.models import Work
from works.queries.quota import quota_left, quotas
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db
LAST_SECOND, OVER = "2022-10-08T23:59:59+08:00", "2022-10-09T00:00+08:00"


@pytest.fixture
def stories(programme, school, head, student, leader):
    """Three, recommended; the notice takes two."""
    visits = [add_visit(programme, [student], on=date(2022, 9, day), lead=head) for day in (14, 15, 16)]
    return [
        make_work(head, programme, school, visit=visit, kind="story", state="approved", leader=leader, school_order=n)
        for n, visit in enumerate(visits, 1)
    ]


def states(works):
    return [Work.objects.get(pk=work.pk).state for work in works]


@pytest.mark.seed("S54")
def test_chosen_stories_go_to_the_district(stories, leader, officer, reviewer, head):
    outcome = file_works([stories[0].pk, stories[1].pk], by=leader)

    assert (outcome.done, outcome.refused) == (stories[:2], {})
    work = Work.objects.get(pk=stories[0].pk)
    assert (work.state, work.filed_by, work.late) == ("filed", leader, False)
    assert set(Work.objects.visible_to(officer)) == set(stories[:2])
    told = set(Message.objects.values_list("user_id", flat=True))
    assert told == {head.pk}  # one line to the author; no notice a work to the district
    assert AuditEntry.objects.filter(action="work.file").count() == 2


def test_the_quota_takes_the_first_in_the_schools_order(stories, leader, programme, school):
    outcome = file_works([work.pk for work in reversed(stories)], by=leader)

    assert [work.school_order for work in outcome.done] == [1, 2]
    assert outcome.refused == {stories[2].pk: "感人故事每校最多报2篇，已经满了。要换的话，先撤回一篇。"}
    assert quota_left(programme, school, "story") == 0
    assert quota_left(programme, school, "essay") is None
    assert [one.sentence for one in quotas(programme, school)] == [
        "感人故事：可报2篇，已报2篇", "家访征文：篇数不限，已报0篇", "典型案例：篇数不限，已报0篇", "先进事迹：篇数不限，已报0篇",
    ]  # fmt: skip


@pytest.mark.seed("W86")
def test_a_case_goes_up_the_chain_beside_the_stories(stories, programme, school, head, leader):
    case = make_work(head, programme, school, kind="case", state="approved", leader=leader)
    outcome = file_works([case.pk, *(work.pk for work in stories)], by=leader)

    assert case in outcome.done
    assert len(outcome.done) == 3


def test_another_schools_quota_is_its_own(stories, programme, other_school, leader):
    file_works([work.pk for work in stories], by=leader)

    assert quota_left(programme, other_school, "story") == 2


def test_sent_twice_is_once(stories, school_admin):
    first = file_works([stories[0].pk], by=school_admin)
    again = file_works([stories[0].pk], by=school_admin)

    assert first.done == again.done == stories[:1]
    assert AuditEntry.objects.filter(action="work.file").count() == Message.objects.count() == 1


def test_what_stands_in_another_school_is_not_even_named(stories, other_school):
    outcome = file_works([stories[0].pk], by=make_leader(other_school))

    assert (outcome.done, outcome.refused) == ([], {})
    assert states(stories) == ["approved"] * 3


def test_a_work_not_yet_recommended_is_told(programme, school, head, leader):
    work = make_work(head, programme, school, state="submitted")

    assert file_works([work.pk], by=leader).refused == {work.pk: "现在是“待审”，不能报送。"}


def test_a_story_whose_visit_was_voided_since_stays(stories, leader):
    visit = stories[0].visit
    visit.state, visit.void_reason, visit.voided_at = "voided", "重复", visit.recorded_at
    visit.save()

    outcome = file_works([work.pk for work in stories], by=leader)
    assert [work.pk for work in outcome.done] == [stories[1].pk, stories[2].pk]
    assert "作废" in outcome.refused[stories[0].pk]


@pytest.mark.parametrize(("moment", "sent"), [(LAST_SECOND, True), (OVER, False)])
def test_the_day_ends_at_midnight_in_shanghai(stories, leader, settings, moment, sent):
    settings.HOMEVISIT_CLOCK = moment
    outcome = file_works([stories[0].pk], by=leader)

    if sent:
        assert outcome.done == stories[:1]
    else:
        assert outcome.refused == {stories[0].pk: "报送时间过了。要补报，请区里给本校开通。"}


def test_with_more_time_it_goes_as_late(stories, leader, officer, programme, school, settings):
    settings.HOMEVISIT_CLOCK = OVER
    give_late_pass(programme, school, by=officer, submission="story", until=date(2022, 10, 12), reason="停电")
    settings.HOMEVISIT_CLOCK = "2022-10-12T23:59:59+08:00"
    file_works([stories[0].pk], by=leader)
    assert Work.objects.get(pk=stories[0].pk).late is True

    settings.HOMEVISIT_CLOCK = "2022-10-13T00:00+08:00"
    assert list(file_works([stories[1].pk], by=leader).refused) == [stories[1].pk]


def test_a_kind_without_a_day_goes_at_any_time(programme, school, head, leader, settings):
    work = make_work(head, programme, school, state="approved", leader=leader)
    settings.HOMEVISIT_CLOCK = "2023-03-01T08:00+08:00"

    assert file_works([work.pk], by=leader).done == [work]
    assert Work.objects.get(pk=work.pk).late is False


def test_recalled_it_frees_its_place_and_leaves_the_district(stories, leader, officer, programme, school):
    file_works([work.pk for work in stories], by=leader)
    for _ in range(2):
        recall_work(stories[0], by=leader)

    work = Work.objects.get(pk=stories[0].pk)
    assert (work.state, work.filed_at, work.filed_by, work.late) == ("approved", None, None, False)
    assert quota_left(programme, school, "story") == 1
    assert work not in Work.objects.visible_to(officer)
    assert AuditEntry.objects.filter(action="work.recall").count() == 1
    assert file_works([stories[2].pk], by=leader).done == [stories[2]]


def test_what_the_district_has_decided_is_not_recalled(programme, school, head, leader):
    work = make_work(head, programme, school, state="accepted", leader=leader)

    with pytest.raises(WrongState):
        recall_work(work, by=leader)


def test_a_quota_of_nothing_is_said(programme, school, head, leader):
    Programme.objects.filter(pk=programme.pk).update(config=programme.config | {"quotas": {"essay": 0}})
    work = make_work(head, programme, school, state="approved", leader=leader)

    assert list(file_works([work.pk], by=leader).refused) == [work.pk]


def test_a_notice_that_does_not_ask_for_the_kind_sends_nothing(programme, school, head, leader):
    works = [one for one in programme.config["works"] if one["code"] != "essay"]
    Programme.objects.filter(pk=programme.pk).update(config=programme.config | {"works": works})
    work = make_work(head, programme, school, state="approved", leader=leader)

    assert file_works([work.pk], by=leader).refused == {work.pk: "“家访征文”在学校评，不往区里报。"}


def test_no_role_of_the_desk_sends_for_a_school(stories, officer, reviewer, leader):
    file_works([stories[0].pk], by=leader)
    assert Role.DISTRICT_ADMIN in officer.reach.roles

    for person in (officer, reviewer):
        outcome = file_works([work.pk for work in stories], by=person)
        assert outcome.done == []
        assert outcome.refused == {stories[0].pk: "由本校的负责人或学校管理员报送。"}
