"""JSON log lines that carry ids only: no query strings, no secrets, no phone or pupil numbers, no rows (security.md L3)."""

import json
import re
import traceback

import structlog
from django.db import Error as DatabaseError

SECRET = re.compile(r"(/calendar/)[\w-]{16,}")  # an address that is a key
PERSONAL = re.compile(r"(?<!\d)1\d{10}(?!\d)|(?<![\dA-Za-z])[GJL]?\d{17}[\dXx](?!\d)")
# What PostgreSQL adds to an error, in its own language or the server's: the row that failed, the values of a key.
ROWS = re.compile(
    r"(?:\\n|\n)\s*(?:DETAIL|CONTEXT|HINT|QUERY|LINE \d+|详细信息|描述|上下文|背景|提示|查询|第\s*\d+\s*行)\s*[:：].*", re.DOTALL
)
VALUE = re.compile(r'[:：]\s*".*', re.DOTALL)  # invalid input syntax for type integer: "…"


def without_rows(logger, name, event):
    """What a library wrote of a database's error into its own words; the trace is made by trace()."""
    for key, value in event.items():
        if key != "exception" and isinstance(value, str):
            event[key] = ROWS.sub("", value)
    return event


def trace(exc_info):
    """The trace as Python prints it, but for what errors of the database say of the rows."""
    return "\n".join(_told(exc_info[1], set())).rstrip()


def _told(error, seen):
    seen.add(id(error))
    cause, why = error.__cause__, "The above exception was the direct cause of the following exception:"
    if cause is None and not error.__suppress_context__:
        cause, why = error.__context__, "During handling of the above exception, another exception occurred:"
    if cause is not None and id(cause) not in seen:
        yield from _told(cause, seen)
        yield f"\n{why}\n"
    if error.__traceback__ is not None:
        yield "Traceback (most recent call last):"
        yield from (line.rstrip("\n") for line in traceback.format_tb(error.__traceback__))
    yield _last_line(error)
    for one in getattr(error, "exceptions", ()):
        yield from (f"  | {line}" for part in _told(one, seen) for line in part.split("\n"))


def _last_line(error):
    if _of_database(error):
        kind = type(error)
        return f"{kind.__module__}.{kind.__qualname__}: {VALUE.sub(': …', str(error).split(chr(10))[0])}"
    return ROWS.sub("", "".join(traceback.format_exception_only(error)).rstrip("\n"))


def _of_database(error):
    return isinstance(error, DatabaseError) or type(error).__module__.startswith(("psycopg", "sqlite3"))


with_trace = structlog.processors.ExceptionRenderer(trace)


def without_query(logger, name, event):
    """What somebody searched for is personal: the path stays, the rest goes."""
    if isinstance(event.get("request"), str):
        event["request"] = event["request"].split("?")[0]
    return event


def renderer(logger, name, event):
    line = json.dumps(event, ensure_ascii=False, default=str)
    return PERSONAL.sub("***", SECRET.sub(r"\1***", line))


shared = [structlog.contextvars.merge_contextvars, structlog.stdlib.add_logger_name, structlog.stdlib.add_log_level]

structlog.configure(
    processors=[
        *shared,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        with_trace,
        without_query,
        without_rows,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


def json_lines():
    """The formatter of every handler; lines of other libraries get the same treatment."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        foreign_pre_chain=[*shared, structlog.processors.TimeStamper(fmt="iso"), with_trace, without_rows],
    )
