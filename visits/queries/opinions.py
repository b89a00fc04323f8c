"""家长意见 of counted visits: how many were heard, and to how many the family has its answer."""

from django.db.models import Count, Q

from core.scope import NOTHING
from visits.enums import Answerer
from visits.models import Opinion


def answered_by_school(programme, user):
    """{school_id: (heard, answered)} of the schools whose opinions the user may count. One query, told by an index alone.

    Answered is what the record says was answered to the family at once. Counts alone: the district has them without the
    texts, whoever runs a school has its own. Schools where nothing was heard are left out.
    """
    sums = Opinion.objects.filter(_countable(user.reach), counted_in=programme).order_by().values_list("school_id")
    answered = Count("answerer", filter=Q(answerer=Answerer.ANSWERED))
    return {pk: (heard, done) for pk, heard, done in sums.annotate(heard=Count("*"), answered=answered)}


def _countable(reach):
    """Opinions of which the user may know how many there are."""
    wanted = NOTHING
    if reach.authorities:
        wanted |= Q(authority_id__in=reach.authorities)
    if reach.whole_schools:
        wanted |= Q(school_id__in=reach.whole_schools)
    return wanted
