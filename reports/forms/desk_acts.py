"""What the desk does with many schools at once, and the names of its views."""

from django import forms
from django.core.exceptions import ValidationError

from core.clock import today
from programmes.models import LatePass
from reports.actions.nudge import WORDS
from reports.actions.saved_view import NAME

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
REASON = LatePass._meta.get_field("reason").max_length
NOBODY = "nobody"


class NudgeForm(forms.Form):
    words = forms.CharField(
        label="附言", required=False, max_length=WORDS, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": f"附言最多{WORDS}字。"},
    )  # fmt: skip


class ExtendForm(forms.Form):
    """papers: [(code, label, until when the notice takes it)] of what has a deadline."""

    submission = forms.ChoiceField(
        label="材料", widget=forms.RadioSelect,
        error_messages={"required": "选一项材料。", "invalid_choice": "这次活动不收这项材料，换一项。"},
    )  # fmt: skip
    until = forms.DateField(
        label="延到哪天", widget=DAY, help_text="到这一天24:00。",
        error_messages={"required": "写上延到哪天。", "invalid": "日期写成 2022-10-12。"},
    )  # fmt: skip
    reason = forms.CharField(
        label="原因", max_length=REASON, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "写明延期的原因。", "max_length": f"原因最多{REASON}字。"},
    )  # fmt: skip

    def __init__(self, data=None, *, papers):
        super().__init__(data)
        self.fields["submission"].choices = [(code, label) for code, label, _ in papers]
        self.fields["submission"].choice_hints = {code: f"原来到{until}" for code, _, until in papers}

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until < today():
            raise ValidationError("这一天已经过了，改成以后的日子。")
        return until

    def show_errors(self, error):
        """Sentences of the act, at the field they speak of."""
        for name, texts in error.message_dict.items():
            self.add_error(name if name in self.fields else None, ValidationError(texts))


class DutyForm(forms.Form):
    reviewer = forms.ChoiceField(
        label="审核人", widget=forms.RadioSelect,
        error_messages={"required": "选一位审核人。", "invalid_choice": "这个人现在不在本局审核，换一位。"},
    )  # fmt: skip

    def __init__(self, data=None, *, reviewers):
        super().__init__(data)
        self.reviewers = {str(user.pk): user for user in reviewers}
        names = [(pk, user.name) for pk, user in self.reviewers.items()]
        self.fields["reviewer"].choices = [*names, (NOBODY, "不指定，谁都可以审")]

    def clean_reviewer(self):
        """The person, None for nobody."""
        return self.reviewers.get(self.cleaned_data["reviewer"])


class ViewForm(forms.Form):
    name = forms.CharField(
        label="视图名称", max_length=NAME,
        error_messages={"required": "给视图起个名。", "max_length": f"名称最多{NAME}个字。"},
    )  # fmt: skip
