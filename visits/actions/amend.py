"""An archived record is written again: what it said before is kept as a version, and the difference can be seen."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from core.access import allowed
from core.audit import record
from core.clock import local_date
from core.states import WrongState, move
from programmes.queries.form import record_form
from visits.actions.checks import problems
from visits.actions.register import recompute
from visits.actions.versions import keep_version
from visits.actions.visit import answer_again, count_rows, locked, student_rows
from visits.enums import VISIT_MOVES
from visits.models import VisitNote, VisitStudent
from visits.queries.versions import PLAIN, TEXTS

__all__ = ["amend_visit", "keep_version"]

COLUMNS = ("observations", "checklist", "materials", "student_present", "guardians_met")
FACTS = ("mode", "started_at", "ended_at", "students")  # they move coverage: the school's leader alone
CHANGED = "这条记录刚被修订过，看过新的内容再改。"


@dataclass
class Said:
    """The whole record as it would stand, in the shape that checks.problems reads."""

    mode: str
    started_at: datetime
    ended_at: datetime
    texts: dict
    observations: dict
    checklist: list
    materials: list
    gift_declined: bool
    late_reason: str
    opinions: list
    promises: list
    notes: list
    preparation: str
    follow_up_on: date | None
    follow_up_note: str
    outcomes: dict = field(default_factory=dict)
    help_given: list = field(default_factory=list)
    follows: object = None


@transaction.atomic
def amend_visit(visit, *, by, reason, version=None, texts=None, opinions=None, promises=None, notes=None, **changes):
    """Write an archived record again → the visit; only what is given changes, and nothing is deleted.

    texts: {code: text}; opinions, promises: {row id: text}; notes: {pupil id: {"strengths", "text"}}; changes:
    observations, checklist, materials, student_present, guardians_met and, from the school's leader, mode,
    started_at, ended_at, students. version: the one that was read. An amendment that changes nothing makes no version.
    Raises ValidationError with sentences by field of visits.forms.after.AmendForm.
    """
    if unknown := changes.keys() - {*COLUMNS, *FACTS}:
        raise TypeError(f"amend_visit() cannot change {sorted(unknown)}")
    visit = locked(visit)
    if changes.keys() & set(FACTS) and not allowed(by, "visits.amend_facts", visit):
        raise PermissionDenied("visits.amend_facts")
    move(visit, VISIT_MOVES, "amend")
    new = _Amended(visit, texts or {}, opinions or {}, promises or {}, notes or {}, changes)
    if not new.changed:
        return visit
    if version is not None and visit.version != version:
        raise WrongState(CHANGED)
    new.check()
    keep_version(visit, by=by, reason=reason)
    new.write(by)
    record(visit, "visit.amend", by=by, fields=new.changed, reason=reason, version=visit.version)
    return visit


class _Amended:
    def __init__(self, visit, texts, opinions, promises, notes, changes):
        self.visit, self.rows = visit, list(visit.visit_students.select_related("student"))
        self.day, self.students = visit.visited_on, changes.pop("students", None)
        self.before = {row.student_id for row in self.rows}
        columns = {name: text.strip() for name, text in texts.items() if name in TEXTS} | changes
        if "started_at" in columns:
            columns["visited_on"] = local_date(columns["started_at"])
        self.columns = {name: value for name, value in columns.items() if getattr(visit, name) != value}
        self.opinions = _other_texts(visit.opinions.all(), opinions)
        self.promises = _other_texts(visit.promises.all(), promises)
        self.notes = self._other_notes(notes)
        if self.students is not None and {student.pk for student in self.students} == self.before:
            self.students = None

    def _other_notes(self, notes):
        """[(row, values)]: a row not written before belongs to a pupil of this visit at its school."""
        known = {note.student_id: note for note in self.visit.notes.all()}
        found = []
        for row in self.rows:
            values = {name: text.strip() for name, text in notes.get(row.student_id, {}).items()}
            note = known.get(row.student_id) or VisitNote(
                visit=self.visit, student_id=row.student_id, authority_id=row.authority_id, school_id=row.school_id
            )
            if any(getattr(note, name) != text for name, text in values.items()):
                found.append((note, values))
        return found

    @property
    def changed(self):
        lines = [name for name in ("opinions", "promises", "notes") if getattr(self, name)]
        return sorted([*self.columns, *lines, *(["students"] if self.students is not None else [])])

    def check(self):
        visit, programme = self.visit, self.visit.programme
        now_says = {name: self.columns.get(name, getattr(visit, name)) for name in (*TEXTS, *PLAIN)}
        said = Said(
            texts={name: now_says[name] for name in TEXTS},
            started_at=self.columns.get("started_at", visit.started_at),
            ended_at=self.columns.get("ended_at", visit.ended_at),
            opinions=[{"text": text, "category": row.category, "answerer": row.answerer} for row, text in self.opinions],
            promises=[{"who": row.who, "text": text, "due_on": None} for row, text in self.promises],
            notes=[values for _, values in self.notes],
            preparation="", follow_up_on=None, follow_up_note="",
            **{
                name: now_says[name]
                for name in ("mode", "observations", "checklist", "materials", "gift_declined", "late_reason")
            },
        )  # fmt: skip
        found = problems(programme, record_form(programme, visit.school), said, recorded_at=visit.recorded_at)
        found = {name: sentence for name, sentence in found.items() if self._concerns(name)}
        for name, rows in (("opinions", self.opinions), ("promises", self.promises)):
            if any(not text for _, text in rows):
                found[name] = "已经记下的不能删空，可以改写。"
        if self.students is not None:
            found |= self._check_students()
        if found:
            raise ValidationError(found)

    def _concerns(self, name):
        """Only what is amended is asked about: a notice may ask for more today than it did then."""
        if name in ("day", "start", "end"):
            return not {"started_at", "ended_at"}.isdisjoint(self.columns)
        if name.startswith("observed_"):
            return "observations" in self.columns
        return name.removeprefix("text_") in self.changed

    def _check_students(self):
        students = self.students
        if not students:
            return {"students": "至少留一名学生。整条都不对的话，请作废。"}
        homes = {student.household_id for student in students}
        if len(students) > 1 and (len(homes) > 1 or None in homes):
            return {"students": "一次记一家：选中的学生不在同一个家庭。"}
        if all(student.school_id != self.visit.school_id for student in students):
            return {"students": "至少要有一名本校的学生。"}
        return {}

    def write(self, by):
        visit = self.visit
        for name, value in self.columns.items():
            setattr(visit, name, value)
        visit.save(update_fields=[*self.columns, "state"])
        for row, text in [*self.opinions, *self.promises]:
            row.text = text
            row.save(update_fields=["text"])
        for note, values in self.notes:
            for name, text in values.items():
                setattr(note, name, text)
            note.save()
        if self.students is not None or {"mode", "visited_on"} & self.columns.keys():
            self._count_anew(by)

    def _count_anew(self, by):
        visit = self.visit
        kept = self.before if self.students is None else {student.pk for student in self.students}
        visit.visit_students.exclude(student_id__in=kept).delete()
        visit.notes.exclude(student_id__in=kept).delete()
        count_rows(visit)
        added = [student for student in self.students or () if student.pk not in self.before]
        VisitStudent.objects.bulk_create(student_rows(visit, added))
        answer_again(kept | self.before, self.day, by)
        recompute((visit.programme_id, pk) for pk in kept | self.before)


def _other_texts(rows, texts):
    """[(row, text)] of those that say something else now."""
    found = [(row, texts[row.pk].strip()) for row in rows if row.pk in texts]
    return [(row, text) for row, text in found if text != row.text]
