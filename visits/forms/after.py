"""What comes after a record: reasons, amendments, and what the list of records may ask for."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from visits.actions.checks import mode_label
from visits.enums import VisitState
from visits.forms.record import AT_HOME, STUDENT_AT_HOME

REASON = {"required": "写明原因，老师才知道改什么。", "max_length": "最多300字。"}


def reason_field(required=True):
    return forms.CharField(
        label="原因", max_length=300, required=required, widget=forms.Textarea(attrs={"rows": 3}), error_messages=REASON
    )


class ReasonForm(forms.Form):
    """Why a record goes back or is voided; the author reads it."""

    reason = reason_field()


class ReturnForm(forms.Form):
    """The usual reasons with one tap, words for the rest; one of both is needed."""

    QUICK = ["过程再写具体些", "日期或时间不对", "学生或老师选错了", "家长意见没有写", "有不该写的个人信息"]

    quick = forms.MultipleChoiceField(
        label="哪里要改", choices=[(text, text) for text in QUICK], required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = reason_field(required=False)

    def clean(self):
        values = super().clean()
        reason = "；".join([*values.get("quick", ()), values.get("reason", "").strip()]).strip("；")
        if not reason and "reason" not in self.errors:
            self.add_error("reason", REASON["required"])
        elif len(reason) > 300:
            self.add_error("reason", REASON["max_length"])
        return values | {"reason": reason}


class AmendForm(forms.Form):
    """An archived record, written again: words for everybody who may, day, form and pupils for the leader."""

    def __init__(self, data=None, *, visit, fields, notes, pupils, with_facts):
        """fields: the record form; notes: {pupil: VisitNote or None} to be written; pupils: who may be on the visit."""
        super().__init__(data)
        self.visit, self.pupils = visit, pupils
        rules = visit.programme.rules
        if with_facts:
            self._add_facts(rules)
        for field in fields:
            self._add(f"text_{field.code}", field.label, getattr(visit, field.code), rows=4, required=field.required)
        for item in rules.record.observations:
            self._add(f"observed_{item.code}", item.label, visit.observations.get(item.code, ""))
        for pupil, note in notes.items():
            self._add(f"strengths_{pupil.pk}", f"{pupil.name}的优点和长处", note.strengths if note else "", most=300)
            self._add(f"note_{pupil.pk}", f"{pupil.name}单独记的话", note.text if note else "")
        for row in visit.opinions.all():
            self._add(f"opinion_{row.pk}", f"家长意见：{row.category}", row.text, required=True)
        for row in visit.promises.all():
            self._add(f"promise_{row.pk}", f"约定：{row.get_who_display()}", row.text, most=200, required=True)
        at_home = ([STUDENT_AT_HOME] if visit.student_present else []) + visit.guardians_met
        self._add_choices("at_home", "谁在家", AT_HOME, at_home)
        checklist = [(item.code, item.label) for group in rules.checklist for item in group.items]
        self._add_choices("checklist", "聊到的内容", checklist, visit.checklist)
        self._add_choices("materials", "送到的材料", [(item.code, item.label) for item in rules.materials], visit.materials)
        self.fields["reason"] = forms.CharField(
            label="为什么改", max_length=300, error_messages={"required": "写一句为什么改，原来的会和它一起留着。"}
        )
        self.fields["version"] = forms.IntegerField(initial=visit.version, widget=forms.HiddenInput)

    def _add_facts(self, rules):
        started, ended = timezone.localtime(self.visit.started_at), self.visit.ended_at
        modes = [(rule.code, mode_label(self.visit.programme, rule.code)) for rule in rules.visit.modes]
        if self.visit.mode not in dict(modes):
            modes.append((self.visit.mode, mode_label(self.visit.programme, self.visit.mode)))
        self.fields["mode"] = forms.ChoiceField(label="方式", choices=modes, initial=self.visit.mode, widget=forms.RadioSelect)
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields["day"] = forms.DateField(label="日期", initial=started.date(), widget=day)
        for name, label, value in (("start", "开始", started), ("end", "结束", ended and timezone.localtime(ended))):
            clock = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            self.fields[name] = forms.TimeField(label=label, initial=value and value.time(), widget=clock)
        if len(self.pupils) > 1:
            on_visit = [row.student_id for row in self.visit.visit_students.all()]
            self._add_choices("students", "学生", [(pupil.pk, pupil.name) for pupil in self.pupils], on_visit)

    def _add(self, name, label, value, *, rows=2, required=False, most=None):
        missing = {"required": f"还没有写“{label}”。", "max_length": f"最多{most}字。"}
        self.fields[name] = forms.CharField(
            label=label, initial=value, required=required, max_length=most, error_messages=missing,
            widget=forms.Textarea(attrs={"rows": rows}),
        )  # fmt: skip

    def _add_choices(self, name, label, choices, chosen):
        if choices:
            self.fields[name] = forms.MultipleChoiceField(
                label=label, choices=choices, initial=chosen, required=False, widget=forms.CheckboxSelectMultiple
            )

    def groups(self):
        """(heading, bound fields, shown open) as the page shows them."""
        facts = [self[name] for name in ("mode", "day", "start", "end", "students") if name in self.fields]
        words = [self[name] for name in self.fields if name.startswith(("text_", "observed_"))]
        lines = [n for n in self.fields if n.startswith(("opinion_", "promise_", "strengths_", "note_"))]
        ticks = [self[name] for name in ("at_home", "checklist", "materials") if name in self.fields]
        found = [
            ("时间、方式、学生", facts), ("写下的话", words), ("逐条记下的", [self[n] for n in lines]), ("勾选的", ticks),
        ]  # fmt: skip
        open_ones = ("时间、方式、学生", "写下的话")
        return [(title, rows, title in open_ones or any(f.errors for f in rows)) for title, rows in found if rows]

    def entry(self):
        """Keyword arguments of amend_visit. What was not touched comes back as it stands."""
        values = {name: _as_kept(self.fields[name].initial, value) for name, value in self.cleaned_data.items()}

        def by_id(prefix):
            return {int(name.removeprefix(prefix)): text for name, text in values.items() if name.startswith(prefix)}

        strengths, notes = by_id("strengths_"), by_id("note_")
        entry = {
            "texts": {name.removeprefix("text_"): text for name, text in values.items() if name.startswith("text_")},
            "opinions": by_id("opinion_"),
            "promises": by_id("promise_"),
            "notes": {pk: {"strengths": strengths[pk], "text": text} for pk, text in notes.items()},
        }
        observed = {name.removeprefix("observed_"): t for name, t in values.items() if name.startswith("observed_")}
        if observed:
            kept = {code: t for code, t in self.visit.observations.items() if code not in observed}
            entry["observations"] = kept | {code: text.strip() for code, text in observed.items() if text.strip()}
        for name in ("checklist", "materials"):
            if name in values:
                entry[name] = self._ticked(name, getattr(self.visit, name))
        at_home = self._ticked("at_home", self.fields["at_home"].initial)
        if STUDENT_AT_HOME in at_home or self.visit.student_present:
            entry["student_present"] = STUDENT_AT_HOME in at_home
        entry["guardians_met"] = [code for code in at_home if code != STUDENT_AT_HOME]
        return entry | self._facts(values)

    def _ticked(self, name, before):
        """In the order they stood; what the notice no longer offers is not lost."""
        offered, chosen = dict(self.fields[name].choices), self.cleaned_data[name]
        kept = [code for code in before if code in chosen or code not in offered]
        return kept + [code for code in chosen if code not in kept]

    def _facts(self, values):
        if "mode" not in self.fields:
            return {}
        started = timezone.make_aware(datetime.combine(values["day"], values["start"]))
        ended = timezone.make_aware(datetime.combine(values["day"], values["end"]))
        found = {"mode": values["mode"], "started_at": started, "ended_at": ended}
        if "students" in values:
            chosen = set(map(int, values["students"]))
            found["students"] = [pupil for pupil in self.pupils if pupil.pk in chosen]
        return found

    def show_errors(self, error):
        """Sentences of the action, at the field they speak of where it is on this page."""
        for name, texts in error.message_dict.items():
            self.add_error(name if name in self.fields else None, ValidationError(texts))


def _as_kept(before, now):
    """Browsers send line ends their own way."""
    if isinstance(before, str) and isinstance(now, str) and before.split() == now.split():
        return before if before.splitlines() == now.splitlines() else now
    return now


class RecordFilter(forms.Form):
    """What the address of the list of records may ask for; nonsense is left out."""

    RETURNED, UNCOUNTED, MINE, UNREAD = "returned", "uncounted", "mine", "unread"
    UNRECORDED, FAILED, ANSWERS = "unrecorded", "failed", "answers"
    STATES = [
        ("", "全部"), (MINE, "我去过的"), (UNREAD, "待审"), (RETURNED, "退回待改"), (ANSWERS, "等我答复"),
        (VisitState.LOCKED, "已归档"), (UNRECORDED, "还没记录"), (FAILED, "没走成"), (UNCOUNTED, "不计入"),
        (VisitState.VOIDED, "已作废"),
    ]  # fmt: skip

    state = forms.ChoiceField(choices=STATES, required=False)
    mode = forms.ChoiceField(label="方式", required=False)
    school_class = forms.TypedChoiceField(label="班级", required=False, coerce=int, empty_value=None)
    since = forms.DateField(label="从", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label="到", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, data, *, programme, classes):
        super().__init__(data)
        modes = [(rule.code, mode_label(programme, rule.code)) for rule in programme.rules.visit.modes]
        self.fields["mode"].choices = [("", "所有方式"), *modes]
        self.fields["school_class"].choices = [("", "所有班级"), *classes]
