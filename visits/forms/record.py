"""The record form: four steps on the page, one form on the server."""

from datetime import datetime, time

from django import forms
from django.utils import timezone

from core.clock import now
from students.enums import Relation
from students.models import Student
from visits.actions.checks import GIFT, OPINIONS, hints, mode_label, problems
from visits.enums import Answerer, VisitKind

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
OTHER_CATEGORY = ["其他"]  # a notice without opinion categories still hears opinions


def is_number(text):
    """A row number as a page sends it; longer ones are nobody's."""
    return text.isdecimal() and len(text) <= 15


class OpinionForm(forms.Form):
    """One line of 家长意见; a line without words is no line."""

    text = forms.CharField(
        label="家长怎么说", required=False, widget=forms.Textarea(attrs={"rows": 2}), strip=True
    )
    category = forms.ChoiceField(label="哪方面", required=False)
    answerer = forms.ChoiceField(
        label="谁来答复", required=False, choices=Answerer.choices, initial=Answerer.SCHOOL, widget=forms.RadioSelect
    )

    def __init__(self, *args, categories, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", "选一类"), *((name, name) for name in categories)]

    def clean(self):
        if self.cleaned_data.get("text") and not self.cleaned_data.get("category") and not self.errors:
            self.add_error("category", "这条意见是哪方面的，选一类。")
        return self.cleaned_data


OpinionFormSet = forms.formset_factory(OpinionForm, extra=3, max_num=OPINIONS, absolute_max=OPINIONS)


class VisitForm(forms.Form):
    """A visit as the teacher tells it. fields: the texts asked; pupil: whom the posted number means, None where
    the user may not visit that one; visit: the record to correct.

    The page draws `student` and `siblings` as the list of families and `others` as the list of colleagues.
    """

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    student = forms.IntegerField(
        label="家庭", max_value=10**15, error_messages=dict.fromkeys(("required", "invalid", "max_value"), "选一家。")
    )
    siblings = forms.TypedMultipleChoiceField(label="一起走访的兄弟姐妹", required=False, coerce=int)
    kind = forms.ChoiceField(
        label="类型", required=False, choices=VisitKind.choices, initial=VisitKind.UNIVERSAL, widget=forms.RadioSelect
    )
    mode = forms.ChoiceField(
        label="方式", widget=forms.RadioSelect,
        error_messages={"required": "选一下走访方式。", "invalid_choice": "选一下走访方式。"},
    )  # fmt: skip
    day = forms.DateField(
        label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
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
    others = forms.TypedMultipleChoiceField(label="同行的老师", required=False, coerce=int)
    at_home = forms.MultipleChoiceField(
        label="谁在家", required=False, choices=AT_HOME, widget=forms.CheckboxSelectMultiple
    )
    gift_declined = forms.BooleanField(label="确认一句", required=False)

    def __init__(self, data=None, *, programme, fields, pupil=None, visit=None, initial=None):
        self.programme, self.asked, self.pupil, self.pupils = programme, fields, pupil, []
        initial = initial or (told(visit) if visit else {})
        super().__init__(data, initial=initial)
        rules = programme.rules
        self.fields["mode"].choices = [(rule.code, mode_label(programme, rule.code)) for rule in rules.visit.modes]
        self.fields["mode"].initial = rules.visit.modes[0].code
        self.fields["gift_declined"].required = rules.visit.gift_statement
        self.fields["gift_declined"].error_messages["required"] = GIFT
        for group in rules.checklist:
            field = forms.MultipleChoiceField(
                label=group.label, required=False, choices=[(item.code, item.label) for item in group.items],
                widget=forms.CheckboxSelectMultiple, initial=initial.get("checklist"),
            )  # fmt: skip
            field.choice_hints = {item.code: item.hint for item in group.items if item.hint}
            self.fields[f"check_{group.code}"] = field
        for asked in fields:
            self.fields[f"text_{asked.code}"] = forms.CharField(
                label=asked.label, required=asked.required, widget=forms.Textarea(attrs={"rows": 6}),
                error_messages={"required": f"还没有写“{asked.label}”。"},
            )  # fmt: skip
        # Any number may be posted; clean() keeps what belongs to the family, submit_visit the colleagues.
        for name in ("siblings", "others"):
            self.fields[name].valid_value = is_number
        self.opinions = OpinionFormSet(
            data, prefix="opinion", initial=initial.get("opinions"),
            form_kwargs={"categories": rules.opinion_categories or OTHER_CATEGORY},
        )  # fmt: skip

    # ── What the page draws ──

    @property
    def texts(self):
        """(record field, bound field) in the order of the form."""
        return [(asked, self[f"text_{asked.code}"]) for asked in self.asked]

    @property
    def checks(self):
        return [self[f"check_{group.code}"] for group in self.programme.rules.checklist]

    @property
    def mistakes(self):
        """[(id to jump to, label, sentence)] in the order of the page."""
        found = [("", "", sentence) for sentence in self.non_field_errors()]
        anchors = {"student": "family", "siblings": "family", "others": "companions"}
        for bound in self:
            for sentence in bound.errors:
                first = f"{bound.auto_id}_0" if bound.name in ("mode", "kind", "at_home") else bound.auto_id
                found.append((anchors.get(bound.name, first), bound.label, sentence))
        for line in self.opinions:
            for bound in line:
                found += [(bound.auto_id, "家长意见", sentence) for sentence in bound.errors]
        return found + [("id_opinion-0-text", "家长意见", sentence) for sentence in self.opinions.non_form_errors()]

    # ── What it checks ──

    def clean(self):
        data = self.cleaned_data
        self._find_pupils(data)
        found = problems(
            self.programme, self.asked, mode=data.get("mode"), started_at=self.moment("start"),
            ended_at=self.moment("end"), texts=self.written(), checklist=self.checklist(),
            gift_declined=data.get("gift_declined"), opinions=self.heard(),
        )  # fmt: skip
        for name, sentence in found.items():
            if name not in self.fields:
                self.add_error(None, sentence)
            elif name not in self.errors and not (name in ("start", "end") and "day" in self.errors):
                self.add_error(name, sentence)
        return data

    def is_valid(self):
        opinions_fit = self.opinions.is_valid()
        return super().is_valid() and opinions_fit

    def _find_pupils(self, data):
        """The chosen pupil, then those of the ticked siblings who live in the same home."""
        if "student" not in data:
            return
        if self.pupil is None or self.pupil.pk != data["student"]:
            self.add_error("student", "这名学生不在你的名单里，选一下自己负责的学生。")
            return
        self.pupils = [self.pupil]
        ids = set(data.get("siblings", ())) - {self.pupil.pk}
        if ids and self.pupil.household_id:
            self.pupils += Student.objects.filter(
                pk__in=ids, household_id=self.pupil.household_id, authority_id=self.programme.authority_id
            ).order_by("pk")

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

    def heard(self):
        lines = [getattr(line, "cleaned_data", {}) for line in self.opinions]
        return [
            {"text": line["text"], "category": line.get("category", ""), "answerer": line.get("answerer") or Answerer.SCHOOL}
            for line in lines
            if line.get("text")
        ]

    def entry(self):
        """Keyword arguments of submit_visit and correct_visit; the form must be valid."""
        data = self.cleaned_data
        at_home = data["at_home"]
        return {
            "students": self.pupils,
            "mode": data["mode"],
            "kind": data["kind"] or VisitKind.UNIVERSAL,
            "started_at": self.moment("start"),
            "ended_at": self.moment("end"),
            "texts": self.written(),
            "others": data["others"],
            "checklist": self.checklist(),
            "gift_declined": data["gift_declined"] or None,
            "student_present": STUDENT_AT_HOME in at_home if at_home else None,
            "guardians_met": [code for code in at_home if code != STUDENT_AT_HOME],
            "opinions": self.heard(),
        }

    def hints(self):
        """Soft remarks on what is there so far; none while day or time are missing."""
        started_at = self.moment("start")
        if started_at is None or not self.cleaned_data.get("mode"):
            return []
        return hints(
            self.programme, mode=self.cleaned_data["mode"], started_at=started_at, ended_at=self.moment("end"),
            visitors=1 + len(self.cleaned_data.get("others", ())), texts=self.written(),
        )  # fmt: skip


def told(visit):
    """Initial values of a record that comes back for correction."""
    local = timezone.localtime
    rows = list(visit.visit_students.all())
    at_home = ([STUDENT_AT_HOME] if visit.student_present else []) + visit.guardians_met
    return {
        "student": rows[0].student_id,
        "siblings": [row.student_id for row in rows[1:]],
        "kind": visit.kind,
        "mode": visit.mode,
        "day": visit.visited_on,
        "start": local(visit.started_at).time() if visit.started_at else None,
        "end": local(visit.ended_at).time() if visit.ended_at else None,
        "others": [visitor.user_id for visitor in visit.visitors.all() if visitor.user_id != visit.lead_id],
        "at_home": at_home,
        "checklist": visit.checklist,
        "gift_declined": visit.gift_declined,
        "opinions": [
            {"text": line.text, "category": line.category, "answerer": line.answerer} for line in visit.opinions.all()
        ],
        **{f"text_{name}": getattr(visit, name) for name in ("cause", "process", "analysis", "measures", "reflection")},
    }


def new_visit_times():
    """Today, and now rounded down to five minutes as the start; when it ended, only the teacher knows."""
    moment = timezone.localtime(now())
    return {"day": moment.date(), "start": time(moment.hour, moment.minute - moment.minute % 5)}
