"""Who of a school is ready to visit: trained and signed. For the school to arrange, never a fault of the visitor."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from core.clock import today
from programmes.queries.ready import signatures, trainings, visitors
from schools.models import User
from students.models import Assignment, MentorLink
from students.models.near import union
from students.models.student import active_on


@dataclass(frozen=True)
class Gaps:
    """How many of the visitors miss what the notice asks for; None where it asks for nothing."""

    visitors: int = 0
    untrained: int | None = None
    unsigned: int | None = None

    @property
    def asked(self):
        return self.untrained is not None or self.unsigned is not None

    @property
    def closed(self):
        return not self.untrained and not self.unsigned


def also_visiting(programme, school):
    """People who visit without a visiting post: they mentor a pupil of the school, or are to visit one."""
    mentors = MentorLink.objects.filter(active_on(today()), student__school=school).values("teacher_id")
    asked = Assignment.objects.current().filter(programme=programme, school=school).values("visitor_id")
    return User.objects.filter(pk__in=union(mentors, asked))


def people(programme, school):
    """The school's visitors by name with is_trained, is_signed, signed_at. One query."""
    signed = signatures(programme).filter(user=OuterRef("pk"))
    return visitors(school, also_visiting(programme, school)).annotate(
        is_trained=Exists(trainings(programme).filter(user=OuterRef("pk"))),
        is_signed=Exists(signed),
        signed_at=Subquery(signed.values("signed_at")[:1]),
    )


def asks(programme):
    """(does the notice ask visitors for a training?, for a signature?)"""
    return programme.rules.training.required, bool(programme.rules.conduct.rules)


def gaps(programme, school):
    """One query, none where the notice asks for neither."""
    trains, signs = asks(programme)
    if not (trains or signs):
        return Gaps()
    found = people(programme, school).aggregate(
        visitors=Count("pk"),
        untrained=Count("pk", filter=Q(is_trained=False)),
        unsigned=Count("pk", filter=Q(is_signed=False)),
    )
    return Gaps(
        found["visitors"], found["untrained"] if trains else None, found["unsigned"] if signs else None
    )
