"""The form of an appointment, and the small ones that close it."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone

from core.clock import now
from core.private import holds_id_number
from programmes.enums import Mode
from students.enums import Relation
from students.models import Student
from visits.actions.appointment import NOTE_CHARS
from visits.actions.checks import PREPARATION_CHARS, mode_label
from visits.enums import CancelledBy, Channel
from visits.forms.record import is_number

WHO = [
    (Relation.MOTHER, "妈妈"),
    (Relation.FATHER, "爸爸"),
    (Relation.PATERNAL_GRANDPARENT, "爷爷奶奶"),
    (Relation.MATERNAL_GRANDPARENT, "外公外婆"),
    (Relation.SIBLING, "哥哥姐姐"),
    (Relation.OTHER, "其他家人"),
]
WAITING = ("", "等家长答复")
EVENING = 18, 30  # most parents are home
PICK_MODE = "选一下怎么见面。"


class AppointmentForm(forms.Form):
    """pupil: the family; visit: the appointment to move. The page draws siblings and others by itself."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    date = forms.DateField(
        label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "填上哪一天去。", "invalid": "日期写成2022-09-18这样。"},
    )  # fmt: skip
    time = forms.TimeField(
        label="时间", widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
        error_messages={"required": "填上几点去。", "invalid": "时间写成18:30这样。"},
    )  # fmt: skip
    mode = forms.ChoiceField(
        label="怎么见面", widget=forms.RadioSelect, error_messages={"required": PICK_MODE, "invalid_choice": PICK_MODE}
    )
    place = forms.CharField(
        label="约在哪里", required=False, max_length=60, help_text="如居委会活动室、学校接待室。上门不用填。",
        error_messages={"max_length": "地点最多60字。"},
    )  # fmt: skip
    channel = forms.ChoiceField(label="怎么约的", required=False, choices=Channel.choices, widget=forms.RadioSelect)
    confirmed_with = forms.ChoiceField(
        label="谁答应的", required=False, choices=[WAITING, *WHO], widget=forms.RadioSelect
    )
    siblings = forms.TypedMultipleChoiceField(label="一起走访的兄弟姐妹", required=False, coerce=int)
    others = forms.TypedMultipleChoiceField(label="同行的老师", required=False, coerce=int)
    preparation = forms.CharField(
        label="备课", required=False, max_length=PREPARATION_CHARS, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="想聊什么、先夸什么，自己看的。",
        error_messages={"max_length": f"备课最多{PREPARATION_CHARS}字。"},
    )  # fmt: skip

    def __init__(self, data=None, *, programme, pupil, visit=None, initial=None):
        self.programme, self.pupil, self.visit = programme, pupil, visit
        super().__init__(data, initial=initial or (told(visit) if visit else {}))
        rules = programme.rules.visit
        self.fields["mode"].choices = [(rule.code, mode_label(programme, rule.code)) for rule in rules.modes]
        self.fields["mode"].initial = rules.modes[0].code
        for name in ("siblings", "others"):
            self.fields[name].valid_value = is_number

    @property
    def mistakes(self):
        """[(id to jump to, label, sentence)] in the order of the page."""
        anchors = {"others": "companions", "mode": "id_mode_0", "siblings": "family", "client_uuid": ""}
        found = [("", "", sentence) for sentence in self.non_field_errors()]
        for bound in self:
            found += [(anchors.get(bound.name, bound.auto_id), bound.label, sentence) for sentence in bound.errors]
        return found

    def clean_preparation(self):
        text = self.cleaned_data["preparation"]
        if holds_id_number(text):
            raise forms.ValidationError("备课里像是有身份证号，请删去。系统不存证件号。")
        return text

    def moment(self):
        """The instant of day and clock in Asia/Shanghai; None while one of them is missing."""
        day, clock = self.cleaned_data.get("date"), self.cleaned_data.get("time")
        return timezone.make_aware(datetime.combine(day, clock)) if day and clock else None

    def pupils(self):
        """The pupil, then those of the ticked siblings who live in the same home."""
        ids = set(self.cleaned_data.get("siblings", ())) - {self.pupil.pk}
        if not ids or not self.pupil.household_id:
            return [self.pupil]
        home = Student.objects.active().filter(
            pk__in=ids, household_id=self.pupil.household_id, authority_id=self.programme.authority_id
        )
        return [self.pupil, *home.order_by("pk")]

    def entry(self):
        """Keyword arguments that plan_visit and reschedule share; others as numbers."""
        data = self.cleaned_data
        named = {name: data[name] for name in ("mode", "place", "channel", "confirmed_with", "preparation", "others")}
        return {"planned_at": self.moment(), **named}


def told(visit):
    """Initial values from an appointment that is moved."""
    moment = timezone.localtime(visit.planned_at)
    return {
        "client_uuid": visit.client_uuid,
        "date": moment.date(),
        "time": moment.time(),
        "mode": visit.mode,
        "place": visit.plan_place,
        "channel": visit.plan_channel,
        "confirmed_with": visit.confirmed_with,
        "others": [visitor.user_id for visitor in visit.visitors.all() if visitor.user_id != visit.lead_id],
        "preparation": visit.preparation,
    }


def first_evening(programme):
    """The next evening that the programme's notice leaves: a start for the form, never a rule."""
    earliest = now() + timedelta(hours=programme.rules.visit.appointment.notice_hours)
    moment = timezone.localtime(earliest).replace(hour=EVENING[0], minute=EVENING[1], second=0, microsecond=0)
    moment += timedelta(days=1) if moment < earliest else timedelta()
    return {"date": moment.date(), "time": moment.time()}


class CancelForm(forms.Form):
    cancelled_by = forms.ChoiceField(
        label="谁取消的", choices=CancelledBy.choices, widget=forms.RadioSelect,
        error_messages={"required": "选一下是谁取消的。", "invalid_choice": "选一下是谁取消的。"},
    )  # fmt: skip
    note = forms.CharField(
        label="说明", required=False, max_length=NOTE_CHARS,
        error_messages={"max_length": f"说明最多{NOTE_CHARS}字。"},
    )  # fmt: skip


class DeclineForm(forms.Form):
    """offer: the other place the teacher spoke of, as the programme allows."""

    offer = forms.ChoiceField(label="提过换个地方吗", required=False, widget=forms.RadioSelect)
    note = forms.CharField(
        label="说明", required=False, max_length=NOTE_CHARS,
        error_messages={"max_length": f"说明最多{NOTE_CHARS}字。"},
    )  # fmt: skip

    def __init__(self, data=None, *, programme):
        super().__init__(data)
        self.fields["offer"].choices = [("", "没有提"), *offers(programme)]


def offers(programme):
    """[(mode, words)] of the places to offer a family that declines."""
    return [(code.value, OFFERED.get(code, mode_label(programme, code))) for code in programme.rules.visit.decline_offers]


OFFERED = {Mode.AT_SCHOOL: "到学校见面", Mode.NEARBY: "就近找个地方"}
