from django import forms

from visits.actions.prepare import LONGEST


class PreparationForm(forms.Form):
    text = forms.CharField(
        label="备课", required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="准备怎么开口、夸什么、商量什么。只有去的老师和看得到这条家访的人能看。",
        error_messages={"max_length": "备课最多%(limit_value)d字，现在%(show_value)d字。"},
    )  # fmt: skip
