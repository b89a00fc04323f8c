"""The papers a bureau may give a shape of its own. A room that prints one tells its fields here, in apps.ready()."""

from dataclasses import dataclass, field
from pathlib import Path

BUILT_IN = Path(__file__).parent / "data" / "templates"
KINDS = {}  # TemplateKind value → Paper


@dataclass(frozen=True)
class Field:
    """A name a template may use. example: what it may look like; a list of dicts for a field with several rows.

    required: a template without it is refused; one of `instead` will do as well.
    """

    name: str
    meaning: str
    example: object
    required: bool = False
    instead: tuple = ()

    @property
    def columns(self):
        return list(self.example[0]) if isinstance(self.example, list) else []


@dataclass(frozen=True)
class Paper:
    kind: str
    fields: list = field(default_factory=list)

    @property
    def built_in(self):
        return BUILT_IN / f"{self.kind}.docx"

    @property
    def known(self):
        """{name: None, or its columns}"""
        return {one.name: one.columns or None for one in self.fields}

    @property
    def required(self):
        return [(one.name, *one.instead) for one in self.fields if one.required]

    @property
    def example(self):
        return {one.name: one.example for one in self.fields}


def offer(kind, fields):
    KINDS[kind] = Paper(kind, list(fields))


def paper(kind):
    return KINDS[kind]
