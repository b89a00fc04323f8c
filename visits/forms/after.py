"""What comes after a record: reasons, and what the list of records may ask for."""

from django import forms

from visits.actions.checks import mode_label
from visits.enums import VisitState


class ReasonForm(forms.Form):
    """Why a record goes back or is voided; the author reads it."""

    reason = forms.CharField(
        label="原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "写明原因，老师才知道改什么。", "max_length": "最多300字。"},
    )  # fmt: skip


class RecordFilter(forms.Form):
    """What the address of the list of records may ask for; nonsense is left out."""

    RETURNED, UNCOUNTED, MINE = "returned", "uncounted", "mine"
    STATES = [
        ("", "全部"), (MINE, "我去过的"), (RETURNED, "退回待改"), (UNCOUNTED, "不计入"), (VisitState.VOIDED, "已作废"),
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
