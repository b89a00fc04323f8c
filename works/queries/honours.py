"""先进教师: who was honoured, at which level, with which award (W60). By school and name; never by counts."""

from dataclasses import dataclass

from django.db.models import Q

from works.enums import AT_DISTRICT_STATES, RECOMMENDED_STATES, WorkKind, WorkState
from works.models import Work
from works.queries.alias import outside

AWARDED = (WorkState.AWARDED, WorkState.PUBLISHED)


@dataclass(frozen=True)
class Honour:
    """Where it stands: 市级, 区级, 校级 with the award of each, or recommended by the school."""

    work: Work
    name: str
    title: str  # without names: the desk reads it too
    district: str
    school: str
    city: str = ""

    @property
    def level(self):
        if self.city:
            return "市级表彰"
        if self.district:
            return "区级表彰"
        return "校级表彰" if self.school else "学校推荐"

    @property
    def kind(self):
        return "done" if self.city or self.district else "plan" if self.school else "mute"


def honours(user, programme):
    """Deeds recommended by a school: of the own schools for its staff, filed ones for the desk.

    Not Work.visible_to: that opens the text. Here is only who was honoured and the title, which the whole school is
    told; no text leaves this function.
    """
    reach = user.reach
    desks = reach.authorities | reach.reviewed_authorities
    rows = Work.objects.filter(programme=programme, kind=WorkKind.DEEDS).filter(
        Q(school_id__in=reach.staff_schools, state__in=RECOMMENDED_STATES)
        | Q(authority_id__in=desks, state__in=AT_DISTRICT_STATES)
    )
    rows = rows.select_related("school", "honoree", "author").defer("body", "facts")
    return rows.order_by("school__name", "school_id", "honoree__name", "author__name", "pk")


def as_honours(works):
    """[Honour]. Deeds without a named person are the author's own."""
    return [
        Honour(
            work, (work.honoree or work.author).name, outside(work, work.title),
            work.award if work.state in AWARDED else "", work.school_award, work.upper_award,
        )
        for work in works
    ]  # fmt: skip


def waiting(user, programme):
    """Deeds that wait for the leader's look: how many."""
    rows = Work.objects.visible_to(user).filter(programme=programme, kind=WorkKind.DEEDS, state=WorkState.SUBMITTED)
    return rows.filter(school_id__in=user.reach.leader_schools).count()
