"""The lines a record leaves behind: opinions, promises, help given, words on one child, how earlier promises went."""

from collections import defaultdict

from django.core.exceptions import ValidationError

from core.clock import now
from visits.models import HelpGiven, Opinion, Promise, VisitNote
from visits.queries.family import open_promises

NOT_YOURS = "有一条约定不是这家的，或者已经看不到了，刷新页面再填。"


def write_lines(visit, students, entry, *, fresh, counted):
    """All lines of an entry. fresh: nothing stands yet, so nothing is read; counted: whether the visit counts."""
    opinions = [line | {"counted_in_id": visit.programme_id if counted else None} for line in entry.opinions]
    columns = ("category", "text", "answerer", "counted_in_id")
    _write(visit, Opinion, opinions, () if fresh else visit.opinions.all(), columns)
    _write(visit, Promise, entry.promises, () if fresh else visit.promises.all(), ("who", "text", "due_on"))
    _write(visit, HelpGiven, entry.help_given, () if fresh else visit.help_given.all(), ("kind", "text", "amount"))
    _write_notes(visit, students, entry.notes, () if fresh else visit.notes.all())


def _write(visit, model, lines, known, columns):
    """Line by line, so that a corrected line stays the row that later work points to."""
    known = {row.position: row for row in known}
    fresh = []
    for position, line in enumerate(lines, 1):
        row = known.pop(position, None) or model(visit=visit, position=position)
        row.authority_id, row.school_id = visit.authority_id, visit.school_id
        for name in columns:
            setattr(row, name, line.get(name, "" if name == "text" else None))
        if row.pk:
            row.save()
        else:
            fresh.append(row)
    if fresh:
        model.objects.bulk_create(fresh)
    for row in known.values():
        row.delete()


def _write_notes(visit, students, notes, known):
    """One row a child of the visit's own school; what is written there is never a sibling's other school's."""
    own = {student.pk for student in students if student.school_id == visit.school_id}
    if {note["student"] for note in notes} - own:
        raise ValidationError({"notes": "只能给本校的孩子单独写，去掉外校的再提交。"})
    known = {row.student_id: row for row in known}
    fresh = []
    for note in notes:
        row = known.pop(note["student"], None) or VisitNote(visit=visit, student_id=note["student"])
        row.authority_id, row.school_id = visit.authority_id, visit.school_id
        row.strengths, row.text = note.get("strengths", ""), note.get("text", "")
        if row.pk:
            row.save()
        else:
            fresh.append(row)
    if fresh:
        VisitNote.objects.bulk_create(fresh)
    for row in known.values():
        row.delete()


def tell_outcomes(visit, student_ids, outcomes, *, by):
    """How earlier promises went, as told at this visit. Left out is untold: an answer given here is taken back."""
    found = {row.pk: row for row in open_promises(by, student_ids, visit)} if outcomes else {}
    if outcomes.keys() - found.keys():
        raise ValidationError({"outcomes": NOT_YOURS})
    by_outcome = defaultdict(list)
    for pk, outcome in outcomes.items():
        by_outcome[outcome].append(pk)
    for outcome, ids in by_outcome.items():
        Promise.objects.filter(pk__in=ids).update(outcome=outcome, outcome_at=now(), outcome_visit=visit)


def take_back_outcomes(visit, kept=()):
    """The record no longer tells how these promises went."""
    told = Promise.objects.filter(outcome_visit=visit).exclude(pk__in=kept)
    told.update(outcome="", outcome_at=None, outcome_visit=None)
