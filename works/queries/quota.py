"""What the notice says of a kind of work, and how many of it a school may still send up."""

from dataclasses import dataclass

from django.db.models import Count

from works.enums import AT_DISTRICT_STATES, WorkKind
from works.models import Work


@dataclass(frozen=True)
class Quota:
    """limit: None where the notice sets none."""

    kind: str
    label: str
    limit: int | None
    used: int

    @property
    def left(self):
        return None if self.limit is None else max(self.limit - self.used, 0)

    @property
    def sentence(self):
        may = "篇数不限" if self.limit is None else f"可报{self.limit}篇"
        return f"{self.label}：{may}，已报{self.used}篇"


def rule_of(programme, kind):
    """The notice's words on this kind; None where it does not ask for it."""
    return next((one for one in programme.rules.works if one.code == kind), None)


def label_of(programme, kind):
    rule = rule_of(programme, kind)
    return rule.label if rule else WorkKind(kind).label


def review_name(programme):
    """感人故事评审 where the notice asks for one kind, as the menu says it."""
    kinds = programme.rules.works
    return f"{kinds[0].label if len(kinds) == 1 else '作品'}评审"


def limit_of(programme, kind):
    return getattr(programme.rules.quotas, kind, None)


def sent(programme, school, kind):
    """Works of the school that stand at the district; a returned one frees its place."""
    return Work.objects.filter(programme=programme, school=school, kind=kind, state__in=AT_DISTRICT_STATES)


def quota_left(programme, school, kind):
    """How many more the school may send; None without a limit. One query."""
    limit = limit_of(programme, kind)
    return None if limit is None else max(limit - sent(programme, school, kind).count(), 0)


def quotas(programme, school):
    """A Quota of every kind that goes up, in the notice's order. One query."""
    rows = Work.objects.filter(programme=programme, school=school, state__in=AT_DISTRICT_STATES)
    used = dict(rows.order_by().values_list("kind").annotate(Count("pk")))
    return [
        Quota(one.code, one.label, limit_of(programme, one.code), used.get(one.code, 0))
        for one in programme.rules.works
        if one.goes_up
    ]
