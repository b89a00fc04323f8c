"""One thing that is due for somebody: words, a number, and the page where it is done."""

from dataclasses import asdict, dataclass, replace

from programmes.queries.current import address_for
from reminders.enums import LineKind

ORDER = {kind: place for place, kind in enumerate(LineKind)}
MOST = 280  # characters of a notice's text, which holds 300


@dataclass(frozen=True)
class Line:
    """text: numbers and days, never a pupil's name or a category. code: which deadline or paper, so that the same
    line is known again. programme: whose page it opens, where the page shows one notice; school: whose thing it is;
    of: the names of both, for whoever has several."""

    kind: str
    text: str
    url: str
    count: int
    code: str = ""
    programme: int = 0
    school: int = 0
    of: str = ""

    def as_json(self):
        return asdict(self)

    @property
    def key(self):
        return (str(self.kind), self.code, self.programme)


def ordered(lines):
    """The most urgent first; equal ones as they came."""
    return sorted(lines, key=lambda line: ORDER[line.kind])


def placed(line, people, person):
    """The line as this person reads it: opened for its own notice, and saying which notice and which school where the
    person has several."""
    programme = people.programmes.get(line.programme)
    if programme is None:
        return line
    said = [str(programme)] if people.has_several(person) else []
    if line.school and len(people.staff.get(person, ())) > 1:
        said.append(people.names[line.school])
    return replace(line, of="，".join(said), url=address_for(line.url, programme))


def summary(lines):
    """All lines as one text of a notice, those of one notice or school under its name; what finds no room is a number."""
    texts, kept = list(_texts(lines)), []
    for text in texts:
        rest = len(texts) - len(kept) - 1
        more = f"；还有{rest}件" if rest else ""
        if kept and len("；".join([*kept, text])) + len(more) > MOST:
            break
        kept.append(text[: MOST - 10])
    rest = len(texts) - len(kept)
    return "；".join(kept) + (f"；还有{rest}件" if rest else "")


def _texts(lines):
    """What stands for itself first, the rest as it comes."""
    groups = {"": []}
    for line in lines:
        groups.setdefault(line.of, []).append(line.text)
    for of, texts in groups.items():
        for number, text in enumerate(texts):
            yield f"{of}：{text}" if of and not number else text
