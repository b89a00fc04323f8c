"""Everything wrong with a notice, at once: what pydantic finds, and what it cannot say with a place.

Works on the data as it was read, so that a wrong type in one table hides no wrong date in another.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from pydantic import BaseModel, ValidationError

from programmes.config.days import midnight, midnight_after
from programmes.config.schema import ProgrammeConfig, Reminders
from programmes.config.words import error_words
from programmes.enums import DeadlineKind
from schools.calendar import school_year

MOST_CATEGORIES = 31  # bits of Due.categories
LEVELS = ["school", "district", "city"]
HOURS = ("day_at", "evening_at", "quiet_from", "quiet_to")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class Problem:
    path: tuple
    message: str


def config_problems(data):
    """Problems of a programme's settings alone (the admin's field)."""
    return schema_problems(data, ProgrammeConfig) + (_settings(data) if isinstance(data, dict) else [])


def notice_problems(data, notice):
    """Problems of a whole file. notice: the model of the file."""
    return schema_problems(data, notice) + _settings(data) + _calendar(data) + _categories(data) + _submissions(data)


def schema_problems(data, model):
    try:
        model.model_validate(data)
    except ValidationError as error:
        return [
            Problem(tuple(e["loc"]), error_words(e, known_keys(model, e["loc"][:-1])))
            for e in error.errors(include_url=False)
        ]
    return []


def known_keys(model, path):
    """The keys one may write at a place of the file."""
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_in(annotation):
    """The table inside list[Table], Table | None, Annotated[…]."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, getattr(annotation, "__args__", ()))), None)


# ── reading data of any shape ──


def table(data, key):
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}


def tables(data, key):
    """(position, table) of an array of tables; what is no table is left to pydantic."""
    value = data.get(key) if isinstance(data, dict) else None
    return [(n, row) for n, row in enumerate(value) if isinstance(row, dict)] if isinstance(value, list) else []


def day_in(row, key):
    value = row.get(key)
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def repeated(path, rows, key, what):
    """A problem at each row that uses a value an earlier row has. rows: (path below `path`, table)."""
    seen, problems = {}, []
    for below, row in rows:
        value = row.get(key)
        if not isinstance(value, (str, int)):
            continue
        if value in seen:
            problems.append(Problem((*path, *below, key), f"{what} {value} 写了两次"))
        seen[value] = below
    return problems


def listed(data, key):
    return [((n,), row) for n, row in tables(data, key)]


# ── rules over several keys ──


def _settings(data):
    visit, record = table(data, "visit"), table(data, "record")
    problems = [
        *repeated(("visit", "modes"), listed(visit, "modes"), "code", "走访方式"),
        *repeated(("record", "fields"), listed(record, "fields"), "code", "记录栏目"),
        *repeated(("record", "observations"), listed(record, "observations"), "code", "观察项"),
        *repeated(("checklist",), listed(data, "checklist"), "code", "清单组"),
        *repeated(("works",), listed(data, "works"), "code", "作品类别"),
        *repeated(("submissions",), listed(data, "submissions"), "code", "报送材料"),
        *repeated(("events",), listed(data, "events"), "code", "活动安排"),
    ]
    items = [((g, "items", i), row) for g, group in tables(data, "checklist") for i, row in tables(group, "items")]
    problems += repeated(("checklist",), items, "code", "清单项")
    modes = tables(visit, "modes")
    if modes and all(mode.get("counts") is False for _, mode in modes):
        problems.append(Problem(("visit", "modes"), "至少要有一种方式写 counts = true"))
    fields = tables(record, "fields")
    if fields and not any(field.get("required", True) is True for _, field in fields):
        problems.append(Problem(("record", "fields"), "至少要有一栏必填"))
    return problems + _levels(data) + _hours(data)


def _levels(data):
    """A work goes up step by step; how many go to the city is said only of what goes there."""
    problems = []
    for n, row in tables(data, "works"):
        levels = row.get("levels", LEVELS[:1])
        if not isinstance(levels, list) or not all(level in LEVELS for level in levels):
            continue  # pydantic says so
        if not levels or levels != LEVELS[: len(levels)]:
            words = "从 school 起逐级往上写，不跳级、不倒着写、不重复，如 [\"school\", \"district\"]"
            problems.append(Problem(("works", n, "levels"), words))
        if row.get("city_quota") is not None and "city" not in levels:
            problems.append(Problem(("works", n, "city_quota"), "levels 里没有 city，不用写报市的名额"))
    return problems


def _hours(data):
    """People are told outside the quiet hours, so that is where both rounds begin."""
    written = table(data, "reminders")
    hours = {name: written.get(name, Reminders.model_fields[name].default) for name in HOURS}
    if not all(isinstance(hour, str) and CLOCK.fullmatch(hour) for hour in hours.values()):
        return []  # pydantic says so
    opens, closes = hours["quiet_to"], hours["quiet_from"]
    if opens >= closes:
        return [Problem(("reminders", "quiet_from"), f"要晚于 quiet_to（{opens}），中间的时间才发提醒")]
    return [
        Problem(("reminders", name), f"{hours[name]} 不在发提醒的时间里（{opens}到{closes}）")
        for name in ("day_at", "evening_at")
        if not opens <= hours[name] < closes
    ]


def _calendar(data):
    programme, problems = table(data, "programme"), []
    start, end = day_in(programme, "starts_on"), day_in(programme, "ends_on")
    deadlines = tables(data, "deadlines")
    problems += repeated(("phases",), listed(data, "phases"), "code", "阶段")
    problems += repeated(("deadlines",), listed(data, "deadlines"), "kind", "截止事项")
    kinds = {row.get("kind") for _, row in deadlines if isinstance(row.get("kind"), str)}
    if programme and "ends_on" not in programme and "coverage" not in kinds and kinds <= set(DeadlineKind):
        problems.append(Problem(("programme", "ends_on"), "没有 coverage 截止事项时，要写最后一个计入的走访日"))
    if start and end and end < start:
        problems.append(Problem(("programme", "ends_on"), f"早于走访开始日 {start}"))
    if start and (due := day_in(programme, "due_on")) and due < start:
        problems.append(Problem(("programme", "due_on"), f"早于走访开始日 {start}"))
    first, last, year = start, end, programme.get("school_year")
    for n, row in tables(data, "phases"):
        begins, ends = day_in(row, "starts_on"), day_in(row, "ends_on")
        if begins and ends and ends < begins:
            problems.append(Problem(("phases", n, "ends_on"), f"早于本阶段开始日 {begins}"))
        first = min(filter(None, (first, begins)), default=None)
        last = max(filter(None, (last, ends)), default=None)
    for (_, before), (n, row) in pairwise(tables(data, "phases")):
        earlier, begins = day_in(before, "starts_on"), day_in(row, "starts_on")
        if earlier and begins and begins < earlier:
            problems.append(Problem(("phases", n, "starts_on"), "早于上一个阶段的开始日，请按时间顺序写"))
    for n, row in deadlines:
        problems += _deadline(n, row, first=first, visits_from=start, visits_to=end)
        last = max(filter(None, (last, day_in(row, "by"))), default=None)
    if first and last and isinstance(year, int) and not school_year(first) <= year <= school_year(last):
        problems.append(
            Problem(("programme", "school_year"), f"活动在{school_year(first)}–{school_year(last)}学年，不在{year}学年")
        )
    return problems


def _deadline(n, row, *, first, visits_from, visits_to):
    by, at = day_in(row, "by"), row.get("at")
    if ("by" in row) == ("at" in row):
        key = "at" if "at" in row else "by"
        return [Problem(("deadlines", n, key), "by（当天24时前）和 at（时刻）要写且只写一个")]
    end = None
    if by:
        end = midnight_after(by)
    elif isinstance(at, datetime) and at.tzinfo:
        end = at
    if end is None:
        return []
    key = "by" if by else "at"
    # The visits' own deadline cannot pass before they begin; a plan may be due before them, not before everything.
    bound = visits_from if row.get("kind") == "coverage" else first
    if bound and end <= midnight(bound):
        what = "走访开始日" if bound == visits_from else "活动第一天"
        return [Problem(("deadlines", n, key), f"早于{what} {bound}")]
    if row.get("kind") == "coverage" and visits_to and end <= midnight(visits_to):
        return [Problem(("deadlines", n, key), f"早于最后一个计入的走访日 {visits_to}")]
    return []


def _categories(data):
    problems = repeated(("categories",), listed(data, "categories"), "code", "类别")
    problems += repeated(("categories",), listed(data, "categories"), "position", "顺序号")
    if (count := len(tables(data, "categories"))) > MOST_CATEGORIES:
        problems.append(Problem(("categories",), f"最多{MOST_CATEGORIES}类，现在有{count}类"))
    if sum(row.get("from_changes") is True for _, row in tables(data, "categories")) > 1:
        problems.append(Problem(("categories",), "只能有一个类别写 from_changes = true"))
    for n, row in tables(data, "categories"):
        if row.get("psych") is True and row.get("restricted") is not True:
            problems.append(Problem(("categories", n, "psych"), "归心理教师的类别也要写 restricted = true"))
    return problems


def _submissions(data):
    """A paper falls under a deadline that the file sets."""
    kinds = {row.get("kind") for _, row in tables(data, "deadlines") if isinstance(row.get("kind"), str)}
    return [
        Problem(("submissions", n, "deadline"), f"[[deadlines]] 里没有 {row['deadline']}")
        for n, row in tables(data, "submissions")
        if isinstance(row.get("deadline"), str) and row["deadline"] not in kinds
    ]
