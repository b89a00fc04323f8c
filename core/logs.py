"""JSON log lines that carry ids only."""

import json
import re

import structlog

PERSONAL = re.compile(r"1\d{10}|[GJL]?\d{17}[\dXx]")


def stamp(logger, name, event):
    event.setdefault("logger", getattr(event.get("_record"), "name", ""))
    return event


renderer = structlog.processors.JSONRenderer(serializer=lambda value, **kw: json.dumps(value, ensure_ascii=False, default=str))


class NoPersonalData:
    """Last net: a phone or pupil number that slips into a message is blanked."""

    def filter(self, log_record):
        if isinstance(log_record.msg, str):
            log_record.msg = PERSONAL.sub("***", log_record.msg)
        if isinstance(log_record.args, tuple):
            log_record.args = tuple(PERSONAL.sub("***", a) if isinstance(a, str) else a for a in log_record.args)
        return True


structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
