"""家长意见 of counted visits: how many were heard, and to how many the family has its answer."""

from django.db.models import Count, Q

from core.scope import NOTHING
from visits.enums import COUNTED_STATES, Answerer
from visits.models import Opinion


def answered_by_school(programme, user):
    """{school_id: (heard, answered)} of the schools whose opinions the user may count. One query.

    Answered is what the record says was answered to the family at once. Counts alone: the district has them without the
    texts, whoever runs a school has its own. Schools where nothing was heard are left out.
    """
    rows = Opinion.objects.filter(
        countable(user.reach),
        visit__programme=programme,
        visit__state__in=COUNTED_STATES,
        visit__mode__in=sorted(programme.rules.counted_modes),
        visit__visited_on__range=(programme.starts_on, programme.ends_on),
    )
    sums = rows.order_by().values("school_id").annotate(
        heard=Count("pk"), answered=Count("pk", filter=Q(answerer=Answerer.ANSWERED))
    )
    return {pk: (heard, answered) for pk, heard, answered in sums.values_list("school_id", "heard", "answered")}


def countable(reach):
    """Condition on rows that keep their school and authority: those of which the user may know how many there are."""
    wanted = NOTHING
    if reach.authorities:
        wanted |= Q(authority_id__in=reach.authorities)
    if reach.whole_schools:
        wanted |= Q(school_id__in=reach.whole_schools)
    return wanted
