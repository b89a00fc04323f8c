"""What went up in the demonstration: works in every state, plans, reports, publicity; rows as the actions leave them.

Where the notice is over, everything is decided and the best is on display; where it runs, every state a page can show
is there at some school.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from random import Random

from django.utils import timezone

from core.clock import local_date, now
from homevisit.demo import stories
from programmes.models import Publicity
from reports.actions.report import coverage_deadline
from reports.enums import FilingState
from reports.models import PlanMember, PlanVersion, ReportVersion, SchoolPlan, SchoolReport
from reports.queries.figures.facts import Facts
from reports.queries.figures.lines import compute
from schools.enums import Role
from schools.models import Decision, Post
from students.enums import ConsentPurpose
from students.models import Consent
from visits.enums import COUNTED_STATES, VisitorRole
from visits.models import Visit
from works.enums import AT_DISTRICT_STATES, RECOMMENDED_STATES, STANDING_STATES, WORK_MOVES, Level, WorkState
from works.models import Highlight, Praise, Showing, Work, WorkVersion
from works.queries.alias import pupil_alias
from works.queries.facts import seal_facts

S, F = WorkState, FilingState
# By school, in the order of the plan: what its works have come to.
THEN = (
    (S.PUBLISHED, S.AWARDED), (S.PUBLISHED, S.ACCEPTED), (S.PUBLISHED, S.SHORTLISTED), (S.AWARDED,), (S.ACCEPTED,),
    (S.ACCEPTED,),
)  # fmt: skip
NOW = (
    (S.SUBMITTED, S.APPROVED, S.FILED, S.RETURNED, S.DRAFT), (S.FILED, S.ACCEPTED), (S.FILED, "returned by district"),
    (S.SHORTLISTED, S.SUBMITTED), (S.FILED, S.APPROVED), (),
)  # fmt: skip
PLANS_NOW = (F.FILED, F.ACCEPTED, F.RETURNED, F.FILED, F.DRAFT, None)
REPORTS_NOW = (F.DRAFT, None, None, None, None, None)
BEGUN = timedelta(days=9)  # before the last day: when the first work was begun
DRAFTS_AT = NOW[0].index(S.DRAFT)  # the work of the teacher whose login is shown
AWARDS = ("一等奖", "二等奖", "三等奖")
PATH = ("submit", "approve", "file", "accept", "shortlist", "award", "publish")
LEVEL_OF = {"submit": "author", "approve": "school", "file": "school"}


@dataclass
class Place:
    """One school of one programme, and who acts for it."""

    programme: object
    school: object
    leader: object
    desk: object
    running: bool
    number: int
    rng: Random

    @cached_property
    def last(self):
        """Today, or the last day of a programme that is over."""
        if self.running:
            return local_date(now())
        return max([self.programme.ends_on, *(row.last_day for row in self.programme.deadlines.all())])

    def day(self, back):
        """An instant so many days before the last."""
        return timezone.make_aware(datetime.combine(self.last - timedelta(days=back), time(16, 10 + self.number)))

    @property
    def at(self):
        return {"authority_id": self.school.authority_id, "school": self.school, "programme": self.programme}


def send(programme, schools, staff, *, running):
    """schools: in the order of the plan; staff: {school id: Staff}."""
    post = Post.objects.filter(role=Role.DISTRICT_ADMIN, authority=programme.authority).select_related("user").first()
    for number, school in enumerate(schools):
        rng = Random(f"{programme.code} up {number}")
        place = Place(programme, school, staff[school.pk].leader, post.user, running, number, rng)
        _works(place, staff[school.pk])
        _publicity(place)
        if "plan" in {one.code for one in programme.rules.submissions}:
            _plan(place, staff[school.pk])
        _report(place)


# ── Works ──


def _works(place, crew):
    kinds = [one for one in place.programme.rules.works]
    first = kinds[0]
    states = (NOW if place.running else THEN)[place.number % len(THEN)]
    visits = _told(place, len(states) + len(kinds))
    for position, state in enumerate(states):
        if position < len(visits):
            _work(place, first, visits[position], state, position)
    if place.number < 2:  # the showcase schools have one of every kind
        for position, kind in enumerate(kinds[1:], len(states)):
            if position < len(visits):
                early = S.SUBMITTED if place.running else S.APPROVED
                _work(place, kind, visits[position], S.AWARDED if kind.goes_to_city else early, position)
    if visits and place.number < 3:
        Highlight.objects.create(
            visit=visits[0], authority_id=place.school.authority_id, school=place.school, kind="bright",
            note="带着一件好事进门，家里当场定了办法。", marked_by=place.leader, marked_at=place.day(4),
        )  # fmt: skip
        Praise.objects.create(
            visit=visits[0], authority_id=place.school.authority_id, school=place.school, teacher=crew.visitors[-1],
            said_by="parent", words="答应的事一件件都办了，孩子现在愿意早到学校。", noted_by=visits[0].lead,
            noted_at=visits[0].recorded_at,
        )  # fmt: skip


def _told(place, count):
    """Recorded visits by different teachers, the latest before anybody began to write first."""
    rows = Visit.objects.filter(
        programme=place.programme, school=place.school, state__in=COUNTED_STATES, visitors__role=VisitorRole.LEAD,
        recorded_at__lt=place.day(BEGUN.days),
    ).select_related("lead").prefetch_related("visit_students__student", "visit_students__school_class__school")
    found = {}
    for visit in rows.order_by("-visited_on", "pk")[:200]:
        if visit.lead_id != place.leader.pk:
            found.setdefault(visit.lead_id, visit)
    told = list(found.values())
    shown = [visit for visit in told if visit.lead.username != visit.lead.staff_no]  # whose login the demonstration shows
    others = [visit for visit in told if visit not in shown][:count]
    return [*others[:DRAFTS_AT], *shown[:1], *others[DRAFTS_AT:]][:count]


def _work(place, kind, visit, state, position):
    by_district = state == "returned by district"
    state = S.RETURNED if by_district else state
    title, body = stories.BY_KIND[kind.code][(place.number + position * 5) % len(stories.BY_KIND[kind.code])]
    row = visit.visit_students.all()[0]
    # A draft may still have the real name in it: the page hints at it.
    kid = row.student.name if state == S.DRAFT else pupil_alias(row.student.name)
    made = place.day(BEGUN.days - min(position, 4))
    values = {
        "author": visit.lead, "visit": visit, "kind": kind.code, "title": title, "state": state,
        "body": body.format(kid=kid, who="妈妈"), "may_publish": True, "created_at": made, "updated_at": made,
        "revision": 3, "honoree": visit.lead if kind.code == "deeds" else None,
    }  # fmt: skip
    if state in STANDING_STATES or state == S.RETURNED:
        values |= {"submitted_at": made + timedelta(hours=2), "version": 1, "author_confirmed_at": made}
    values |= _at_school(place, state, position, by_district) | _at_district(place, kind, state)
    work = Work(**place.at, **values)
    if work.version:
        work.facts = seal_facts(work)
    work.save()
    if work.version:
        WorkVersion.objects.create(
            work=work, number=1, title=work.title, body=work.body, submitted_at=work.submitted_at, submitted_by=work.author
        )
    _history(place, work)
    if state == S.PUBLISHED:
        _show(place, work, row.student)


def _at_school(place, state, position, by_district):
    """What a work carries that was recommended, sent on or returned."""
    values, went = {}, AT_DISTRICT_STATES if not by_district else (*AT_DISTRICT_STATES, S.RETURNED)
    if state in RECOMMENDED_STATES:
        values |= {
            "approved_at": place.day(5), "approved_by": place.leader, "approver_confirmed_at": place.day(5),
            "opinion": place.rng.choice(stories.OPINIONS), "opinion_on": local_date(place.day(5)),
            "school_order": position + 1, "school_award": AWARDS[min(position, 2)],
        }  # fmt: skip
    if state in went:
        values |= {"filed_at": place.day(3), "filed_by": place.leader}
    if state == S.RETURNED:
        by = place.desk if by_district else place.leader
        values |= {
            "returned_at": place.day(1), "returned_by": by, "return_reason": stories.RETURN_REASONS[by_district],
            "returned_level": Level.DISTRICT if by_district else Level.SCHOOL,
        }  # fmt: skip
    return values


def _at_district(place, kind, state):
    """What a work carries that the district has decided on."""
    values = {}
    if state in (S.ACCEPTED, S.SHORTLISTED, S.AWARDED, S.PUBLISHED):
        values |= {"accepted_at": place.day(2), "accepted_by": place.desk}
    if state in (S.SHORTLISTED, S.AWARDED, S.PUBLISHED):
        values |= {"shortlisted_at": place.day(2), "shortlisted_by": place.desk}
    if state in (S.AWARDED, S.PUBLISHED):
        values |= {"award": AWARDS[place.number % 3], "awarded_at": place.day(1), "awarded_by": place.desk}
    if state == S.PUBLISHED:
        values |= {"published_at": place.day(0), "published_by": place.desk}
    if state == S.AWARDED and kind.goes_to_city and place.number == 0:  # the next school's may still be sent
        values |= {"sent_up_at": place.day(0), "sent_up_by": place.desk}
        if not place.running:
            values |= {"upper_award": AWARDS[1], "upper_award_on": place.last}
    return values


def _show(place, work, pupil):
    """On display at the district, with the family's consent."""
    Consent.objects.get_or_create(
        student=pupil, purpose=ConsentPurpose.PUBLICATION, withdrawn_at=None,
        defaults={"recorded_by": work.author, "given_on": local_date(place.day(2)), "recorded_at": place.day(2)},
    )  # fmt: skip
    Showing.objects.create(
        work=work, level=Level.DISTRICT, **place.at, kind=work.kind, title=work.title, body=work.body,
        signature=f"{place.school.short_name} {work.author.name}", award=work.award, shown_by=place.desk,
        shown_at=work.published_at,
    )  # fmt: skip


def _history(place, work):
    """The decisions that led here, as the actions write them."""
    steps, state = [], S.DRAFT
    times = {
        "submit": (work.submitted_at, work.author), "approve": (work.approved_at, work.approved_by),
        "file": (work.filed_at, work.filed_by), "accept": (work.accepted_at, work.accepted_by),
        "shortlist": (work.shortlisted_at, work.shortlisted_by), "award": (work.awarded_at, work.awarded_by),
        "publish": (work.published_at, work.published_by),
    }  # fmt: skip
    for verb in PATH:
        at, by = times[verb]
        if at is not None:
            became = WORK_MOVES[verb][1]
            steps.append((verb, state, became, at, by, ""))
            state = became
    if work.state == S.RETURNED:
        verb = "return_to_school" if work.returned_level == Level.DISTRICT else "return_to_author"
        steps.append((verb, state, S.RETURNED, work.returned_at, work.returned_by, work.return_reason))
    if work.sent_up_at:
        steps.append(("send_up", state, state, work.sent_up_at, work.sent_up_by, ""))
    if work.upper_award:
        steps.append(("upper_award", state, state, work.sent_up_at, work.sent_up_by, f"市级{work.upper_award}"))
    Decision.objects.bulk_create(
        Decision(
            authority_id=work.authority_id, school_id=work.school_id, about_type="works.work", about_id=work.pk, verb=verb,
            level=work.returned_level if became == S.RETURNED else LEVEL_OF.get(verb, "district"), was=was, became=became,
            reason=reason, by=by, at=at,
        )
        for verb, was, became, at, by, reason in steps
    )  # fmt: skip


# ── Plan, report, publicity ──


def _publicity(place):
    for position, (kind, title, channel) in enumerate(stories.PRESS[: 4 - place.number % 3]):
        day = local_date(place.day(12 + position * 3))
        Publicity.objects.create(
            **place.at, kind=kind, title=title, channel=channel, on=day, copies=300 if kind == "material" else None,
            created_by=place.leader, created_at=place.day(12 + position * 3),
        )  # fmt: skip


def _filing(place, state):
    """Columns of a plan or report in this state."""
    values = {**place.at, "state": state, "created_by": place.leader, "created_at": place.day(20), "updated_at": place.day(18)}
    if state != F.DRAFT:
        values |= {
            "approved_at": place.day(16), "approved_by": place.leader, "filed_at": place.day(15), "filed_by": place.leader,
            "version": 1, "receipt": f"{local_date(place.day(15)):%Y%m%d}-{place.number + 1:05d}-1",
        }  # fmt: skip
    if state == F.ACCEPTED:
        values |= {"accepted_at": place.day(13), "accepted_by": place.desk}
    if state == F.RETURNED:
        values |= {
            "returned_at": place.day(13), "returned_by": place.desk, "return_reason": "阶段安排只有起止日期，写上每一步谁来做。",
        }  # fmt: skip
    return values


def _plan(place, crew):
    state = PLANS_NOW[place.number] if place.running else F.ACCEPTED
    if state is None:
        return
    rules = place.programme.rules
    sections = dict(zip(rules.plan_fields, stories.PLAN_TEXTS, strict=False))
    phases = [
        {
            "code": row.code, "name": row.name, "starts_on": str(row.starts_on), "ends_on": str(row.ends_on),
            "text": "；".join(row.steps),
        }
        for row in place.programme.phases.all()
    ]  # fmt: skip
    plan = SchoolPlan.objects.create(
        **_filing(place, state), title=f"{place.school.name}{place.programme.title}实施方案", sections=sections, phases=phases
    )
    people = [place.leader, *crew.visitors[:3]]
    seats = [seat.label for seat in rules.group] or ["组长", "副组长", "组员"]
    for position, person in enumerate(people):
        PlanMember.objects.create(
            plan=plan, position=position, seat=seats[min(position, len(seats) - 1)], name=person.name, user=person,
            office=person.get_position_display() or "校长", duty="全面负责" if position == 0 else "本年级的安排和培训",
        )  # fmt: skip
    if plan.version:
        PlanVersion.objects.create(
            plan=plan, number=1, data=plan.content(), filed_at=plan.filed_at, filed_by=plan.filed_by
        )


def _report(place):
    state = REPORTS_NOW[place.number] if place.running else F.ACCEPTED
    if state is None:
        return
    rules = place.programme.rules.report
    at = now() if place.running else coverage_deadline(place.programme)
    report = SchoolReport.objects.create(
        **_filing(place, state), title=rules.title.format(school=place.school.short_name), figures_at=at,
        sections=list(stories.REPORT_TEXTS[: len(rules.sections)]), figures_by=place.leader,
        figures=compute(Facts(place.programme, place.school, at)),
    )  # fmt: skip
    if report.version:
        ReportVersion.objects.create(
            report=report, number=1, data=report.content(), filed_at=report.filed_at, filed_by=report.filed_by
        )
