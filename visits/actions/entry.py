"""What a teacher fills in of one visit, from whatever page or paper it comes."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError

from visits.actions.checks import is_late, problems
from visits.enums import VisitKind

# Columns of Visit that are taken as they are.
COLUMNS = (
    "kind", "mode", "started_at", "ended_at", "checklist", "materials", "observations", "gift_declined",
    "student_present", "guardians_met", "follow_up_on", "follow_up_note", "late_reason", "preparation",
)  # fmt: skip


@dataclass
class Entry:
    """Keyword arguments of submit_visit, correct_visit and amend_visit.

    texts: {field code: text}; others: colleagues or their ids; opinions: [{"category", "text", "answerer"}];
    notes: [{"student": id, "strengths", "text"}], own school only; promises: [{"who", "text", "due_on"}];
    help_given: [{"kind", "text", "amount"}]; materials: codes; observations: {code: text}; follows: the visit this
    one follows; outcomes: {promise id: Outcome} of earlier visits; conduct_read: signs the conduct code.
    """

    mode: str | None
    started_at: datetime | None
    ended_at: datetime | None
    texts: dict
    others: list = ()
    checklist: list = ()
    gift_declined: bool | None = None
    student_present: bool | None = None
    guardians_met: list = ()
    opinions: list = ()
    kind: str = VisitKind.UNIVERSAL
    notes: list = ()
    promises: list = ()
    help_given: list = ()
    materials: list = ()
    observations: dict = field(default_factory=dict)
    follow_up_on: object = None
    follow_up_note: str = ""
    follows: object = None
    late_reason: str = ""
    preparation: str | None = None  # None: as it is
    outcomes: dict = field(default_factory=dict)
    conduct_read: bool = False

    def __post_init__(self):
        self.texts = {code: text.strip() for code, text in self.texts.items()}
        self.observations = {code: text.strip() for code, text in self.observations.items() if text.strip()}
        self.others = sorted({getattr(person, "pk", person) for person in self.others})
        for name in ("checklist", "guardians_met", "opinions", "promises", "help_given", "materials"):
            setattr(self, name, list(getattr(self, name)))
        self.notes = [note for note in self.notes if note.get("strengths") or note.get("text")]

    def check(self, programme, fields, *, recorded_at=None):
        """Fit the entry to the record form; ValidationError with sentences by form field."""
        self.texts = {asked.code: self.texts.get(asked.code, "") for asked in fields}
        found = problems(programme, fields, self, recorded_at=recorded_at)
        if found:
            raise ValidationError(found)
        if not is_late(programme, self.started_at, recorded_at):
            self.late_reason = ""

    def columns(self):
        """{column of Visit: value}."""
        values = {name: getattr(self, name) for name in COLUMNS if getattr(self, name) is not None or name != "preparation"}
        return {**self.texts, **values}
