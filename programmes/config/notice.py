"""A whole notice as a TOML file: who asks, when, for whom, and the settings. See docs/programmes.md."""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from programmes.config.check import notice_problems
from programmes.config.days import last_day_before, midnight_after, utc_words
from programmes.config.lines import line_of, lines_of
from programmes.config.schema import Kind, Label, Part, ProgrammeConfig
from programmes.config.words import path_words, syntax_words

ROSTER_FLAGS = ("left_behind", "migrant", "orphan", "martyr", "aid_needed", "disability", "inclusion")
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=30)]


class AuthorityTable(Part):
    code: Slug
    name: Annotated[str, Field(min_length=1, max_length=60)]
    short_name: Annotated[str, Field(min_length=1, max_length=20)]
    region_code: Annotated[str, Field(pattern=r"^\d{6}$")]
    system: Literal[54, 63]
    parent: "AuthorityTable | None" = None


class ProgrammeTable(Part):
    """ends_on: the last day whose visits count; default: the day of the coverage deadline. due_on: likewise."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=50)]
    school_year: Annotated[int, Field(ge=2000, le=2100)]
    title: Annotated[str, Field(min_length=1, max_length=60)]
    short_title: Annotated[str, Field(min_length=1, max_length=30)]
    document_no: Annotated[str, Field(max_length=40)] = ""
    document_title: Annotated[str, Field(max_length=120)] = ""
    issuer: Annotated[str, Field(max_length=80)] = ""
    issued_on: date | None = None
    starts_on: date
    ends_on: date | None = None
    due_on: date | None = None


class PhaseTable(Part):
    """ends_on is a day of the phase."""

    code: Slug
    name: Annotated[str, Field(min_length=1, max_length=30)]
    starts_on: date
    ends_on: date
    steps: list[Label] = []


class DeadlineTable(Part):
    """by: a day, the whole of it in time ("X日前" is through 24:00, Asia/Shanghai). at: an instant, itself too late."""

    kind: Kind
    title: Annotated[str, Field(min_length=1, max_length=40)]
    by: date | None = None
    at: AwareDatetime | None = None

    @property
    def instant(self):
        return self.at or midnight_after(self.by)


class CategoryTable(Part):
    """name is the authority's, label this programme's. position: its bit in the register, for good.

    suggested_by: what a roster says of a pupil that suggests the category; the class head confirms.
    """

    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=30)]
    name: Annotated[str, Field(min_length=1, max_length=40)]
    label: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    position: Annotated[int, Field(ge=0, le=30)]
    priority: bool = True
    from_changes: bool = False
    restricted: bool = False
    psych: bool = False
    suggested_by: list[Literal[ROSTER_FLAGS]] = []


class Notice(ProgrammeConfig):
    authority: AuthorityTable
    programme: ProgrammeTable
    phases: list[PhaseTable] = []
    deadlines: list[DeadlineTable] = []
    categories: list[CategoryTable] = []

    def rows(self):
        """What is written to the database, as plain JSON values keyed by code: the shape that loads are compared in."""
        plain = self.model_dump(mode="json")
        programme = plain.pop("programme")
        authority = plain.pop("authority")["code"]
        del plain["phases"], plain["deadlines"], plain["categories"]
        last_day = next((last_day_before(d.instant) for d in self.deadlines if d.kind == "coverage"), None)
        programme["ends_on"] = programme["ends_on"] or str(last_day)
        programme["due_on"] = programme["due_on"] or programme["ends_on"]
        return {
            "authority": authority,
            "programme": programme,
            "phases": {
                row.code: {**row.model_dump(mode="json", exclude={"code"}), "position": n}
                for n, row in enumerate(self.phases)
            },
            "deadlines": {
                row.kind.value: {"title": row.title, "at": utc_words(row.instant), "position": n}
                for n, row in enumerate(self.deadlines)
            },
            "categories": {
                row.code: {**row.model_dump(mode="json", exclude={"code"}), "label": row.label or row.name}
                for row in self.categories
            },
            "config": plain,
        }

    def shifted(self, *, days, code, school_year):
        """The same notice on other days: a copy for a demonstration or the next round."""

        def moved(part, *names):
            values = {name: getattr(part, name) for name in names}
            return part.model_copy(update={n: v + timedelta(days=days) for n, v in values.items() if v is not None})

        programme = moved(self.programme, "issued_on", "starts_on", "ends_on", "due_on")
        return self.model_copy(
            update={
                "programme": programme.model_copy(update={"code": code, "school_year": school_year}),
                "phases": [moved(phase, "starts_on", "ends_on") for phase in self.phases],
                "deadlines": [moved(deadline, "by", "at") for deadline in self.deadlines],
            }
        )


class NoticeError(ValueError):
    """The file cannot be loaded. `problems`: every reason, a sentence each with file, line and key."""

    def __init__(self, problems):
        super().__init__("\n".join(problems))
        self.problems = problems


def read_notice(path):
    """The notice in a file. Raises NoticeError with all problems at once."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NoticeError([f"没有找到文件 {path}。请检查路径。"]) from None
    except UnicodeDecodeError:
        raise NoticeError([f"{path.name} 不是 UTF-8 编码。请另存为 UTF-8 再导入。"]) from None
    return parse_notice(text, path.name)


def parse_notice(text, name):
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NoticeError([f"{name} {syntax_words(str(error), text)}"]) from None
    problems = notice_problems(data, Notice)
    if problems:
        lines = lines_of(text)
        placed = sorted(((line_of(lines, p.path), p) for p in problems), key=lambda pair: pair[0])
        raise NoticeError([f"{name} 第{line}行 {path_words(p.path)}：{p.message}" for line, p in placed])
    return Notice.model_validate(data)
