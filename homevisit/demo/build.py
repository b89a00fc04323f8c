"""Two authorities with three thousand invented pupils, their notices as they were, and a copy running today."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction

from core.audit import record
from core.clock import now, today
from core.states import move
from homevisit.demo import appointments, assignments, calls, decided, hints, marks, media, ready, told, upward
from homevisit.demo.plan import DISTRICTS
from homevisit.demo.pupils import Intake
from homevisit.demo.staff import Hiring, open_classes, open_schools
from programmes.actions.load import load_programme
from programmes.config.notice import read_notice
from programmes.enums import PROGRAMME_MOVES
from programmes.models import Programme
from schools.calendar import school_year
from schools.models import School
from visits.actions.register import open_register

SOME_WEEKS = timedelta(weeks=4)
DAYS_LEFT = 12  # from today to the last day of the copy's coverage
SIZES, SMALL_SIZES = (20, 38), (3, 5)
RATES_THEN = (1, 0.99, 1, 0.97, 0.985, 0.94)
PACE_NOW = (0.98, 1.08, 1.02, 0.72, 0.9, 0.6)  # reached, against an even pace through the window
SERIALS_EACH = 1_000_000
STAFF_PHONES, FAMILY_PHONES = range(0, 1000), range(1000, 10_000)


class NotEmpty(Exception):
    """The authority already holds data that is not the demonstration's."""


@dataclass(frozen=True)
class Built:
    """created: False when the demonstration data stood already and nothing was written."""

    created: bool
    programmes: list


def build(*, password, small=False):
    """Everything, in one transaction an authority; what stands already stays as it is.

    small: the two showcase schools of each authority with tiny classes, for tests. Raises NotEmpty.
    """
    programmes = []
    phones = (_round(STAFF_PHONES), _round(FAMILY_PHONES))
    notices = {plan: read_notice(plan.path) for plan in DISTRICTS}
    missing = {plan for plan, notice in notices.items() if running_copy(notice) is None}
    for plan in missing:
        if School.objects.filter(authority__code=notices[plan].authority.code).exists():
            raise NotEmpty(notices[plan].authority.short_name)
    password_hash = make_password(password) if missing else ""
    for number, (plan, notice) in enumerate(notices.items()):
        if plan in missing:
            serials = count(number * SERIALS_EACH + 1)
            _district(plan, notice, password_hash, phones, serials, small)
        programmes += [Programme.objects.get(code=notice.programme.code), running_copy(notice)]
    if missing:
        told.tell()
    return Built(bool(missing), programmes)


def running_copy(notice):
    """The demonstration's copy of a notice, None before the first run."""
    return Programme.objects.filter(code__startswith=f"{stem(notice)}-", code__endswith="-demo").first()


def stem(notice):
    return notice.programme.code.rpartition("-")[0]


def shift(notice):
    """Days by which the copy is later than the notice: today is twelve days before its last day of visits."""
    last = date.fromisoformat(notice.rows()["programme"]["ends_on"])
    return (today() + timedelta(days=DAYS_LEFT) - last).days


def shifted(notice):
    """The notice as it would be if it ran now, under a code of its own."""
    days = shift(notice)
    begins = notice.programme.starts_on + timedelta(days=days)
    code = f"{stem(notice)}-{begins.year}-demo"
    return notice.shifted(days=days, code=code, school_year=school_year(today()))


@transaction.atomic
def _district(plan, notice, password_hash, phones, serials, small):
    then, running = load_programme(notice).programme, load_programme(shifted(notice)).programme
    rng, authority = Random(notice.programme.code), then.authority
    this_year = school_year(today())
    plans = plan.shown if small else plan.schools
    schools = open_schools(authority, plans)
    practice = open_schools(authority, plan.practice)
    cohorts = open_classes(schools, first_year=school_year(then.due_on), this_year=this_year, one_each=small)
    hiring = Hiring(rng, authority, password_hash, phones[0])
    staff = {
        school.pk: hiring.school(p, school, [c for c in cohorts if c.school is school], this_year=this_year)
        for p, school in schools.items()
    }
    hiring.desks(plan.shown)
    for p, school in practice.items():
        hiring.practice(p, school)
    hiring.save()
    intake = Intake(
        rng, authority, this_year=this_year, today=today(), sizes=SMALL_SIZES if small else SIZES, serials=serials,
        phones=phones[1],
    )  # fmt: skip
    for cohort in cohorts:
        intake.enter(cohort)
    intake.save()
    pupils = intake.pupils
    marks.mark(rng, then, pupils, staff, today=today())
    marks.mentor(rng, pupils, staff, today=today(), share=0.9 if small else 0.75)
    seasons = [
        _season(then, schools, RATES_THEN, closed=True),
        _season(running, schools, [min(0.9, pace * gone(running)) for pace in PACE_NOW], closed=False),
    ]
    runs, shown = [], [schools[one] for one in plan.shown]
    doubts = hints.Doubts(shown, staff, pupils)
    doubts.plan_rush(seasons[-1])
    for season in seasons:
        marks.change(rng, pupils, staff, first=season.first, last=season.last - timedelta(days=4))
        runs.append(calls.Calls(rng, season, staff))
        runs[-1].run(pupils)
    doubts.copy_texts(runs[-1])
    calls.write_changes(pupils)
    for run in runs:
        _settle(run)
        ready.prepare(run.season.programme, staff, pupils, today=today(), running=not run.season.closed)
        appointments.plan(run.season.programme, staff, today=today(), running=not run.season.closed)
        assignments.give(run.season.programme, staff, today=today(), running=not run.season.closed)
        upward.send(run.season.programme, list(schools.values()), staff, running=not run.season.closed)
    media.take(running, shown)
    decided.judge(running, shown[0], staff)
    decided.judged(then)
    decided.tell_teachers(running, shown[0], staff)
    told.robot(shown[0])
    for school in shown:
        decided.photos(running, school, rng)
    doubts.ask(running)


def gone(programme):
    """The share of the window that lies behind us."""
    return (today() - programme.starts_on).days / (programme.ends_on - programme.starts_on).days


def _season(programme, schools, rates, *, closed):
    last = programme.ends_on if closed else today() - timedelta(days=1)
    first = programme.starts_on
    begins = date(school_year(today()), 8, 20)
    if not closed and last - begins > SOME_WEEKS:  # a window from before the holidays: only this school year's visits
        first = max(first, begins)
    shares = dict(zip([school.pk for school in schools.values()], rates, strict=False))
    return calls.Season(programme, first=first, last=last, now=now(), rates=shares, closed=closed)


def _settle(run):
    """Visits, then the register from them, then what families said, then the end of a programme that is over."""
    programme = run.season.programme
    run.save()
    move(programme, PROGRAMME_MOVES, "open")
    programme.save(update_fields=["state"])
    open_register(programme)
    run.settle()
    open_register(programme)
    if run.season.closed:
        move(programme, PROGRAMME_MOVES, "close")
        programme.save(update_fields=["state"])
    record(programme, "demo.build", by=None, visits=len(run.visits))


def _round(numbers):
    while True:
        yield from numbers
