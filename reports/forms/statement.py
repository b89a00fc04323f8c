from django import forms

from reports.actions.statement import SAY_ANSWER, SAY_WHAT, SAY_WHY


def words(label, missing):
    return forms.CharField(
        label=label, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": missing, "max_length": "最多500字。"},
    )  # fmt: skip


class ObjectionForm(forms.Form):
    words = words("哪里不对", SAY_WHAT)


class AnswerForm(forms.Form):
    words = words("答复", SAY_ANSWER)
    recount = forms.BooleanField(label="按现在的记录重新算一遍", required=False)


class ReviseForm(forms.Form):
    reason = words("为什么重新打开", SAY_WHY)
