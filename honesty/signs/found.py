"""What the signs read and what they find: bare numbers, so that a school of 20,000 texts fits and nothing here asks a database.

homes: whom a call was on, one entry a household (of a pupil without one: anything that is that pupil's alone), so that
brothers and sisters are one. at: when it was written or taken, for telling the first from those after it.
"""

from datetime import date, datetime
from typing import NamedTuple


class Call(NamedTuple):
    visit: int
    teacher: int
    day: date
    started_at: datetime | None
    ended_at: datetime | None
    homes: frozenset


class Text(NamedTuple):
    visit: int
    teacher: int
    field: str
    text: str
    at: datetime


class Photo(NamedTuple):
    media: int
    visit: int
    teacher: int
    homes: frozenset
    sha: str
    likeness: str
    at: datetime


class Found(NamedTuple):
    """One hint to be: whose, of what kind, about which of the teacher's own records. visits: {visit: its photo or None}.
    key, facts: as of models.Hint."""

    kind: str
    teacher: int
    key: str
    visits: dict
    facts: dict
