"""A record's versions: what it says as plain data, and what a later version says differently (decision 0008)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from core import formats
from core.difference import Word, difference
from programmes.enums import Mode
from schools.models import User
from students.enums import Relation
from students.models import Student
from visits.enums import Answerer, LateReason, Promiser, VisitKind

TEXTS = ("cause", "process", "analysis", "measures", "reflection")
# Columns as they stand; days and instants are written as text.
PLAIN = (
    "kind", "mode", "student_present", "guardians_met", "observations", "checklist", "materials", "gift_declined",
    "late_reason", "follow_up_note",
)  # fmt: skip


def content(visit):
    """What the record says, as JSON: texts, columns, and the lines that hang on it in their order.

    People are ids: a name changed later is not a difference. How a promise went is told by a later visit and is not
    part of the record. Figures of an earlier day are counted from here (visits.queries.as_of).
    Notes carry their school, since each school reads its own alone.
    """
    return {
        "texts": {name: getattr(visit, name) for name in TEXTS},
        **{name: getattr(visit, name) for name in PLAIN},
        "visited_on": _day(visit.visited_on),
        "started_at": _instant(visit.started_at),
        "ended_at": _instant(visit.ended_at),
        "follow_up_on": _day(visit.follow_up_on),
        "students": [
            {"student": row.student_id, "school": row.school_id}
            for row in visit.visit_students.order_by("pk")
        ],
        "visitors": [
            {"user": row.user_id, "role": row.role, "position": row.position, "politics": row.politics}
            for row in visit.visitors.order_by("pk")
        ],
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


# ── Told to a reader ──


@dataclass(frozen=True)
class Version:
    number: int
    by: str
    at: datetime
    reason: str
    changes: list  # against the version before; [] for the first


def versions(visit, user):
    """All versions, the latest first. Fixed number of queries; the caller has fetched the visit in scope."""
    kept = list(visit.versions.select_related("written_by", "superseded_by").order_by("number"))
    contents = [content(visit)]
    for version in kept[::-1]:  # what a version did not know yet is told as unchanged
        contents.insert(0, contents[0] | version.data)
    words = _Words(visit, user, contents)
    told = [words.told(one) for one in contents]
    found = [Version(kept[0].number if kept else visit.version, visit.lead.name, visit.recorded_at, "", [])]
    for position, version in enumerate(kept):
        changes = difference(told[position], told[position + 1])
        found.append(
            Version(
                version.number + 1, version.superseded_by.name, version.superseded_at, version.reason, changes
            )
        )
    return found[::-1]


def sees_every_note(visit, user):
    """Who was there wrote or heard it all; anybody else reads what concerns the visit's own school."""
    return any(visitor.user_id == user.pk for visitor in visit.visitors.all())


class _Words:
    """Turns content() into {label: text or lines} in the words of the notice, for one reader."""

    def __init__(self, visit, user, contents):
        self.visit, self.rules = visit, visit.programme.rules
        self.every_note = sees_every_note(visit, user)
        students = {row["student"] for one in contents for row in one["students"] + one["notes"]}
        self.students = Student.objects.only("id", "name", "school_id").in_bulk(students)
        self.users = dict(
            User.objects.filter(
                pk__in={row["user"] for one in contents for row in one["visitors"]}
            ).values_list("pk", "name")
        )

    def told(self, one):
        rules = self.rules
        labels = {item.code: item.label for group in rules.checklist for item in group.items}
        materials = {item.code: item.label for item in rules.materials}
        observed = {item.code: item.label for item in rules.record.observations}
        found = {
            "学生": [self._pupil(row["student"]) for row in one["students"]],
            "老师": [self.users.get(row["user"], "") for row in one["visitors"]],
            "类型": Word(VisitKind(one["kind"]).label),
            "方式": Word(self._mode(one["mode"])),
            "开始": Word(_moment(one["started_at"])),
            "结束": Word(_moment(one["ended_at"])),
            "在家": (["学生"] if one["student_present"] else [])
            + [_label(Relation, code) for code in one["guardians_met"]],
        }
        found |= {item.label: one["texts"].get(item.code, "") for item in rules.record.fields}
        found |= {observed.get(code, code): text for code, text in one["observations"].items()}
        found |= {
            "聊到的内容": [labels.get(code, code) for code in one["checklist"]],
            "送到的材料": [materials.get(code, code) for code in one["materials"]],
            "单独记的话": [self._note(row) for row in one["notes"] if self._reads(row)],
            "家长意见": [
                f"{r['category']}：{r['text']}（{_label(Answerer, r['answerer'])}）" for r in one["opinions"]
            ],
            "约定": [_promise(row) for row in one["promises"]],
            "给予的帮助": [_help(row) for row in one["help"]],
            "廉洁": Word("没有接受宴请和礼物" if one["gift_declined"] else ""),
            "补记原因": Word(_label(LateReason, one["late_reason"])),
            "回访": Word(_day_text(one["follow_up_on"])),
            "回访看什么": one["follow_up_note"],
        }
        return found

    def _mode(self, code):
        return next((rule.name for rule in self.rules.visit.modes if rule.code == code), Mode(code).label)

    def _pupil(self, pk):
        student = self.students.get(pk)
        if student is None:
            return ""
        return student.name if student.school_id == self.visit.school_id else formats.mask_name(student.name)

    def _reads(self, note):
        return self.every_note or note["school"] == self.visit.school_id

    def _note(self, note):
        said = "；".join(
            text for text in (note["strengths"] and f"长处：{note['strengths']}", note["text"]) if text
        )
        return f"{self._pupil(note['student'])}：{said}"


def _label(choices, code):
    return choices(code).label if code in choices.values else code


def _moment(text):
    if not text:
        return ""
    value = datetime.fromisoformat(text)
    return f"{formats.day(value)}{formats.clock(value)}"


def _day_text(text):
    return formats.day(date.fromisoformat(text)) if text else ""


def _promise(row):
    due = f"（{_day_text(row['due_on'])}看）" if row["due_on"] else ""
    return f"{_label(Promiser, row['who'])}：{row['text']}{due}"


def _help(row):
    return "，".join(
        text for text in (row["kind"], row["text"], row["amount"] and f"{row['amount']}元") if text
    )
