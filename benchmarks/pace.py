"""Looking ahead, two weeks before the last day: a school's page and its parts, a class's board, and what the desk is
told of 300 schools."""

from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db.models import Count
from django.urls import reverse

from benchmarks.district import officer
from benchmarks.judging import page
from benchmarks.output import say
from benchmarks.pages import gunicorn
from benchmarks.recount import recount
from core.clock import now
from schools.enums import Role
from schools.models import School, User
from visits.enums import VisitState
from visits.models import Due, Visit, VisitStudent
from visits.queries.forecast import outlook

CLOCK = "2023-12-11T20:00+08:00"  # a Monday
CLASSES = 30
EVERY = 2  # of the pupils nobody has called on, one in so many has an appointment
PART = {"HX-Request": "true"}
DAYS = 28  # in which these lie; two weeks of them come too late


def looked_ahead(districts):
    programme = districts.big
    schools = School.objects.filter(authority=programme.authority).annotate(number=Count("classes"))
    school = min(schools, key=lambda one: (abs(one.number - CLASSES), one.pk))
    leader = User.objects.get(posts__role=Role.SCHOOL_LEADER, posts__school=school)
    with _clock(), _appointments(programme):
        left = sum(one.left for one in outlook(programme, leader, school))
        due, visited = recount(programme, programme.due_on)[school.pk]
        if left != due - visited:
            raise SystemExit(f"the outlook says {left} are left, {due - visited} are")
        with gunicorn(BENCH_CLOCK=CLOCK) as port:
            page("school_page", port, leader, reverse("visits:school", args=[school.pk]))
            for part in ("visits:ready", "visits:school_told"):
                page(part.replace(":", "_"), port, leader, reverse(part, args=[school.pk]), **PART)
            page("desk_outlook", port, officer(programme), reverse("desk:outlook"), **PART)
            school_class = school.classes.order_by("pk").first()
            head = User.objects.get(posts__role=Role.CLASS_HEAD, posts__school_class=school_class)
            page("class_board", port, head, reverse("visits:board", args=[school_class.pk]))


@contextmanager
def _clock():
    evening, settings.HOMEVISIT_CLOCK = settings.HOMEVISIT_CLOCK, CLOCK
    try:
        yield
    finally:
        settings.HOMEVISIT_CLOCK = evening


@contextmanager
def _appointments(programme):
    """Bare rows, gone afterwards: the district stays what the other figures are measured on."""
    leads = dict(User.objects.filter(posts__role=Role.CLASS_HEAD).values_list("posts__school_class_id", "pk"))
    waiting = Due.objects.waiting().filter(programme=programme, school_class__in=leads).order_by("pk")[::EVERY]
    visits = Visit.objects.bulk_create(
        [
            Visit(
                programme=programme, authority_id=due.authority_id, school_id=due.school_id, state=VisitState.PLANNED,
                lead_id=leads[due.school_class_id], planned_at=now() + timedelta(days=number % DAYS),
            )
            for number, due in enumerate(waiting)
        ],
        batch_size=1000,
    )  # fmt: skip
    rows = [
        VisitStudent(
            visit=visit, student_id=due.student_id, programme=programme, authority_id=due.authority_id,
            school_id=due.school_id, school_class_id=due.school_class_id, mode=visit.mode,
        )
        for visit, due in zip(visits, waiting, strict=True)
    ]  # fmt: skip
    try:
        VisitStudent.objects.bulk_create(rows, batch_size=1000)
        say(f"  {len(rows)} appointments")
        yield
    finally:
        Visit.objects.filter(programme=programme, state=VisitState.PLANNED).delete()
