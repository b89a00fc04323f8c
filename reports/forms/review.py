"""The desk's review: what is listed, and what is decided."""

from django import forms

MAX = 300
REASON = {"required": "写明退回原因，学校才知道改什么。", "max_length": f"最多{MAX}字。"}
QUICK = {
    "report": ["数据和系统不一致", "有部分没写全", "含个人信息"],
    "plan": ["分工不清楚", "时间安排不具体", "内容没写全"],
}
QUICK_WORK = ["事例再写具体些", "含个人信息", "推荐意见太简单"]


class DecisionForm(forms.Form):
    """version, was: what the reviewer read. The usual reasons with one tap, words for the rest."""

    VERBS = ["accept", "return", "recommend", "award"]

    verb = forms.ChoiceField(choices=[(one, one) for one in VERBS])
    version = forms.IntegerField(required=False, min_value=0)
    was = forms.CharField(required=False, max_length=12)
    quick = forms.MultipleChoiceField(label="哪里要改", required=False, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label="意见", max_length=MAX, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="退回时必填，学校看得到。", error_messages=REASON,
    )  # fmt: skip
    label = forms.ChoiceField(label="等级", required=False)

    def __init__(self, data=None, *, tab, labels=()):
        super().__init__(data, auto_id="decide-%s")
        if not labels:
            self.fields["verb"].choices = [(one, one) for one in self.VERBS if one != "award"]
        self.fields["quick"].choices = [(text, text) for text in QUICK.get(tab, QUICK_WORK)]
        self.fields["label"].choices = [("", "选等级"), *((text, text) for text in labels)]

    def clean(self):
        values = super().clean()
        verb = values.get("verb")
        if verb == "return":
            reason = "；".join([*values.get("quick", ()), values.get("reason", "").strip()]).strip("；")
            if not reason and "reason" not in self.errors:
                self.add_error("reason", REASON["required"])
            elif len(reason) > MAX:
                self.add_error("reason", REASON["max_length"])
            values["reason"] = reason
        if verb == "award" and not values.get("label"):
            self.add_error("label", "先选表彰的等级。")
        return values

    def facts(self):
        """What the act takes besides the row."""
        values = self.cleaned_data
        found = {"version": values["version"], "was": values["was"] or None}
        if values["verb"] == "return":
            found["reason"] = values["reason"]
        if values["verb"] == "award":
            found["label"] = values["label"]
        return found
