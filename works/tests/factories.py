"""Works in any state without walking there: rows as the actions leave them. Walk with works.actions where the way
itself is tested."""

from datetime import date

from core.clock import now
from schools.tests.factories import make_leader, make_officer
from works.enums import AT_DISTRICT_STATES, RECOMMENDED_STATES, STANDING_STATES, Level, WorkState
from works.models import Entry, Judge, Round, Sheet, Work, WorkVersion

S = WorkState
TEXT = "开学第二周，孩子说想把阳台上的菜写进作文里。我们坐在小桌边商量：每晚八点前写完，外婆当第一个读者。"


def make_work(author, programme, school, *, visit=None, kind="essay", state=S.DRAFT, leader=None, officer=None, **fields):
    """A work in this state with every column that the state needs. leader, officer: made where needed."""
    moment = now()
    values = {"title": "阳台上的作文", "body": TEXT, "may_publish": True, "created_at": moment, "updated_at": moment}
    if state in STANDING_STATES or state == S.RETURNED:
        values |= {"submitted_at": moment, "version": 1, "author_confirmed_at": moment}
    if state in RECOMMENDED_STATES:
        values |= {
            "approved_at": moment, "approved_by": leader or make_leader(school), "approver_confirmed_at": moment,
            "opinion": "情况属实，同意推荐。", "opinion_on": date(2022, 9, 28), "school_order": 1,
        }  # fmt: skip
    if state in AT_DISTRICT_STATES:
        values |= {"filed_at": moment, "filed_by": values["approved_by"]}
    if state in (S.ACCEPTED, S.SHORTLISTED, S.AWARDED, S.PUBLISHED):
        officer = officer or make_officer(school.authority)
        values |= {"accepted_at": moment, "accepted_by": officer}
    if state == S.SHORTLISTED:
        values |= {"shortlisted_at": moment, "shortlisted_by": officer}
    if state in (S.AWARDED, S.PUBLISHED):
        values |= {"awarded_at": moment, "awarded_by": officer, "award": "一等奖"}
    if state == S.PUBLISHED:
        values |= {"published_at": moment, "published_by": officer}
    if state == S.RETURNED:
        values |= {
            "returned_at": moment, "returned_by": leader or make_leader(school), "returned_level": Level.SCHOOL,
            "return_reason": "缺走访时间",
        }  # fmt: skip
    if state == S.WITHDRAWN:
        values |= {"withdrawn_at": moment}
    work = Work.objects.create(
        programme=programme, authority_id=school.authority_id, school=school, author=author, visit=visit, kind=kind,
        state=state, **(values | fields),
    )  # fmt: skip
    if work.version:
        WorkVersion.objects.create(
            work=work, number=1, title=work.title, body=work.body, submitted_at=moment, submitted_by=author
        )
    return work


def make_round(programme, *, by, school=None, kind="essay", **fields):
    """A round from the programme's data, in preparation; of the school, or of the district without one."""
    rule = next(one for one in programme.rules.works if one.code == kind).judging
    values = {
        "title": "评选", "criteria": [one.model_dump() for one in rule.criteria], "ties": list(rule.ties),
        "awards": [one.model_dump() for one in rule.awards], "judges_each": rule.judges_each,
    }  # fmt: skip
    return Round.objects.create(
        programme=programme, authority_id=programme.authority_id, school=school, kind=kind, created_by=by,
        level=Level.SCHOOL if school else Level.DISTRICT, **(values | fields),
    )  # fmt: skip


def add_sheet(round_, work, judge_user, *, by, school=None, number=1, **fields):
    """An entry of the round, its judge and the judge's sheet."""
    judge, _ = Judge.objects.get_or_create(round=round_, user=judge_user, defaults={"school": school, "appointed_by": by})
    entry, _ = Entry.objects.get_or_create(
        round=round_, work=work, defaults={"number": number, "title": work.title, "body": work.body}
    )
    return Sheet.objects.create(entry=entry, judge=judge, **fields)
