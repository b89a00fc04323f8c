"""What one text, or one sheet of labelled texts and lines, says differently from another: runs for a page to mark."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

SHORT = 3  # unchanged characters between two changes that are read as part of the change
LONG = 80  # a longer unchanged run is shortened in the middle
BIG = 6000  # texts beyond it are compared by sentences: characters would take seconds


class Run(NamedTuple):
    """kind: "" as before, "ins" added, "del" taken away."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """One field of a record that says something else. rows: each a list of Runs."""

    label: str
    rows: list


class Word(str):
    """A value that is exchanged as a whole, not character by character."""


def difference(old, new):
    """Changes from one {label: text or lines} to the other, in the order of the labels."""
    found = []
    for label in dict.fromkeys([*old, *new]):
        before, after = old.get(label, ""), new.get(label, "")
        if before == after:
            continue
        if isinstance(before, list) or isinstance(after, list):
            rows = _line_rows(before or [], after or [])
        elif isinstance(before, Word) or isinstance(after, Word):
            rows = [_whole(before, after)]
        else:
            rows = [text_runs(before, after)]
        found.append(Change(label, rows))
    return found


def _whole(before, after):
    return [Run(kind, text) for kind, text in (("del", before), ("ins", after)) if text]


def _line_rows(before, after):
    """Added and removed lines; a line that was only reworded is told by its characters."""
    rows = []
    for op, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            continue
        gone, come = before[a:b], after[c:d]
        for one, other in zip(gone, come, strict=False):
            alike = SequenceMatcher(None, one, other, autojunk=False).ratio() > 0.4
            rows += [text_runs(one, other)] if alike else [[Run("del", one)], [Run("ins", other)]]
        paired = min(len(gone), len(come))
        rows += [[Run("del", line)] for line in gone[paired:]] + [
            [Run("ins", line)] for line in come[paired:]
        ]
    return rows


def text_runs(before, after, *, shorten=True):
    """Runs of one text against the other, by characters. Bits of a few unchanged characters between changes join
    them, so that a reworded sentence reads as one piece taken away and one added. shorten: long unchanged runs."""
    one, other = _pieces(before, after)
    pieces = []  # [same, taken away, added]
    for op, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        gone, come = "".join(one[a:b]), "".join(other[c:d])
        if op != "equal":
            pieces.append(["", gone, come])
        elif len(gone) > SHORT or not pieces or b == len(one):
            pieces.append([gone, "", ""])
        else:
            pieces.append(["", gone, come])
    runs = []
    for same, gone, come in _joined(pieces):
        if same:
            runs.append(Run("", _shortened(same) if shorten else same))
        else:
            runs += _whole(gone, come)
    return runs


def own_words(other, text):
    """`text` in full, as runs: "ins" is what only it says, the rest stands in `other` too."""
    return [run for run in text_runs(other, text, shorten=False) if run.kind != "del"]


def _pieces(before, after):
    if len(before) + len(after) <= BIG:
        return list(before), list(after)
    return _sentences(before), _sentences(after)


def _sentences(text):
    found, start = [], 0
    for position, sign in enumerate(text, 1):
        if sign in "。！？；\n":
            found.append(text[start:position])
            start = position
    return [*found, text[start:]] if start < len(text) else found


def _joined(pieces):
    found = []
    for same, gone, come in pieces:
        if found and not same and not found[-1][0]:
            found[-1][1] += gone
            found[-1][2] += come
        else:
            found.append([same, gone, come])
    return found


def _shortened(text):
    return text if len(text) <= LONG else f"{text[: LONG // 2 - 4]}……{text[-LONG // 2 + 4 :]}"
