"""Until when a school may hand in a paper: the notice's deadline, or more time given to one school."""

from dataclasses import dataclass
from datetime import datetime

from core.clock import now
from programmes.models import Deadline, LatePass


@dataclass(frozen=True)
class Window:
    """deadline: exclusive instant, None where the notice sets no day. late_until: a pass in force for the school."""

    code: str
    label: str
    deadline: datetime | None
    late_until: datetime | None

    @property
    def until(self):
        """The instant that holds for this school; None: any time."""
        if self.deadline is None:
            return None
        return max(self.deadline, self.late_until) if self.late_until else self.deadline

    def is_open(self, at=None):
        return self.until is None or (at or now()) < self.until

    def is_late(self, at=None):
        return self.deadline is not None and (at or now()) >= self.deadline


def windows(programme, school_id):
    """{submission code: Window} of everything the notice asks a school for. Two queries."""
    deadlines = dict(Deadline.objects.filter(programme=programme).values_list("kind", "at"))
    passes = passes_of(programme, school_id)
    return {
        one.code: Window(one.code, one.label, deadlines.get(one.deadline), passes.get(one.code))
        for one in programme.rules.submissions
    }


def passes_of(programme, school_id):
    """{submission code: until} of the time the district gave this school. One query."""
    standing = LatePass.objects.standing().filter(programme=programme, school_id=school_id)
    return dict(standing.values_list("submission", "until"))


def window(programme, school_id, code):
    """The Window of one paper; open for ever where the notice does not ask for it. Two queries."""
    return windows(programme, school_id).get(code) or Window(code, code, None, None)
