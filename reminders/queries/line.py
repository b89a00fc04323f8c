"""One thing that is due for somebody: words, a number, and the page where it is done."""

from dataclasses import asdict, dataclass

from reminders.enums import LineKind

ORDER = {kind: place for place, kind in enumerate(LineKind)}
MOST = 280  # characters of a notice's text, which holds 300


@dataclass(frozen=True)
class Line:
    """text: numbers and days, never a pupil's name or a category. code: which deadline or paper, so that the same
    line is known again."""

    kind: str
    text: str
    url: str
    count: int
    code: str = ""

    def as_json(self):
        return asdict(self)

    @property
    def key(self):
        return (str(self.kind), self.code)


def ordered(lines):
    """The most urgent first; equal ones as they came."""
    return sorted(lines, key=lambda line: ORDER[line.kind])


def summary(lines):
    """All lines as one text of a notice; what finds no room is a number."""
    lines, kept = list(lines), []
    for line in lines:
        rest = len(lines) - len(kept) - 1
        more = f"；还有{rest}件" if rest else ""
        if kept and len("；".join([*kept, line.text])) + len(more) > MOST:
            break
        kept.append(line.text[: MOST - 10])
    rest = len(lines) - len(kept)
    return "；".join(kept) + (f"；还有{rest}件" if rest else "")
