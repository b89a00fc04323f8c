"""Outside text into clean data: a school's changes to the record form, deadlines as people say them, meetings."""

from datetime import datetime, time, timedelta

from django import forms

from core.clock import today
from core.private import holds_id_number
from programmes.config.days import ZONE, last_day_before, midnight_after
from programmes.models import Deadline, Event
from programmes.queries.events import kinds

MOST_PROMPTS, LONGEST_PROMPT = 6, 60
OPTIONAL, REQUIRED, HIDDEN = "optional", "required", "hidden"


class LinesField(forms.CharField):
    """A list of short texts, one a line."""

    def __init__(self, *, most=20, longest=LONGEST_PROMPT, **kwargs):
        self.most, self.longest = most, longest
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        lines = [line.strip() for line in (value or "").splitlines() if line.strip()]
        if len(lines) > self.most:
            raise forms.ValidationError(f"最多{self.most}行，现在有{len(lines)}行。请合并几行。")
        for line in lines:
            if len(line) > self.longest:
                raise forms.ValidationError(f"“{line[:10]}…”超过{self.longest}个字。请写短一些。")
        return lines

    def has_changed(self, initial, data):
        return self.to_python(data) != (initial or [])


class SchoolFormForm(forms.Form):
    """Two answers a text: is it asked for (only where the programme leaves that open), and with which questions."""

    def __init__(self, *args, programme, changes, **kwargs):
        super().__init__(*args, **kwargs)
        self.own = programme.rules.record.fields
        for field in self.own:
            change = changes.get(field.code, {})
            if not field.required:
                self.fields[f"{field.code}_use"] = forms.ChoiceField(
                    label=f"{field.label}：要不要填",
                    choices=[(OPTIONAL, "选填"), (REQUIRED, "必填"), (HIDDEN, "不用")],
                    widget=forms.RadioSelect,
                    initial=HIDDEN if change.get("hidden") else REQUIRED if change.get("required") else OPTIONAL,
                )
            self.fields[f"{field.code}_prompts"] = LinesField(
                label=f"{field.label}：引导问题",
                required=False,
                most=MOST_PROMPTS,
                initial=change.get("prompts") or field.prompts,
                help_text="一行一个。清空就用活动原来的问题。",
            )

    def rows(self):
        """[(field of the programme, bound 要不要填 or None, bound 引导问题)] for the page."""
        return [
            (field, self[f"{field.code}_use"] if not field.required else None, self[f"{field.code}_prompts"])
            for field in self.own
        ]

    def changes(self):
        """As SchoolForm.fields; what equals the programme is left out by the action."""
        answers = self.cleaned_data
        return {
            field.code: {
                "prompts": answers[f"{field.code}_prompts"],
                "required": answers.get(f"{field.code}_use") == REQUIRED,
                "hidden": answers.get(f"{field.code}_use") == HIDDEN,
            }
            for field in self.own
        }


class DeadlineForm(forms.ModelForm):
    """The last day, whole; or that day until an hour. Stored as one instant, itself too late."""

    last_day = forms.DateField(label="截止日", help_text="到这一天24:00为止")
    until = forms.TimeField(label="几点", required=False, help_text="不到24:00才填，如 17:00")

    class Meta:
        model = Deadline
        fields = ["position", "kind", "title", "last_day", "until"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            local = self.instance.at.astimezone(ZONE)
            self.initial["last_day"] = last_day_before(local)
            self.initial["until"] = None if local.time() == time.min else local.time()

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until == time.min:
            raise forms.ValidationError("到24:00为止就不用填。")
        return until

    def clean(self):
        data = super().clean()
        if day := data.get("last_day"):
            until = data.get("until")
            self.instance.at = datetime.combine(day, until, tzinfo=ZONE) if until else midnight_after(day)
        return data


class EventForm(forms.Form):
    """A meeting or training. schools: those the user runs; with one it is not asked."""

    school = forms.ModelChoiceField(queryset=None, label="学校", empty_label=None)
    kind = forms.ChoiceField(
        label="哪一种", widget=forms.RadioSelect,
        error_messages={"required": "还没有选是哪一种会。", "invalid_choice": "本次活动没有这种会，请重选。"},
    )  # fmt: skip
    title = forms.CharField(label="名称", max_length=60, required=False, help_text="不填就用上面选的名称。")
    held_on = forms.DateField(
        label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "还没有填日期。", "invalid": "日期写成 2022-09-18 这样。"},
    )  # fmt: skip
    place = forms.CharField(label="地点", max_length=60, required=False)
    speaker = forms.CharField(label="主讲或主持", max_length=60, required=False)
    topics = forms.MultipleChoiceField(
        label="内容", required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "有一项内容不在本次活动里，请重新勾选。"},
    )  # fmt: skip
    materials = LinesField(label="材料", required=False, most=20, help_text="一行一份，只写名称。")
    guests = forms.IntegerField(
        label="家长等人数", required=False, min_value=0, max_value=9999, help_text="本校老师以外到会的人数。",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": "填一个数字。", "min_value": "填一个数字。", "max_value": "人数太多了，看看填对没有。"},
    )  # fmt: skip
    minutes = forms.CharField(
        label="纪要", max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="记谈了什么、定了什么，不写谁提了谁的意见。",
    )  # fmt: skip

    def __init__(self, *args, programme, schools=(), event=None, **kwargs):
        initial = _values_of(event) if event else {"held_on": today()}
        super().__init__(*args, initial=initial | (kwargs.pop("initial", None) or {}), **kwargs)
        self.programme = programme
        found = kinds(programme)
        if event and event.kind not in found:
            found |= {event.kind: event.title}
        self.kinds = found
        self.fields["kind"].choices = list(found.items())
        topics = list(dict.fromkeys([*programme.rules.training.topics, *(event.topics if event else ())]))
        self.fields["topics"].choices = [(topic, topic) for topic in topics]
        if not topics:
            del self.fields["topics"]
        if event or len(schools) == 1:
            self.only = event.school if event else schools[0]
            del self.fields["school"]
        else:
            self.fields["school"].queryset = schools

    @property
    def chosen_school(self):
        return self.cleaned_data.get("school") or self.only

    def clean_held_on(self):
        held_on = self.cleaned_data["held_on"]
        year = timedelta(days=366)
        if not self.programme.starts_on - year <= held_on <= self.programme.ends_on + year:
            raise forms.ValidationError("日期离这次活动太远了，看看年份对不对。")
        return held_on

    def clean_minutes(self):
        minutes = self.cleaned_data["minutes"].strip()
        if holds_id_number(minutes):
            raise forms.ValidationError("纪要里像是有身份证号，请删去。系统不存证件号。")
        return minutes

    def clean_materials(self):
        materials = "\n".join(self.cleaned_data["materials"])
        if len(materials) > Event._meta.get_field("materials").max_length:
            raise forms.ValidationError("材料写得太长了，只写名称就好。")
        return materials

    def values(self):
        """For programmes.actions.event."""
        data = self.cleaned_data
        names = ("kind", "held_on", "place", "speaker", "materials", "minutes")
        return {name: data[name] for name in names} | {
            "title": data["title"] or self.kinds[data["kind"]],
            "topics": data.get("topics", []),
            "guests": data["guests"] or 0,
        }


def _values_of(event):
    names = ("kind", "title", "held_on", "place", "speaker", "topics", "minutes")
    lines = event.materials.splitlines()
    return {name: getattr(event, name) for name in names} | {"materials": lines, "guests": event.guests or None}
