"""What the desk of an authority has before it: filed works, in the order they came, and each as it was filed."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.db.models import Count

from core.clock import now
from core.difference import difference
from schools.actions.decide import UNDO
from schools.models import Decision
from works.enums import AT_DISTRICT_STATES, WorkState
from works.models import Work
from works.queries.alias import names_in, outside, sealed, unnamed

S = WorkState
WAITING = (S.FILED,)
SAID = {
    "accept": "通过了", "return": "退回了", "return_to_school": "退回了", "recommend": "推荐了", "shortlist": "推荐了",
    "award": "表彰了", "send_up": "往上报了", "upper_award": "记下了市级等级：", "upper_clear": "清掉了市级等级：",
}  # fmt: skip
FINAL = ("publish", "take_down", "take_back_up")  # a showing and a freed place are not brought back by an undo
RETURNED = tuple(state for state in S if state not in AT_DISTRICT_STATES)  # it went back, wherever it is by now


def at_desk(user, programme=None):
    """Works that have been filed with a desk of the user's: reviewer's or officer's (security.md §2)."""
    reach = user.reach
    rows = Work.objects.visible_to(user).filter(
        authority_id__in=reach.authorities | reach.reviewed_authorities, filed_at__isnull=False
    )
    return rows if programme is None else rows.filter(programme=programme)


def waiting_counts(user, programme, **narrowed):
    """{kind: how many wait}. One query."""
    rows = at_desk(user, programme).filter(state__in=WAITING, **narrowed).order_by()
    return dict(rows.values("kind").annotate(number=Count("pk")).values_list("kind", "number"))


@dataclass(frozen=True)
class Filed:
    """A work as the district was given it: pupils and parents by alias."""

    number: int
    title: str
    body: str


def filed_text(work):
    """What was filed last. While a work is back at the school, what is written there since is not the desk's."""
    if work.state in AT_DISTRICT_STATES:
        return Filed(work.version, outside(work, work.title), outside(work, work.body))
    return next(iter(_filings(work)), None) or Filed(work.version, "", "")


def listed_title(work):
    """What a list calls it, at no query: a title changed at the school since it went back is not the desk's."""
    return outside(work, work.title) if work.state in AT_DISTRICT_STATES else work.get_kind_display()


def earlier_text(work):
    """The filing before the last one, None where there is none. For the difference."""
    now_at, *before = _filings(work)[:2] or [None]
    return before[0] if before else None


def changed_since(work):
    """What the last filing says differently from the one before, as core.difference tells it; [] for a first one."""
    before = earlier_text(work)
    if before is None:
        return []
    current = filed_text(work)
    return difference({"题目": before.title, "正文": before.body}, {"题目": current.title, "正文": current.body})


def _filings(work):
    """Every text the district was given, newest first: the version that stood when the school filed. Two queries,
    and three for the names, since an older text may name somebody else."""
    acts = Decision.objects.standing().filter(about_type=Work._meta.label_lower, about_id=work.pk, verb="file")
    moments = list(acts.order_by("-at", "-id").values_list("at", flat=True)) or [work.filed_at]
    versions = list(work.versions.order_by("-number"))
    found = {}
    for moment in moments:
        version = next((one for one in versions if one.submitted_at <= moment), None)
        if version is not None:
            found.setdefault(version.number, version)
    text = "\n".join(one.title + one.body for one in found.values())
    names = names_in(work, text) | sealed(work) if found else {}
    return [Filed(one.number, unnamed(one.title, names), unnamed(one.body, names)) for one in found.values()]


def undo_bar(user):
    """The person's last decision at a desk while it can be undone: what was done, and the seconds left. Two queries."""
    rows = Decision.objects.standing().filter(by=user, level="district", at__gt=now() - UNDO).exclude(verb__in=FINAL)
    last = rows.select_related("school").order_by("-id").first()
    if last is None:
        return None
    many = rows.filter(batch=last.batch).count()
    what = f"{many}件" if many > 1 else f"{last.school.short_name}报的一件"
    return {
        "batch": last.batch,
        "said": f"{SAID.get(last.verb, '处理了')}{what}",
        "seconds": max(1, ceil((last.at + UNDO - now()) / timedelta(seconds=1))),
    }
