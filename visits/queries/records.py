"""Visit records: what a record asks for, who may have gone along, what happened to it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from core.models import AuditEntry
from schools.models import Post, User

HISTORY = {
    "visit.submit": "提交了记录",
    "visit.correct": "改好并重新提交",
    "visit.return": "退回修改",
    "visit.void": "作废",
}


def fields_asked(programme, school):
    """The texts of the record as this school uses them: code, label, required, prompts, max_chars."""
    return programme.rules.record.fields


def colleagues(school_id):
    """Everybody with a post at the school today."""
    posts = Post.objects.active().filter(Q(school_id=school_id) | Q(school_class__school_id=school_id))
    return User.objects.filter(is_active=True, pk__in=posts.values("user_id"))


@dataclass(frozen=True)
class Step:
    at: datetime
    who: str
    what: str
    reason: str


def history(visit):
    """Who did what when, oldest first. The caller has fetched the visit in scope."""
    entries = list(
        AuditEntry.objects.filter(
            object_type=visit._meta.label_lower, object_id=str(visit.pk), action__in=HISTORY
        ).order_by("id")
    )
    names = dict(User.objects.filter(pk__in={entry.actor_id for entry in entries}).values_list("pk", "name"))
    return [
        Step(entry.at, names.get(entry.actor_id, "系统"), HISTORY[entry.action], entry.facts.get("reason", ""))
        for entry in entries
    ]
