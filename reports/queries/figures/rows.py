"""What a reader sees behind a figure, as of the same instant: as many rows as the figure says.

The school's office reads rows with names, as far as it may read them; anybody else reads counts a class.
"""

from dataclasses import dataclass, field

from django.urls import reverse

from core.formats import day
from programmes.enums import Mode
from programmes.models import Event
from programmes.queries.events import kind_label
from reports.queries.figures.facts import has_mode
from reports.queries.figures.lines import hide
from schools.models import User
from students.models import Student
from visits.enums import VisitKind
from visits.models import Visit, VisitStudent
from visits.queries.as_of import MODES, PARTY
from works.enums import WorkState

GONE = "（已不在本校）"


@dataclass(frozen=True)
class Row:
    """cells: one text for each column; url: where the first cell leads, "" for nowhere."""

    cells: tuple
    url: str = ""


@dataclass
class Opened:
    """columns and rows of the page asked for. unit: what a row is."""

    columns: tuple
    unit: str
    rows: list = field(default_factory=list)


def opened(spec, facts, found, *, user):
    """found: the slice of spec.rows(facts) that the page shows. A fixed number of queries for any slice."""
    return SHOWN[spec.kind](facts, found, user)


def counts(spec, facts):
    """[(class or month, number)] for whoever may not read names; 1–4 hidden where pupils are told apart.

    Empty where nothing but the whole number may be told.
    """
    rows = spec.rows(facts)
    if spec.kind == "pupils":
        by_class = facts.pupils_by_class(rows)
        ids = sorted(by_class, key=lambda pk: _place(facts, pk))
        numbers = [len(by_class[pk]) for pk in ids]
        shown = hide(numbers) if spec.small or spec.code == "declined" else numbers
        return [(_label(facts, pk), number) for pk, number in zip(ids, shown, strict=True)]
    if spec.kind == "calls":
        months = {}
        for call in rows:
            key = (call.visited_on.year, call.visited_on.month)
            months[key] = months.get(key, 0) + 1
        return [(f"{year}年{month}月", months[year, month]) for year, month in sorted(months)]
    return []


def _pupils(facts, found, user):
    names = _names([pupil.student_id for pupil in found], user)
    calls = _last_calls(facts, [pupil.student_id for pupil in found])
    rows = [
        Row((_label(facts, pupil.school_class_id), names.get(pupil.student_id, GONE), _reached(pupil, calls)))
        for pupil in found
    ]
    return Opened(("班级", "姓名", "走访"), "人", rows)


def _reached(pupil, calls):
    if pupil.student_id in calls:
        on, mode = calls[pupil.student_id]
        return f"{day(on)} {Mode(mode).label}"
    others = "、".join(Mode(mode).label for mode in MODES if has_mode(pupil, mode))
    return others or ("婉拒" if pupil.declined else "没有走访")


def _homes(facts, found, user):
    names = _names([pupil.student_id for _, pupils in found for pupil in pupils], user)
    rows = [
        Row((
            "、".join(dict.fromkeys(_label(facts, pupil.school_class_id) for pupil in pupils)),
            "、".join(names.get(pupil.student_id, GONE) for pupil in pupils),
        ))
        for _, pupils in found
    ]  # fmt: skip
    return Opened(("班级", "孩子"), "户", rows)


def _calls(facts, found, user):
    """Whom a visit was for and of which kind is the leader's to read; the administrator sees that it was made."""
    ids = [call.pk for call in found]
    readable = set(Visit.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    people = _people([call.lead_id for call in found])
    leads = facts.school.pk in user.reach.leader_schools
    pupils = _pupils_of(found, user) if leads else {}
    rows = []
    for call in found:
        cells = [day(call.visited_on), Mode(call.mode).label, people.get(call.lead_id, ""),
                 f"{call.minutes}分钟" if call.minutes else "–"]  # fmt: skip
        if leads:
            cells[1:1] = [pupils.get(call.pk, GONE), VisitKind(call.kind).label]
        rows.append(Row(tuple(cells), reverse("visits:detail", args=[call.pk]) if call.pk in readable else ""))
    columns = ("日期", "学生", "类型", "方式", "主访", "时长") if leads else ("日期", "方式", "主访", "时长")
    return Opened(columns, "次", rows)


def _trips(facts, found, user):
    days = {call.pk: call for call in facts.calls}
    names = _people([trip.user_id for trip in found])
    rows = [
        Row((day(days[trip.visit_id].visited_on), names.get(trip.user_id, ""), _post(trip.position)))
        for trip in found
    ]
    return Opened(("日期", "教师", "职务"), "人次", rows)


def _teachers(facts, found, user):
    """By name: a list of who went, no ranking."""
    people = {one.pk: one for one in User.objects.filter(pk__in=found)}
    rows = [Row((people[pk].name, _post(people[pk].position), "党员" if people[pk].politics in PARTY else ""))
            for pk in found]  # fmt: skip
    return Opened(("教师", "职务", "政治面貌"), "人", rows)


def _opinions(facts, found, user):
    rows = [Row((day(one.visit.visited_on), one.category, one.text)) for one in found]
    return Opened(("日期", "类别", "意见"), "条", rows)


def _help(facts, found, user):
    """What was given to whom stays in the record: here only kind and amount."""
    rows = [
        Row((day(one.visit.visited_on), one.kind, f"{one.amount:f}元" if one.amount else "–")) for one in found
    ]
    return Opened(("日期", "哪一种", "金额"), "次", rows)


def _meetings(facts, found, user):
    seen = set(Event.objects.visible_to(user).filter(pk__in=[one.pk for one in found]).values_list("pk", flat=True))
    rows = [
        Row(
            (day(one.held_on), kind_label(facts.programme, one.kind), one.title, f"{one.people}人"),
            reverse("programmes:event", args=[one.pk]) if one.pk in seen else "",
        )
        for one in found
    ]
    return Opened(("日期", "哪一种", "名称", "到会"), "场", rows)


def _publicity(facts, found, user):
    rows = [
        Row((day(one.on), one.get_kind_display(), one.title, one.channel, f"{one.copies}份" if one.copies else "–"))
        for one in found
    ]
    return Opened(("日期", "哪一种", "标题", "在哪里", "份数"), "条", rows)


def _works(facts, found, user):
    states = {row.pk: state for row, state in facts.works}
    rows = [Row((one.title, one.author.name, WorkState(states[one.pk]).label)) for one in found]
    return Opened(("题目", "作者", "当时的状态"), "篇", rows)


SHOWN = {
    "pupils": _pupils, "homes": _homes, "calls": _calls, "trips": _trips, "teachers": _teachers, "opinions": _opinions,
    "help": _help, "meetings": _meetings, "publicity": _publicity, "works": _works,
}  # fmt: skip


def ordered(spec, facts):
    """The rows behind a figure in the order of the page: pupils by class and name's place, people by name."""
    rows = spec.rows(facts)
    if spec.kind == "pupils":
        return sorted(rows, key=lambda pupil: (_place(facts, pupil.school_class_id), pupil.student_id))
    if spec.kind == "homes":
        return sorted(rows, key=lambda home: (_place(facts, home[1][0].school_class_id), home[1][0].student_id))
    if spec.kind == "teachers":
        names = _people(rows)
        return sorted(rows, key=lambda pk: (names.get(pk, ""), pk))
    return rows


def _label(facts, class_id):
    return facts.classes[class_id].label(facts.year)


def _place(facts, class_id):
    row = facts.classes[class_id]
    return row.grade(facts.year) or 99, row.number, class_id


def _names(ids, user):
    """Of those the reader may see; who left the school meanwhile has no name here."""
    return dict(Student.objects.visible_to(user).filter(pk__in=ids).values_list("pk", "name"))


def _people(ids):
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))


def _post(position):
    return dict(User._meta.get_field("position").choices).get(position, "") or "–"


def _pupils_of(calls, user):
    """{visit id: names}; a record corrected since names whom it named then."""
    ids = [call.pk for call in calls if call.students is None]
    rows = VisitStudent.objects.visible_to(user).filter(visit_id__in=ids).order_by("pk")
    found = {}
    for visit_id, name in rows.values_list("visit_id", "student__name"):
        found.setdefault(visit_id, []).append(name)
    past = [call for call in calls if call.students is not None]
    names = _names({pk for call in past for pk in call.students}, user) if past else {}
    found |= {call.pk: [names[pk] for pk in call.students if pk in names] for call in past}
    return {visit_id: "、".join(names) for visit_id, names in found.items() if names}


def _last_calls(facts, student_ids):
    """{student id: (day, form)} of the last counted visit by the school, as known at the instant."""
    rows = VisitStudent.objects.filter(facts.known, student_id__in=student_ids).order_by("visited_on", "pk")
    calls = list(rows.values_list("student_id", "visited_on", "mode"))
    wanted = set(student_ids)
    calls += [(pk, call.visited_on, call.mode) for call in facts.past for pk in call.students if pk in wanted]
    return {pk: (on, mode) for pk, on, mode in sorted(calls, key=lambda call: call[1])}


