from django import forms

from works.actions.showing import NO_REASON, READ_IT

TRUTH = "通读过，没有真实姓名、班级、日期、住址和电话"


class PublishForm(forms.Form):
    title = forms.CharField(
        label="题目", max_length=60, error_messages={"required": "题目不能空着。", "max_length": "题目最多60字。"}
    )
    body = forms.CharField(
        label="正文", max_length=20_000, widget=forms.Textarea(attrs={"rows": 18}),
        error_messages={"required": "正文不能空着。", "max_length": "正文最多2万字。"},
    )  # fmt: skip
    confirmed = forms.BooleanField(label=TRUTH, error_messages={"required": READ_IT})


class TakeDownForm(forms.Form):
    reason = forms.CharField(
        label="为什么撤下", max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": NO_REASON, "max_length": "最多200字。"},
    )  # fmt: skip


class ShowingFilter(forms.Form):
    """What the display may be asked for; anything else is as if not asked."""

    programme = forms.ChoiceField(required=False)
    kind = forms.ChoiceField(required=False)
    award = forms.ChoiceField(required=False)
    q = forms.CharField(required=False, max_length=40)

    def __init__(self, *args, programmes, kinds, awards, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = [("", "全部活动"), *programmes]
        self.fields["kind"].choices = [("", "全部种类"), *kinds]
        self.fields["award"].choices = [("", "全部等级"), *((award, award) for award in awards)]
