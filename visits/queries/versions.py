"""A record's versions: what it says as plain data, and what a later version says differently (decision 0008)."""

from django.utils import timezone

TEXTS = ("cause", "process", "analysis", "measures", "reflection")
# Columns as they stand; days and instants are written as text.
PLAIN = (
    "kind", "mode", "student_present", "guardians_met", "observations", "checklist", "materials", "gift_declined",
    "late_reason", "follow_up_note",
)  # fmt: skip


def content(visit):
    """What the record says, as JSON: texts, columns, and the lines that hang on it in their order.

    People are ids: a name changed later is not a difference. How a promise went is told by a later visit and is
    not part of the record. Notes carry their school, since each school reads its own alone.
    """
    return {
        "texts": {name: getattr(visit, name) for name in TEXTS},
        **{name: getattr(visit, name) for name in PLAIN},
        "started_at": _instant(visit.started_at),
        "ended_at": _instant(visit.ended_at),
        "follow_up_on": _day(visit.follow_up_on),
        "students": [
            {"student": row.student_id, "school": row.school_id} for row in visit.visit_students.order_by("pk")
        ],
        "visitors": [{"user": row.user_id, "role": row.role} for row in visit.visitors.order_by("pk")],
        "notes": [
            {"student": row.student_id, "school": row.school_id, "strengths": row.strengths, "text": row.text}
            for row in visit.notes.order_by("pk")
        ],
        "opinions": list(visit.opinions.order_by("position").values("category", "text", "answerer")),
        "promises": [
            {"who": row.who, "text": row.text, "due_on": _day(row.due_on)}
            for row in visit.promises.order_by("position")
        ],
        "help": [
            {"kind": row.kind, "text": row.text, "amount": "" if row.amount is None else str(row.amount)}
            for row in visit.help_given.order_by("position")
        ],
    }


def _instant(value):
    return timezone.localtime(value).isoformat(timespec="minutes") if value else None


def _day(value):
    return value.isoformat() if value else None
