"""The one way to write the log: record() inside the transaction of the act."""

from contextvars import ContextVar

from core.clock import now
from core.enums import Result
from core.models import AuditEntry

request_facts = ContextVar("request_facts", default=None)  # {"address", "request_id"}, set by core.middleware


def record(obj, action, *, by, authority_id=None, school_id=None, fields=(), result=Result.OK, **facts):
    """One line. Scope comes from the object where it has authority_id/school_id, else from the arguments.

    facts: ids, codes, counts, reasons. Never a pupil's name, phone or text.
    """
    line = _line(obj, action, by, authority_id, school_id, fields, result, facts)
    line.save(force_insert=True)
    return line


def record_each(objects, action, *, by, fields=(), **facts):
    """One line an object, in one statement: an act on many rows."""
    lines = [_line(obj, action, by, None, None, fields, Result.OK, facts) for obj in objects]
    return AuditEntry.objects.bulk_create(lines)


def _line(obj, action, by, authority_id, school_id, fields, result, facts):
    source = request_facts.get() or {}
    return AuditEntry(
        at=now(),
        actor_id=getattr(by, "pk", None),
        actor=getattr(by, "username", ""),
        address=source.get("address"),
        request_id=source.get("request_id", ""),
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        authority_id=authority_id or getattr(obj, "authority_id", None),
        school_id=school_id or getattr(obj, "school_id", None),
        fields=list(fields),
        facts=facts,
        result=result,
    )
