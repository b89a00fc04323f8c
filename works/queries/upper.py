"""What goes on from the district to the office above: only kinds whose levels in the notice reach that far."""

from dataclasses import dataclass

from django.db.models import Case, Count, Q, Value, When

from programmes.config.schema import WorkKind as KindRule
from works.enums import SENDABLE_STATES, WorkKind
from works.models import Work
from works.queries.queue import at_desk
from works.queries.quota import rule_of

# code → (label, what the mark says); the code stands in the address.
LISTS = {
    "ready": ("可报", Q(sent_up_at__isnull=True, state__in=SENDABLE_STATES)),
    "sent": ("已报", Q(sent_up_at__isnull=False, upper_award="")),
    "result": ("市里结果", ~Q(upper_award="")),
}


def office_of(programme):
    """市教育局, as the notice names it."""
    return programme.rules.upper_office


def goes_on(programme, kind):
    rule = rule_of(programme, kind)
    return bool(rule and rule.goes_to_city)


def upper_words(work):
    """已报市教育局, 市级一等奖; "" for what has not gone on. Asks for the work's programme only where it has."""
    if work.upper_award:
        return f"市级{work.upper_award}"
    return f"已报{office_of(work.programme)}" if work.sent_up_at else ""


def upper_problem(work):
    """Why it cannot go back to the school: it lies with the office above. "" when it does not."""
    if not work.sent_up_at:
        return ""
    office = office_of(work.programme)
    if work.upper_award:
        return f"{office}已经评了等级，不能再退回学校。"
    return f"已报{office}。先从{office}撤回，再退回学校。"


# ── The quota ──


@dataclass(frozen=True)
class CityQuota:
    """limit: None where the notice sets none."""

    limit: int | None
    used: int

    @property
    def left(self):
        return None if self.limit is None else max(self.limit - self.used, 0)


def city_quota(programme, kind):
    """What of the kind lies with the office above, of all schools. One query."""
    rule = rule_of(programme, kind)
    used = Work.objects.filter(programme=programme, kind=kind, sent_up_at__isnull=False).count()
    return CityQuota(rule.city_quota if rule else None, used)


# ── The desk's lists ──


def city_kinds(user, programme):
    """Kinds of the notice that go on, and others of which something lies there since the notice was changed."""
    kinds = [one for one in programme.rules.works if one.goes_to_city]
    codes = {one.code for one in kinds}
    more = at_desk(user, programme).filter(sent_up_at__isnull=False).exclude(kind__in=codes).order_by()
    more = more.values_list("kind", flat=True).distinct()
    return kinds + [rule_of(programme, code) or KindRule(code=code, label=WorkKind(code).label) for code in more]


def upper_works(user, programme, kind):
    """Works of the kind that this person may send on or has before the office above: of no school or work of the
    person's own."""
    reach = user.reach
    rows = at_desk(user, programme).filter(kind=kind, authority_id__in=reach.authorities)
    return rows.exclude(school_id__in=reach.staff_schools).exclude(Q(author=user) | Q(honoree=user, honoree__isnull=False))


def upper_counts(rows, may_go=True):
    """{list: how many}. One query. may_go: the kind still goes on."""
    counts = {code: Count("pk", filter=asked) for code, (_, asked) in LISTS.items()}
    found = rows.order_by().aggregate(**counts)
    return found if may_go else found | {"ready": 0}


def listed_up(rows, which, labels=()):
    """In the order they are worked on: by the district's award (labels, the best first), then as they were filed; what
    has gone, the latest first."""
    rows = rows.filter(LISTS[which][1])
    if which == "ready":
        ranks = [When(award=label, then=Value(rank)) for rank, label in enumerate(labels)]
        best = [Case(*ranks, default=Value(len(labels)))] if ranks else []
        return rows.order_by(*best, "filed_at", "pk")
    return rows.order_by("-sent_up_at", "-pk") if which == "sent" else rows.order_by("-upper_award_on", "-pk")
