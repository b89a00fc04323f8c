"""Statements on a page: what a fact reads like, the rows behind it, and the school's own figures."""

from dataclasses import dataclass, field
from functools import cached_property

from django.urls import reverse

from core.formats import day, percent, thousands
from programmes.models import Attendance
from programmes.queries.ready import signatures, trainings
from reports.enums import StatementState
from reports.models import Statement
from reports.queries.assessment import YES, facts_of, gather, is_priority, teachers_of
from schools.enums import Politics
from students.models import Student
from visits.enums import COUNTED_STATES, Outcome, Promiser
from visits.models import Promise, Visit
from visits.queries.board import label_year
from visits.queries.coverage import Count, coverage
from visits.queries.records import people, shown_name
from works.enums import STANDING_STATES, Side
from works.models import Work
from works.queries.upper import upper_words

PARTY = (Politics.CPC, Politics.CPC_PROBATIONARY)
LONGEST = 200  # rows shown behind one fact


@dataclass(frozen=True)
class Line:
    """One row behind a fact. url: where the viewer may read it."""

    text: str
    note: str = ""
    url: str = ""
    kept: bool | None = None
    priority: bool = False


@dataclass(frozen=True)
class Shown:
    """A fact as the page shows it, with the rows it was counted from."""

    code: str
    label: str
    text: str
    rate: str = ""
    lines: list = field(default_factory=list)


def fact_text(fact):
    """38户; 12 / 15人; 是"""
    value = fact["value"]
    if not isinstance(value, int):
        return value
    if fact["of"] is None:
        return f"{thousands(value)}{fact['unit']}"
    return f"{thousands(value)} / {thousands(fact['of'])}{fact['unit']}"


def statements(user, programme, school):
    """The school's, by name; never by a figure."""
    rows = Statement.objects.visible_to(user).filter(programme=programme, school=school)
    return rows.select_related("teacher").order_by("teacher__name", "teacher_id")


def own_statement(user, programme):
    """The viewer's own, once it is shown; None before."""
    rows = Statement.objects.visible_to(user).filter(programme=programme, teacher=user)
    return rows.exclude(state=StatementState.COUNTED).order_by("-shown_at").first()


def shown_facts(statement, user):
    """[Shown] of a statement fetched with programme, school and teacher. Rows are only those the viewer may read."""
    behind = _Behind(statement, user)
    found = []
    for fact in statement.facts:
        rate = percent(fact["value"], fact["of"]) if fact["of"] else ""
        make = getattr(behind, fact["code"], None)
        found.append(Shown(fact["code"], fact["label"], fact_text(fact), rate, make() if make else []))
    return found


class _Behind:
    """One method a code of a fact → its rows. Live rows: a page says as of when the fact was counted."""

    def __init__(self, statement, user):
        self.statement, self.user = statement, user
        self.programme, self.school, self.teacher = statement.programme, statement.school, statement.teacher

    @cached_property
    def material(self):
        return gather(self.programme, self.school, [self.teacher.pk])

    def families(self):
        rows = Visit.objects.visible_to(self.user).filter(
            programme=self.programme, school=self.school, state__in=COUNTED_STATES, visitors__user=self.teacher,
            visitors__denied_at=None,
        )  # fmt: skip
        lines = []
        for visit in rows.prefetch_related(*people()).order_by("visited_on", "pk")[:LONGEST]:
            counted = [row for row in visit.visit_students.all() if row.counted]
            if counted:
                names = "、".join(shown_name(row.student, self.school.pk) for row in counted)
                role = "主访" if visit.lead_id == self.teacher.pk else "同行"
                lines.append(Line(names, f"{day(visit.visited_on)}，{role}", self._visit(visit)))
        return lines

    def reached(self):
        return self._pupils(lambda material, pk: True)

    def priority(self):
        return self._pupils(lambda material, pk: is_priority(material, self.teacher.pk, pk))

    def follow_ups(self):
        rows = Visit.objects.visible_to(self.user).filter(
            programme=self.programme, school=self.school, lead=self.teacher, state__in=COUNTED_STATES,
            follow_up_on__isnull=False,
        )  # fmt: skip
        return [
            Line(
                "、".join(shown_name(row.student, self.school.pk) for row in visit.visit_students.all()),
                f"{day(visit.visited_on)}走访，说好{day(visit.follow_up_on)}回访", self._visit(visit),
            )
            for visit in rows.prefetch_related(*people()).order_by("follow_up_on", "pk")[:LONGEST]
        ]  # fmt: skip

    def promises(self):
        rows = Promise.objects.visible_to(self.user).filter(
            visit__programme=self.programme, visit__school=self.school, visit__lead=self.teacher,
            visit__state__in=COUNTED_STATES, who=Promiser.TEACHER,
        ).exclude(outcome="")  # fmt: skip
        return [
            Line(row.text, row.get_outcome_display(), self._visit(row.visit), kept=row.outcome == Outcome.KEPT)
            for row in rows.select_related("visit").order_by("visit__visited_on", "pk")[:LONGEST]
        ]

    def training(self):
        rows = Attendance.objects.filter(pk__in=trainings(self.programme).filter(user=self.teacher).values("pk"))
        return [Line(row.event.title, day(row.event.held_on)) for row in rows.select_related("event")]

    def conduct(self):
        rows = signatures(self.programme).filter(user=self.teacher)
        return [Line(f"第{row.version}版", f"{day(row.signed_at)}签") for row in rows]

    def works(self):
        rows = Work.objects.visible_to(self.user).filter(
            programme=self.programme, school=self.school, author=self.teacher, state__in=STANDING_STATES
        )
        side = Side.AUTHOR if self.user.pk == self.teacher.pk else Side.SCHOOL
        works = list(rows.order_by("kind", "pk")[:LONGEST])
        for work in works:
            work.programme = self.programme  # its settings are read once
        return [Line(work.title, f"{work.get_kind_display()}，{upper_words(work) or work.label_for(side)}") for work in works]

    def _pupils(self, wanted):
        """Of whom the teacher answers, those the viewer may name; the others as a number."""
        material = self.material
        own = {pk for pk in material.own[self.teacher.pk] if pk in material.due and wanted(material, pk)}
        known = Student.objects.visible_to(self.user).filter(pk__in=own).select_related("school_class__school")
        year, lines = label_year(self.programme), []
        for pupil in known.order_by("school_class_id", "class_serial", "pk")[:LONGEST]:
            on = material.due[pupil.pk][1]
            label = pupil.school_class.label(year) if pupil.school_class else ""
            note = f"{label}，{f'{day(on)}走访到' if on else '还没走访到'}".lstrip("，")
            lines.append(Line(pupil.name, note, kept=bool(on), priority=is_priority(material, self.teacher.pk, pupil.pk)))
        if len(own) > len(lines):
            lines.append(Line(f"另有{len(own) - len(lines)}人", "走访已经结束，名单不再显示"))
        return lines

    def _visit(self, visit):
        return reverse("visits:detail", args=[visit.pk])


# ── The school's own page (W87, S6, S7) ──


@dataclass(frozen=True)
class Share:
    """n of N."""

    label: str
    part: int
    of: int
    unit: str = "人"

    @property
    def rate(self):
        return percent(self.part, self.of)

    @property
    def foot(self):
        return f"{thousands(self.part)} / {thousands(self.of)}{self.unit}"


@dataclass(frozen=True)
class SchoolFigures:
    coverage: Count
    everybody: Share
    party: Share
    shares: list

    @property
    def coverage_foot(self):
        return f"{thousands(self.coverage.visited)} / {thousands(self.coverage.due)}人"


def school_figures(programme, school, user):
    """The school under the same rule: coverage as everywhere, the rest summed from the facts of its teachers."""
    teachers = list(teachers_of(programme, school))
    facts = facts_of(programme, school, [teacher.pk for teacher in teachers])
    by_code = {pk: {fact["code"]: fact for fact in rows} for pk, rows in facts.items()}
    figures = coverage(programme, user=user, by="school", school=school)
    return SchoolFigures(
        figures[0].all if figures else Count(),
        took_part("参加走访的老师", teachers, by_code),
        took_part("参加走访的党员老师", [one for one in teachers if one.politics in PARTY], by_code),
        [
            *_yes(by_code, "training", "参加过走访培训的老师"),
            *_yes(by_code, "conduct", "签过走访守则的老师"),
            *_sum(by_code, "follow_ups", "到期的回访，去了的"),
            *_sum(by_code, "promises", "老师的约定，坚持了的"),
        ],
    )


def took_part(label, teachers, by_code):
    went = [one for one in teachers if by_code[one.pk].get("participation", {}).get("value") == YES]
    return Share(label, len(went), len(teachers))


def _yes(by_code, code, label):
    values = [facts[code]["value"] for facts in by_code.values() if code in facts]
    return [Share(label, values.count(YES), len(by_code))] if values else []


def _sum(by_code, code, label):
    facts = [facts[code] for facts in by_code.values() if code in facts]
    if not facts:
        return []
    return [Share(label, sum(fact["value"] for fact in facts), sum(fact["of"] for fact in facts), facts[0]["unit"])]
