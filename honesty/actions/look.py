"""A school's records of one notice looked through: hints come, follow what they speak of, and go with their cause.

Looked at twice, by two workers at once or by one that was killed, the rows are the same: what is found is read without a
lock and written in one transaction that holds the school's SchoolLook, and only by whoever read last.
"""

from collections import defaultdict

from django.db import transaction
from django.urls import reverse

from core.audit import record_each
from core.clock import now
from core.states import move
from honesty.actions.match import free_key, matched
from honesty.enums import HINT_MOVES, OPEN_STATES, HintState
from honesty.models import Hint, HintVisit, SchoolLook
from honesty.queries.records import records_of
from honesty.signs import alike, bunched, photos
from schools.actions.message import tell_about
from schools.calendar import workdays_after
from visits.queries.records import colleagues

NEW = "有{n}条真实性提醒，看一看，说明情况或改正记录。"
FRESH = {
    "reason": "", "answer": "", "answered_at": None, "finding": "", "finding_note": "", "concluded_by": None,
    "concluded_at": None, "weight": 0, "gone_at": None,
}  # fmt: skip


def look(programme, school):
    """→ the hints that were told now, new ones and those that are back."""
    moment = now()
    found = find(programme, school)
    with transaction.atomic():
        if not _is_mine(programme, school, moment):
            return []
        return _Written(programme, school, found, moment).told


def find(programme, school):
    """What the signs say of the records as they are. Of teachers who left nobody can be asked."""
    hints, records = programme.rules.hints, records_of(programme, school)
    found = [
        *bunched.find(records.calls, hints),
        *alike.find(records.texts, hints),
        *photos.find(records.photos, hints),
    ]
    there = set(colleagues(school.pk).values_list("pk", flat=True))
    return [one for one in found if one.teacher in there]


def _is_mine(programme, school, moment):
    """Hold the school until the end of the transaction; no when somebody who read later has written already."""
    looks = SchoolLook.objects.select_for_update(of=("self",))
    row, created = looks.get_or_create(programme=programme, school=school, defaults={"looked_at": moment})
    if not created and row.looked_at > moment:
        return False
    row.looked_at = moment
    row.save(update_fields=["looked_at"])
    return True


class _Written:
    """Makes the rows of a school say what was found. The school is held."""

    def __init__(self, programme, school, found, moment):
        self.programme, self.school, self.moment = programme, school, moment
        self.leader_from = workdays_after(moment, programme.rules.hints.teacher_workdays)
        rows = Hint.objects.filter(programme=programme, school=school).select_for_update(of=("self",)).order_by("pk")
        self.hints = {hint.pk: hint for hint in rows}
        self.visits = {pk: {} for pk in self.hints}  # {hint: {visit: media}}
        for hint, visit, media in HintVisit.objects.filter(hint__in=self.hints).values_list("hint_id", "visit_id", "media_id"):
            self.visits[hint][visit] = media
        self.told = []
        self._write(matched({hint: self.visits[hint.pk].keys() for hint in self.hints.values()}, found))

    def _write(self, pairs):
        met = {hint.pk for _, hint in pairs if hint}
        self._vanish([hint for pk, hint in self.hints.items() if pk not in met and hint.state in OPEN_STATES])
        new = [one for one, hint in pairs if hint is None]
        for one, hint in pairs:
            if hint is not None:
                self._follow(hint, one)
        self._create(new)
        self._tell()

    def _follow(self, hint, one):
        """The row says what is found now. What was looked into stays as it was, unless it is clearly more by now."""
        if hint.state == HintState.CONCLUDED:
            if len(one.visits) - hint.weight < self.programme.rules.hints.similar_records:
                return
        if hint.state not in OPEN_STATES:
            self._return(hint)
        elif (hint.facts, self.visits[hint.pk]) == (one.facts, one.visits):
            return
        hint.facts = one.facts
        hint.save()
        known = self.visits[hint.pk]
        if known != one.visits:
            gone = [visit for visit in known if known[visit] != one.visits.get(visit, 0)]
            hint.hint_visits.filter(visit__in=gone).delete()
            self._join([(hint, one)])

    def _return(self, hint):
        move(hint, HINT_MOVES, "return")
        for name, value in FRESH.items():
            setattr(hint, name, value)
        hint.found_at, hint.leader_from = self.moment, self.leader_from
        self.told.append(hint)

    def _vanish(self, hints):
        for hint in hints:
            move(hint, HINT_MOVES, "vanish")
            hint.gone_at = self.moment
        Hint.objects.bulk_update(hints, ["state", "gone_at"])
        record_each(hints, "hint.vanish", by=None)

    def _create(self, found):
        taken = defaultdict(set)
        for hint in self.hints.values():
            taken[hint.teacher_id, hint.kind].add(hint.key)
        rows = Hint.objects.bulk_create(
            Hint(
                programme=self.programme, authority_id=self.school.authority_id, school=self.school, teacher_id=one.teacher,
                kind=one.kind, key=free_key(one.key, taken[one.teacher, one.kind]), facts=one.facts,
                found_at=self.moment, leader_from=self.leader_from,
            )
            for one in found
        )  # fmt: skip
        self._join(list(zip(rows, found, strict=True)))
        self.told += rows

    def _join(self, pairs):
        HintVisit.objects.bulk_create(
            (
                HintVisit(hint=hint, visit_id=visit, media_id=media)
                for hint, one in pairs
                for visit, media in one.visits.items()
            ),
            ignore_conflicts=True,
        )

    def _tell(self):
        """One notice a teacher, however many there are."""
        record_each(self.told, "hint.tell", by=None)
        mine = defaultdict(list)
        for hint in self.told:
            mine[hint.teacher_id].append(hint)
        by_number = defaultdict(list)
        for teacher, hints in mine.items():
            one = hints[0] if len(hints) == 1 else None
            url = reverse("honesty:hint", args=[one.pk]) if one else reverse("honesty:mine")
            by_number[len(hints)].append(([teacher], url, one))
        for number, things in sorted(by_number.items()):
            tell_about(things, NEW.format(n=number))
