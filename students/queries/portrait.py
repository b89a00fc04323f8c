"""What is written about a pupil, by aspect, as the pupil page shows it."""

from dataclasses import dataclass, field

from core.access import allowed
from students.enums import Aspect
from students.models import PortraitNote

ICONS = {
    Aspect.STRENGTHS: ("balloon-heart", ""),
    Aspect.FAMILY: ("house-heart", "b"),
    Aspect.STUDY: ("book", "w"),
    Aspect.MIND: ("emoji-smile", "p"),
    Aspect.PEERS: ("people", ""),
    Aspect.LIFE: ("hammer", "m"),
}


@dataclass
class Line:
    code: str
    label: str
    icon: str
    tone: str
    notes: list = field(default_factory=list)  # newest first, each with may_remove


@dataclass(frozen=True)
class Portrait:
    """lines: the six aspects. form: for those who may write, else None."""

    lines: list
    form: object = None

    @property
    def noted(self):
        return sum(bool(line.notes) for line in self.lines)


def portrait(user, student, form=None):
    """None for those who may not read it (the school's administrator). One query for the notes."""
    if not allowed(user, "students.read_notes", student):
        return None
    lines = {aspect: Line(aspect.value, aspect.label, *ICONS[aspect]) for aspect in Aspect}
    notes = PortraitNote.objects.visible_to(user).standing().filter(student=student).select_related("written_by")
    leads = student.school_id in user.reach.leader_schools
    for note in notes.order_by("-observed_on", "-pk"):
        note.may_remove = leads or note.written_by_id == user.pk
        lines[Aspect(note.aspect)].notes.append(note)
    return Portrait(list(lines.values()), form if allowed(user, "students.note", student) else None)
