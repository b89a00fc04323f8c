"""Outside text into clean data: a school's changes to the record form, and deadlines as people say them."""

from datetime import datetime, time

from django import forms

from programmes.config.days import ZONE, last_day_before, midnight_after
from programmes.models import Deadline

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
