"""JSON log lines that carry ids only: no query strings, no secrets, no phone or pupil numbers (security.md L3)."""

import json
import re

import structlog

SECRET = re.compile(r"(/calendar/)[\w-]{16,}")  # an address that is a key
PERSONAL = re.compile(r"(?<!\d)1\d{10}(?!\d)|(?<![\dA-Za-z])[GJL]?\d{17}[\dXx](?!\d)")


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
        structlog.processors.format_exc_info,
        without_query,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


def json_lines():
    """The formatter of every handler; lines of other libraries get the same treatment."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        foreign_pre_chain=[*shared, structlog.processors.TimeStamper(fmt="iso"), structlog.processors.format_exc_info],
    )
