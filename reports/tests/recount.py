"""The figures of a report told in plain Python from every row, as known at an instant: the independent answer.

Shares no code and no SQL with reports.queries.figures or visits.queries.as_of.
"""

from zoneinfo import ZoneInfo

from programmes.models import Attendance, Event, Publicity
from schools.models import Post
from students.models import CategoryMark, Enrolment, Student
from visits.models import Due, HelpGiven, Opinion, PastVoid, Visit

CHINA = ZoneInfo("Asia/Shanghai")
TEACH = {"teacher", "class_head", "psych_teacher", "school_leader"}
PARTY = {"01", "02"}


def recount(programme, school, at):
    """{code: (value, of)} of the figures that are plain numbers."""
    pupils = due_pupils(programme, school, at)
    modes = {pk: set() for pk in pupils}
    calls = [v for v in Visit.objects.filter(programme=programme) if known(v, programme, at)]
    for visit in calls:
        for row in visit.visit_students.all():
            if row.student_id in modes:
                modes[row.student_id].add(visit.mode)
    counted = set(programme.rules.counted_modes)
    reached = {pk for pk, used in modes.items() if used & counted}
    first = {pk for pk in pupils if pk in marked(programme, pupils, at)}
    home = {pk: ("h", s.household_id) if s.household_id else ("p", pk) for pk, s in Student.objects.in_bulk(pupils).items()}
    own = [v for v in calls if v.school_id == school.pk and v.mode in counted]
    trips = [(v.pk, one.user) for v in own for one in v.visitors.all()]
    went = {user.pk: user for _, user in trips}
    day = day_before(at)
    staff = {p.user_id: p.user for p in Post.objects.all() if p.role in TEACH and p.place_school == school
             and p.starts_on <= day and (p.ends_on is None or p.ends_on >= day)}  # fmt: skip
    here = {v.pk for v in own}
    minutes = [int((v.ended_at - v.started_at).total_seconds() // 60) for v in own if v.ended_at]
    minutes = [one for one in minutes if one]
    help_ = [h for h in HelpGiven.objects.all() if h.visit_id in here]
    events = [e for e in Event.objects.filter(programme=programme, school=school)
              if e.created_at < at and e.held_on <= day and (e.cancelled_at is None or e.cancelled_at >= at)]  # fmt: skip
    came = sum(1 for a in Attendance.objects.all() if a.event in events and a.marked_at < at)
    told = [p for p in Publicity.objects.filter(programme=programme, school=school)
            if p.created_at < at and p.on <= day and (p.removed_at is None or p.removed_at >= at)]  # fmt: skip
    members = {pk for pk, user in staff.items() if user.politics in PARTY}
    party = {pk for pk, user in went.items() if user.politics in PARTY}
    figures = {
        "due": (len(pupils), None),
        "visited": (len(reached), len(pupils)),
        "unvisited": (len(pupils) - len(reached), None),
        "homes_due": (len(set(home.values())), None),
        "homes_visited": (len({home[pk] for pk in reached}), len(set(home.values()))),
        "in_person": (sum(1 for pk in reached if "in_person" in modes[pk]), len(reached)),
        "visits": (len(own), None),
        "follow_ups": (sum(1 for v in own if v.kind == "follow_up"), None),
        "minutes": (int(sum(minutes) / len(minutes) + 0.5) if minutes else 0, None),
        "teachers": (len(went), len({*staff, *went})),
        "party": (len(party), len(members | party)),
        "person_times": (len(trips), None),
        "leader_times": (sum(1 for _, u in trips if u.position in ("principal", "secretary", "vice_principal")), None),
        "middle_times": (sum(1 for _, u in trips if u.position == "middle_manager"), None),
        "opinions": (sum(1 for o in Opinion.objects.all() if o.visit_id in here and o.created_at < at), None),
        "help": (len(help_), None),
        "amount": (sum(h.amount or 0 for h in help_), None),
        "meetings": (len(events), None),
        "attendance": (came + sum(e.guests for e in events), None),
        "publicity": (sum(1 for p in told if p.kind != "material"), None),
        "copies": (sum(p.copies or 0 for p in told if p.kind == "material"), None),
        "priority": (len(first & reached), len(first)),
    }
    for mode in ("nearby", "at_school", "video", "phone"):
        figures[f"mode_{mode}"] = (sum(1 for used in modes.values() if mode in used), None)
    for group in programme.rules.checklist:
        for item in group.items:
            number = sum(1 for v in own if item.code in v.checklist)
            figures[f"check_{group.code}_{item.code}"] = (number, None)
    for item in programme.rules.materials:
        figures[f"handed_{item.code}"] = (sum(1 for v in own if item.code in v.materials), None)
    return figures


def day_before(at):
    """Midnight belongs to the day that ends."""
    here = at.astimezone(CHINA)
    day = here.date()
    return day.fromordinal(day.toordinal() - 1) if here.time().isoformat() == "00:00:00" else day


def due_pupils(programme, school, at):
    """Ids of the pupils due at the school."""
    day = min(programme.due_on, day_before(at))
    latest = {}
    for row in Enrolment.objects.order_by("pk"):
        ended = row.ends_on is not None and row.ends_on < day and (row.closed_at is None or row.closed_at < at)
        if row.authority_id == programme.authority_id and row.created_at < at and row.starts_on <= day and not ended:
            latest[row.student_id] = row.school_id
    exempt = {d.student_id for d in Due.objects.filter(programme=programme) if d.exempt_reason}
    return {pk for pk, place in latest.items() if place == school.pk and pk not in exempt}


def known(visit, programme, at):
    """Counted as far as time goes; its form is asked apart."""
    if visit.recorded_at is None or visit.recorded_at >= at:
        return False
    if not programme.starts_on <= visit.visited_on <= min(programme.ends_on, day_before(at)):
        return False
    if visit.voided_at is not None and visit.voided_at < at:
        return False
    return not any(v.voided_at < at <= v.unvoided_at for v in PastVoid.objects.filter(visit=visit))


def marked(programme, pupils, at):
    """Ids of pupils with a category that goes first."""
    day = min(programme.due_on, day_before(at))
    first = {use.category_id for use in programme.categories.all() if use.priority}
    return {
        m.student_id
        for m in CategoryMark.objects.filter(student_id__in=pupils, confirmed_by__isnull=False)
        if m.category_id in first and (m.confirmed_at or m.created_at) < at and m.starts_on <= day
        and (m.ends_on is None or m.ends_on >= day or (m.closed_at is not None and m.closed_at >= at))
    }  # fmt: skip
