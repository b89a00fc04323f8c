"""What a school's visits added up to beside coverage: families told of each item, materials handed over, help given.

A family told twice is one family. Records of every mode are told; plans, voided and closed visits are not.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Sum, TextField
from django.db.models.functions import Cast

from visits.enums import COUNTED_STATES
from visits.models import HelpGiven, VisitStudent


@dataclass(frozen=True)
class Told:
    """One item of the programme and how many families heard of it, or were handed it."""

    label: str
    families: int


@dataclass(frozen=True)
class Given:
    """One kind of help: 人次 and 金额."""

    kind: str
    times: int
    amount: Decimal


@dataclass(frozen=True)
class Counters:
    families: int = 0  # with a record
    groups: list = field(default_factory=list)  # [(label of the group, [Told])]
    given: list = field(default_factory=list)  # [Given]

    @property
    def times(self):
        return sum(row.times for row in self.given)

    @property
    def amount(self):
        return sum((row.amount for row in self.given), Decimal(0))


def counters(programme, school):
    """Counters of one school. Two queries. The caller has fetched the school in scope."""
    families, told = _told(programme, school)
    rules = programme.rules
    groups = [("checklist", group.label, group.items) for group in rules.checklist]
    if rules.materials:
        groups.append(("materials", "送到的材料", rules.materials))
    help_given = HelpGiven.objects.filter(visit__programme=programme, school=school, visit__state__in=COUNTED_STATES)
    sums = help_given.order_by().values_list("kind").annotate(Count("pk"), Sum("amount"))
    given = {kind: Given(kind, times, amount or Decimal(0)) for kind, times, amount in sums}
    return Counters(
        families=len(families),
        groups=[
            (label, [Told(item.label, len(told[column, item.code])) for item in items]) for column, label, items in groups
        ],
        given=[given[kind] for kind in [*rules.help_kinds, *sorted(given.keys() - set(rules.help_kinds))] if kind in given],
    )


def _told(programme, school):
    """(all families, {(column, code): families told}); a family is its household, or else the pupil."""
    # Of the row that joins them only the keys: an index answers, and the district's rows are not read through.
    rows = VisitStudent.objects.filter(
        visit__programme=programme, visit__school=school, visit__state__in=COUNTED_STATES
    ).values_list("student_id", "student__household_id", _as_text("checklist"), _as_text("materials"))
    by_text = defaultdict(set)  # many visits, few different lists: each is read once
    for student_id, household_id, checklist, materials in rows:
        family = (household_id, None) if household_id else (None, student_id)
        by_text["checklist", checklist].add(family)
        by_text["materials", materials].add(family)
    told = defaultdict(set)
    for (column, text), families in by_text.items():
        for code in json.loads(text):
            told[column, code] |= families
    return set().union(*by_text.values()), told


def _as_text(column):
    return Cast(f"visit__{column}", TextField())
