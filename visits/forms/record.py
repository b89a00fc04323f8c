"""The record form: four steps on the page, one form on the server."""

import re
from datetime import datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.clock import now
from students.enums import Relation
from visits.actions.checks import GIFT, hints, is_late, mode_label, problems
from visits.actions.entry import Entry
from visits.enums import LateReason, VisitKind
from visits.forms.lines import DATE, area, line_sets

STUDENT_AT_HOME = "student"
AT_HOME = [
    (STUDENT_AT_HOME, "学生"),
    (Relation.MOTHER, "妈妈"),
    (Relation.FATHER, "爸爸"),
    (Relation.PATERNAL_GRANDPARENT, "爷爷奶奶"),
    (Relation.MATERNAL_GRANDPARENT, "外公外婆"),
    (Relation.SIBLING, "哥哥姐姐"),
    (Relation.OTHER, "其他人"),
]
OUTCOME = re.compile(r"^outcome_(\d{1,15})$")
LABELS = {
    "opinions": "家长意见", "promises": "约定", "help_given": "给予的帮助", "notes": "优点和长处", "outcomes": "上次约定",
    "follows": "回访", "photos": "照片",
}  # fmt: skip
ANCHORS = {
    "photos": "photos",
    "student": "family", "siblings": "family", "others": "companions", "notes": "children", "outcomes": "earlier",
    "opinions": "id_opinion-0-text", "promises": "id_promise-0-text", "help_given": "id_help-0-kind",
    "checklist": "checks", "follows": "follows",
}  # fmt: skip
GROUPS = ("mode", "kind", "at_home", "late_reason", "materials")  # the first choice is what an error link jumps to


def is_number(text):
    """A row number as a page sends it; longer ones are nobody's."""
    return text.isdecimal() and len(text) <= 15


class VisitForm(forms.Form):
    """A visit as the teacher tells it. fields: the texts asked; pupil: whom the posted number means, None where
    the user may not visit that one; home: who else lives there; visit: the record to correct or the appointment;
    unsigned: the conduct code is still to be read.

    The page draws `student` and `siblings` as the list of families and `others` as the list of colleagues.
    """

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    student = forms.IntegerField(
        label="家庭", max_value=10**15, error_messages=dict.fromkeys(("required", "invalid", "max_value"), "选一家。")
    )
    siblings = forms.TypedMultipleChoiceField(label="一起走访的兄弟姐妹", required=False, coerce=int)
    preparation = forms.CharField(label="想聊什么", required=False, widget=area(2))
    follows = forms.IntegerField(label="回访", required=False, max_value=10**15)
    kind = forms.ChoiceField(
        label="类型", required=False, choices=VisitKind.choices, initial=VisitKind.UNIVERSAL, widget=forms.RadioSelect
    )
    mode = forms.ChoiceField(
        label="方式", widget=forms.RadioSelect,
        error_messages={"required": "选一下走访方式。", "invalid_choice": "选一下走访方式。"},
    )  # fmt: skip
    day = forms.DateField(
        label="日期", widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        error_messages={"required": "填上走访的日期。", "invalid": "日期写成2022-09-18这样。"},
    )  # fmt: skip
    start = forms.TimeField(
        label="开始", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": "填上开始的时间。", "invalid": "时间写成18:30这样。"},
    )  # fmt: skip
    end = forms.TimeField(
        label="结束", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": "填上结束的时间。", "invalid": "时间写成18:30这样。"},
    )  # fmt: skip
    late_reason = forms.ChoiceField(
        label="为什么补记", required=False, choices=LateReason.choices, widget=forms.RadioSelect
    )
    others = forms.TypedMultipleChoiceField(label="同行的老师", required=False, coerce=int)
    at_home = forms.MultipleChoiceField(
        label="谁在家", required=False, choices=AT_HOME, widget=forms.CheckboxSelectMultiple
    )
    follow_up_on = forms.DateField(
        label="回访日期", required=False, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        error_messages={"invalid": "日期写成2022-09-18这样。"},
    )  # fmt: skip
    follow_up_note = forms.CharField(label="看什么", required=False)
    gift_declined = forms.BooleanField(label="确认一句", required=False)

    def __init__(
        self, data=None, *, programme, fields, pupil=None, home=(), visit=None, initial=None, unsigned=False,
    ):  # fmt: skip
        self.programme, self.asked, self.pupil, self.pupils = programme, fields, pupil, []
        self.home = list(home)
        self.recorded_at = visit.recorded_at if visit else None
        initial = initial if initial is not None else (told(visit) if visit else {})
        super().__init__(data, initial=initial)
        rules = programme.rules
        self.fields["mode"].choices = [(rule.code, mode_label(programme, rule.code)) for rule in rules.visit.modes]
        self.fields["mode"].initial = rules.visit.modes[0].code
        self.fields["gift_declined"].required = rules.visit.gift_statement
        self.fields["gift_declined"].error_messages["required"] = GIFT
        if unsigned:
            self.fields["conduct_read"] = forms.BooleanField(
                label=rules.conduct.title,
                error_messages={"required": "看一遍再勾上“我已读过，会照着做”。"},
            )
        self._add_items(rules, initial)
        for asked in fields:
            self.fields[f"text_{asked.code}"] = forms.CharField(
                label=asked.label, required=asked.required, widget=area(6),
                error_messages={"required": f"还没有写“{asked.label}”。"},
            )  # fmt: skip
        for item in rules.record.observations:
            self.fields[f"observed_{item.code}"] = forms.CharField(
                label=item.label, required=False, widget=area(2), help_text=item.hint,
                initial=initial.get("observations", {}).get(item.code),
            )  # fmt: skip
        self.add_children([pupil, *self.home] if pupil else [])
        # Any number may be posted; clean() keeps what belongs to the family, submit_visit the colleagues.
        for name in ("siblings", "others"):
            self.fields[name].valid_value = is_number
        self.lines = line_sets(data, rules, initial)

    def _add_items(self, rules, initial):
        """活动内容, 四进家庭, … and what was handed over: one group of rows each."""
        groups = [(f"check_{group.code}", group.label, group.items, "checklist") for group in rules.checklist]
        if rules.materials:
            groups.append(("materials", "送到的材料", rules.materials, "materials"))
        for name, label, items, column in groups:
            field = forms.MultipleChoiceField(
                label=label, required=False, choices=[(item.code, item.label) for item in items],
                widget=forms.CheckboxSelectMultiple, initial=initial.get(column),
            )  # fmt: skip
            field.choice_hints = {item.code: item.hint for item in items if item.hint}
            self.fields[name] = field

    def add_children(self, students):
        """Fields for what is written on one child. Only of the own school: another school's reads nothing here."""
        notes = {note["student"]: note for note in self.initial.get("notes", ())}
        for student in students:
            if student.school_id != self.pupil.school_id or f"strengths_{student.pk}" in self.fields:
                continue
            note = notes.get(student.pk, {})
            self.fields[f"strengths_{student.pk}"] = forms.CharField(
                label="优点和长处", required=False, widget=area(2),
                initial=note.get("strengths"),
            )  # fmt: skip
            self.fields[f"note_{student.pk}"] = forms.CharField(
                label="和兄弟姐妹不同的", required=False, widget=area(2),
                initial=note.get("text"),
            )  # fmt: skip
            if student not in (self.pupil, *self.home):
                self.home.append(student)

    # ── What the page draws ──

    @property
    def opinions(self):
        return self.lines["opinions"]

    @property
    def promises(self):
        return self.lines["promises"]

    @property
    def help_given(self):
        return self.lines["help_given"]

    @property
    def texts(self):
        """(record field, bound field) in the order of the form."""
        return [(asked, self[f"text_{asked.code}"]) for asked in self.asked]

    @property
    def checks(self):
        return [self[f"check_{group.code}"] for group in self.programme.rules.checklist]

    @property
    def observed(self):
        return [self[f"observed_{item.code}"] for item in self.programme.rules.record.observations]

    @property
    def children(self):
        """[(pupil, strengths, what is different)], the chosen one first."""
        students = [student for student in (self.pupil, *self.home) if student and f"note_{student.pk}" in self.fields]
        return [(student, self[f"strengths_{student.pk}"], self[f"note_{student.pk}"]) for student in students]

    @property
    def mistakes(self):
        """[(id to jump to, label, sentence)] in the order of the page."""
        found = []
        for error in self.non_field_errors().as_data():
            found += [(ANCHORS.get(error.code, ""), LABELS.get(error.code, ""), text) for text in error.messages]
        for bound in self:
            for sentence in bound.errors:
                first = f"{bound.auto_id}_0" if bound.name in GROUPS or bound.name.startswith("check_") else bound.auto_id
                found.append((ANCHORS.get(bound.name, first), bound.label, sentence))
        for name, lines in self.lines.items():
            for line in lines if lines.is_bound else ():
                for bound in line:
                    found += [(bound.auto_id, LABELS[name], sentence) for sentence in bound.errors]
            found += [(ANCHORS[name], LABELS[name], sentence) for sentence in lines.non_form_errors()]
        return found

    @property
    def late(self):
        """Is the record late as far as the day is known? Where nothing is sent yet, the day of the page."""
        day = self.cleaned_data.get("day") if self.is_bound and hasattr(self, "cleaned_data") else self["day"].value()
        if not hasattr(day, "year"):
            return False
        return is_late(self.programme, timezone.make_aware(datetime.combine(day, time(12))), self.recorded_at)

    # ── What it checks ──

    def clean(self):
        data = self.cleaned_data
        self._find_pupils(data)
        found = problems(self.programme, self.asked, Entry(**self.entry()), recorded_at=self.recorded_at)
        for name, sentence in found.items():
            if name in self.lines and self.lines[name].is_bound and self.lines[name].total_error_count():
                continue  # said at the line
            if name not in self.fields:
                self.add_error(None, ValidationError(sentence, code=name))
            elif name not in self.errors and not (name in ("start", "end") and "day" in self.errors):
                self.add_error(name, sentence)
        return data

    def is_valid(self):
        lines_fit = all([lines.is_valid() for lines in self.lines.values() if lines.is_bound])
        return super().is_valid() and lines_fit

    def _find_pupils(self, data):
        """The chosen pupil, then those of the ticked siblings who live in the same home."""
        if "student" not in data:
            return
        if self.pupil is None or self.pupil.pk != data["student"]:
            self.add_error("student", "这名学生不在你的名单里，选一下自己负责的学生。")
            return
        ids = set(data.get("siblings", ())) - {self.pupil.pk}
        same = [
            student for student in self.home
            if student.pk in ids and student.household_id and student.household_id == self.pupil.household_id
            and student.authority_id == self.programme.authority_id
        ]  # fmt: skip
        self.pupils = [self.pupil, *sorted(same, key=lambda student: student.pk)]

    # ── What it says ──

    def moment(self, name):
        """The instant of day and clock in Asia/Shanghai; None while one of them is missing."""
        day, clock = self.cleaned_data.get("day"), self.cleaned_data.get(name)
        return timezone.make_aware(datetime.combine(day, clock)) if day and clock else None

    def written(self):
        return {asked.code: self.cleaned_data.get(f"text_{asked.code}", "") for asked in self.asked}

    def checklist(self):
        groups = self.programme.rules.checklist
        return [code for group in groups for code in self.cleaned_data.get(f"check_{group.code}", [])]

    def said(self, name):
        """The lines of one kind that have words."""
        return [told for told in (line.line() for line in self.lines[name] if self.lines[name].is_bound) if told]

    def outcomes(self):
        """{promise id: outcome} as sent; whether they are this family's, the action asks."""
        sent = ((OUTCOME.match(name), self.data[name]) for name in self.data)
        return {int(match[1]): value for match, value in sent if match and value}

    def outcome(self, promise):
        """The value of an earlier promise's chips."""
        return self.data.get(f"outcome_{promise.pk}", "") if self.is_bound else promise.outcome

    def notes(self):
        """Words on each chosen child; on one alone only the strengths are asked, the five texts say the rest."""
        own = [student for student in self.pupils if f"note_{student.pk}" in self.fields]
        data = self.cleaned_data
        return [
            {
                "student": student.pk, "strengths": data.get(f"strengths_{student.pk}", ""),
                "text": data.get(f"note_{student.pk}", "") if len(self.pupils) > 1 else "",
            }
            for student in own
        ]  # fmt: skip

    def entry(self):
        """Keyword arguments of Entry, as far as the form could be read."""
        data = self.cleaned_data
        at_home = data.get("at_home", [])
        follows = data.get("follows")
        observations = self.programme.rules.record.observations
        return {
            "mode": data.get("mode"),
            "kind": data.get("kind") or (VisitKind.FOLLOW_UP if follows else VisitKind.UNIVERSAL),
            "started_at": self.moment("start"),
            "ended_at": self.moment("end"),
            "texts": self.written(),
            "others": data.get("others", []),
            "checklist": self.checklist(),
            "gift_declined": data.get("gift_declined") or None,
            "student_present": STUDENT_AT_HOME in at_home if at_home else None,
            "guardians_met": [code for code in at_home if code != STUDENT_AT_HOME],
            "notes": self.notes(),
            "materials": data.get("materials", []),
            "observations": {item.code: data.get(f"observed_{item.code}", "") for item in observations},
            "follow_up_on": data.get("follow_up_on"),
            "follow_up_note": data.get("follow_up_note", ""),
            "follows": follows,
            "late_reason": data.get("late_reason", ""),
            "preparation": data.get("preparation", ""),
            "outcomes": self.outcomes(),
            "conduct_read": data.get("conduct_read", False),
            **{name: self.said(name) for name in self.lines},
        }

    def hints(self, overlaps=()):
        """Soft remarks on what is there so far; none while day or time are missing."""
        started_at = self.moment("start")
        if started_at is None or not self.cleaned_data.get("mode"):
            return []
        found = hints(
            self.programme, mode=self.cleaned_data["mode"], started_at=started_at, ended_at=self.moment("end"),
            visitors=1 + len(self.cleaned_data.get("others", ())), texts=self.written(), overlaps=overlaps,
            recorded_at=self.recorded_at,
        )  # fmt: skip
        return found


def told(visit):
    """Initial values of a record that comes back for correction, or of an appointment that becomes one."""
    rows = list(visit.visit_students.all())
    at_home = ([STUDENT_AT_HOME] if visit.student_present else []) + visit.guardians_met
    return {
        "client_uuid": visit.client_uuid,
        "student": rows[0].student_id,
        "siblings": [row.student_id for row in rows[1:]],
        **{
            name: getattr(visit, name)
            for name in ("kind", "mode", "checklist", "materials", "observations", "gift_declined", "preparation",
                         "follow_up_on", "follow_up_note", "late_reason", "cause", "process", "analysis", "measures",
                         "reflection")
        },
        "follows": visit.follows_id,
        "day": visit.visited_on,
        "start": _clock(visit.started_at),
        "end": _clock(visit.ended_at),
        "others": [visitor.user_id for visitor in visit.visitors.all() if visitor.user_id != visit.lead_id],
        "at_home": at_home,
        "opinions": list(visit.opinions.values("text", "category", "answerer")),
        "promises": list(visit.promises.values("text", "who", "due_on")),
        "help_given": list(visit.help_given.values("kind", "text", "amount")),
        "notes": list(visit.notes.values("student", "strengths", "text")),
        **{f"text_{name}": getattr(visit, name) for name in ("cause", "process", "analysis", "measures", "reflection")},
    }  # fmt: skip


def _clock(moment):
    return timezone.localtime(moment).time() if moment else None


def new_visit_times(visit=None):
    """Today, and now rounded down to five minutes as the start; when it ended, only the teacher knows."""
    moment = timezone.localtime(now())
    start = known_start(visit) or moment.replace(minute=moment.minute - moment.minute % 5)
    return {"day": start.date(), "start": time(start.hour, start.minute)}


def known_start(visit):
    """When the visit of an appointment began: 到家了 was tapped, or the hour agreed on is past."""
    if visit is None:
        return None
    if visit.started_at:
        return timezone.localtime(visit.started_at)
    past = visit.planned_at and visit.planned_at < now() - timedelta(minutes=30)
    return timezone.localtime(visit.planned_at) if past else None
