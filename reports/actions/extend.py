"""延期: more time for many schools at once, through the same act as for one."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core.access import authorize
from core.formats import day
from programmes.models import LatePass, Programme
from reports.queries.filters import OF_SCHOOL
from reports.queries.submissions import register
from schools.models import School
from works.actions.late import give_late_passes

HANDED_IN = "已经报了，不用延期"
LATER = "原来就延到{day}"


@dataclass
class Extended:
    """done: how many have the time now; refused: {reason: [short name]}."""

    done: int = 0
    refused: dict = field(default_factory=dict)


def extend(programme, school_ids, *, by, submission, until, reason):
    """Give each school a late pass for one paper → Extended. Who needs none, or has one for longer, is left out.

    The same again changes nothing; each pass is audited by itself. Raises ValidationError by field, and nobody gets time.
    """
    authorize(by, "reports.view_desk", programme)
    outcome, wanting = Extended(), []
    with transaction.atomic():
        # Two officers who press at once: the second finds what the first has given.
        Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
        schools = School.objects.visible_to(by).filter(authority=programme.authority_id, pk__in=school_ids).order_by("code")
        schools = list(schools)
        handed = register(programme, school_ids=[school.pk for school in schools])
        rows = LatePass.objects.standing().filter(programme=programme, submission=submission, school__in=schools)
        standing = {pk: timezone.localtime(end).date() - timedelta(days=1) for pk, end in rows.values_list("school_id", "until")}
        for school in schools:
            why = _needless(handed[school.pk].get(submission), standing.get(school.pk), until)
            if why:
                outcome.refused.setdefault(why, []).append(school.short_name)
            else:
                wanting.append(school)
        if wanting:
            give_late_passes(programme, wanting, by=by, submission=submission, until=until, reason=reason)
    outcome.done = len(wanting)
    return outcome


def _needless(paper, last_day, until):
    """Why a school is left out, or ""; last_day: of the pass it has."""
    if paper is not None and paper.code in OF_SCHOOL and not paper.is_owed:
        return HANDED_IN
    return LATER.format(day=day(last_day)) if last_day is not None and last_day > until else ""
