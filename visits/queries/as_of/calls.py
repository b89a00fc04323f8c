"""Whom somebody called on, as known at an instant: from the visits, and where a record was corrected since, from the
version that stood then (visits.VisitVersion)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from core.clock import local_date
from programmes.enums import Mode
from programmes.queries.past import notice_as_of
from schools.enums import Politics, Position
from schools.models import User
from visits.enums import Answerer
from visits.models import HelpGiven, Opinion, PastVoid, VisitVersion, VisitVisitor
from visits.queries.as_of.instants import last_visit_day, listed, params, rows

MODES = tuple(Mode.values)
LEADERS = (Position.PRINCIPAL, Position.SECRETARY, Position.VICE_PRINCIPAL)
MIDDLE = (Position.MIDDLE_MANAGER,)
PARTY = (Politics.CPC, Politics.CPC_PROBATIONARY)
TIMES = ("teachers", "person_times", "leader_times", "middle_times", "party_times")

# One row a pupil whom somebody called on in any form. MAX, not SUM(DISTINCT …): no sort of a million rows.
REACHED = """
SELECT vs.student_id, {mode_bits}
FROM visits_visitstudent vs JOIN visits_visit v ON v.id = vs.visit_id
WHERE vs.programme_id = %(programme)s AND vs.visited_on BETWEEN %(starts_on)s AND %(last_on)s
  AND v.recorded_at < %(known_at)s AND (v.voided_at IS NULL OR v.voided_at >= %(known_at)s)
  AND v.id NOT IN (
      SELECT visit_id FROM visits_pastvoid WHERE voided_at < %(known_at)s AND unvoided_at >= %(known_at)s
  )
  AND v.id NOT IN (
      SELECT visit_id FROM visits_visitversion WHERE written_at < %(known_at)s AND superseded_at >= %(known_at)s
  )
  {and_students}
GROUP BY vs.student_id
"""
ENROLLED = "AND vs.student_id IN (SELECT student_id FROM students_enrolment WHERE school_id IN ({schools}))"
KEYS = ("mode", "kind", "visited_on", "started_at", "ended_at", "students", "visitors", "checklist", "materials",
        "opinions", "help")  # fmt: skip


@dataclass(frozen=True)
class Calls:
    """What the visits say, read once for a run over many schools."""

    modes: dict  # {student id: bits of MODES} of pupils called on, in any form
    visitors: dict  # {school id: {column of SchoolRow: number}}
    opinions: dict  # {school id: (heard, answered to the family at once)}


@dataclass(frozen=True)
class PastCall:
    """A visit as its record said at the instant; another version stands now."""

    visit_id: int
    school_id: int
    lead_id: int
    visited_on: date
    mode: str
    kind: str
    started_at: datetime | None
    ended_at: datetime | None
    students: list  # ids
    visitors: list  # [(user id, position, politics)]
    checklist: list
    materials: list
    opinions: list  # [{"category", "text", "answerer"}]
    help: list  # [(kind, amount or None)]


def calls_as_of(programme, at, *, school_ids=None, alive=lambda: None, known_at=None):
    """Calls of all schools; school_ids keeps to these and to pupils ever enrolled there. Five queries.

    alive() is called between them: each takes seconds over a million visits.
    """
    enrolled, at_school = "", Q()
    if school_ids is not None:
        if not school_ids:
            return Calls({}, {}, {})
        enrolled = ENROLLED.format(schools=listed(school_ids))
        at_school = Q(visit__school_id__in=list(school_ids))
    known_at = known_at or at
    programme = notice_as_of(programme, known_at)
    known = known_as_of(programme, at, known_at) & at_school
    past = past_calls(programme, at, known_at)
    modes = _reached(programme, at, enrolled, known_at, past)
    alive()
    here = [call for call in past if counts(call, programme) and (school_ids is None or call.school_id in school_ids)]
    visitors = _visitors(known, here)
    alive()
    return Calls(modes, visitors, _opinions(Opinion.objects.filter(known, created_at__lt=known_at), here))


def reached_as_of(programme, at, school_ids, known_at=None):
    """{student id: bits of MODES} of pupils ever enrolled at the schools who were called on. Three queries."""
    if not school_ids:
        return {}
    programme = notice_as_of(programme, known_at or at)
    past = past_calls(programme, at, known_at)
    return _reached(programme, at, ENROLLED.format(schools=listed(school_ids)), known_at, past)


def modes_as_of(programme, at, school_id, known_at=None, *, past=None):
    """{student id: bits of MODES} of pupils ever enrolled at the school who were called on. Two queries, and one for
    past_calls() where the caller has not read them."""
    programme = notice_as_of(programme, known_at or at)
    past = past_calls(programme, at, known_at) if past is None else past
    return _reached(programme, at, ENROLLED.format(schools=listed([school_id])), known_at, past)


def known_as_of(programme, at, known_at=None):
    """Counted visits made by one instant and known at the other, as a condition on rows that hang on a visit.

    Of visits whose record says now what it said then; the others are past_calls().
    """
    known_at = known_at or at
    programme = notice_as_of(programme, known_at)
    then = {"written_at__lt": known_at, "superseded_at__gte": known_at}
    return ~Q(visit_id__in=VisitVersion.objects.filter(**then).values("visit_id")) & Q(
        standing(known_at),
        visit__programme=programme,
        visit__mode__in=sorted(programme.rules.counted_modes),
        visit__visited_on__range=(programme.starts_on, last_visit_day(programme, at)),
    )


def standing(known_at):
    """Recorded by then and not void at that moment."""
    void_then = PastVoid.objects.filter(voided_at__lt=known_at, unvoided_at__gte=known_at).values("visit_id")
    return ~Q(visit_id__in=void_then) & Q(
        Q(visit__voided_at__isnull=True) | Q(visit__voided_at__gte=known_at), visit__recorded_at__lt=known_at
    )


def past_calls(programme, at, known_at=None):
    """PastCalls in any form: visits of which another version stood at the instant than stands now. Two queries.

    Of all schools, since a pupil on the record may be at another school than the visit.
    """
    known_at = known_at or at
    programme = notice_as_of(programme, known_at)
    found = VisitVersion.objects.filter(
        standing(known_at), visit__programme=programme, written_at__lt=known_at, superseded_at__gte=known_at
    )
    columns = ("visit_id", "visit__school_id", "visit__lead_id", *(f"data__{name}" for name in KEYS))
    calls = [_past(*row) for row in found.order_by("visit_id").values_list(*columns)]
    first, last = programme.starts_on, last_visit_day(programme, at)
    calls = [call for call in calls if call.visited_on and first <= call.visited_on <= last]
    _add_posts(calls)
    return calls


def counts(call, programme):
    return call.mode in programme.rules.counted_modes


def help_as_of(programme, at, *, school_ids=None, known_at=None, aid=""):
    """{school id: (how often, sum of money)} of what was given at counted visits; one line is one time.

    aid: only kinds with this word in them, and whatever was given in money.
    """
    programme = notice_as_of(programme, known_at or at)
    known = known_as_of(programme, at, known_at)
    if school_ids is not None:
        known &= Q(visit__school_id__in=list(school_ids))
    if aid:
        known &= Q(kind__contains=aid) | Q(amount__isnull=False)
    told = HelpGiven.objects.filter(known).order_by().values_list("visit__school_id")
    found = {pk: (times, amount or Decimal(0)) for pk, times, amount in told.annotate(Count("pk"), Sum("amount"))}
    for call in past_calls(programme, at, known_at):
        lines = [(kind, money) for kind, money in call.help if aid in kind or money is not None]
        if lines and counts(call, programme) and (school_ids is None or call.school_id in school_ids):
            times, amount = found.get(call.school_id, (0, Decimal(0)))
            money = sum((money for _, money in lines if money is not None), Decimal(0))
            found[call.school_id] = (times + len(lines), amount + money)
    return found


def _reached(programme, at, and_students, known_at, past):
    bits = (f"{1 << bit} * MAX(CASE WHEN vs.mode = '{mode}' THEN 1 ELSE 0 END)" for bit, mode in enumerate(MODES))
    sql = REACHED.format(mode_bits=" + ".join(bits), and_students=and_students)
    found = dict(rows(sql, params(programme, at, known_at)))
    for call in past:
        for student_id in call.students:
            found[student_id] = found.get(student_id, 0) | 1 << MODES.index(call.mode)
    return found


def _visitors(known, past):
    """{school id: {column: number}}; a teacher counts once at a school, whatever posts were held."""
    kept = VisitVisitor.objects.filter(known).order_by().annotate(
        then=Coalesce("position", F("user__position")), party=Coalesce("politics", F("user__politics"))
    )  # fmt: skip
    trips = list(kept.values_list("visit__school_id", "user_id", "then", "party").annotate(Count("pk")))
    trips += [(call.school_id, *visitor, 1) for call in past for visitor in call.visitors]
    found, teachers = defaultdict(lambda: dict.fromkeys(TIMES, 0)), defaultdict(set)
    for school_id, user_id, position, politics, times in trips:
        row = found[school_id]
        row["person_times"] += times
        row["leader_times"] += times if position in LEADERS else 0
        row["middle_times"] += times if position in MIDDLE else 0
        row["party_times"] += times if politics in PARTY else 0
        teachers[school_id].add(user_id)
    for school_id, went in teachers.items():
        found[school_id]["teachers"] = len(went)
    return dict(found)


def _opinions(rows, past):
    """{school id: (heard, answered)} of these rows and of earlier versions."""
    told = rows.order_by().values_list("visit__school_id")
    told = told.annotate(heard=Count("pk"), answered=Count("pk", filter=Q(answerer=Answerer.ANSWERED)))
    found = {pk: (heard, answered) for pk, heard, answered in told}
    for call in past:
        heard, answered = found.get(call.school_id, (0, 0))
        answered += sum(line.get("answerer") == Answerer.ANSWERED for line in call.opinions)
        found[call.school_id] = heard + len(call.opinions), answered
    return found


def _past(visit_id, school_id, lead_id, mode, kind, day, started, ended, students, visitors, checklist, materials,
          opinions, help_given):  # fmt: skip
    started, ended = _instant(started), _instant(ended)
    visited_on = date.fromisoformat(day) if day else started and local_date(started)  # older versions kept no day
    return PastCall(
        visit_id, school_id, lead_id, visited_on, mode, kind, started, ended,
        [row["student"] for row in students or ()],
        [(row["user"], row.get("position"), row.get("politics")) for row in visitors or ()],
        checklist or [], materials or [], opinions or [],
        [(row["kind"], Decimal(row["amount"]) if row["amount"] else None) for row in help_given or ()],
    )  # fmt: skip


def _instant(text):
    return datetime.fromisoformat(text) if text else None


def _add_posts(calls):
    """Older versions, and rows made before posts were kept, say nothing of them: as they are now."""
    unsaid = {user for call in calls for user, position, politics in call.visitors if position is None or politics is None}
    posts = {pk: (post, party) for pk, post, party in _posts(unsaid)} if unsaid else {}
    for call in calls:
        for number, (user, position, politics) in enumerate(call.visitors):
            post, party = posts.get(user, ("", ""))
            call.visitors[number] = (user, post if position is None else position, party if politics is None else politics)


def _posts(users):
    return User.objects.filter(pk__in=users).values_list("pk", "position", "politics")
