"""What the office above gave a work that was sent on to it."""

from django import forms

from core.clock import today
from works.forms.school import DAY, ActForm
from works.models import Work
from works.queries.quota import rule_of

LONGEST = Work._meta.get_field("upper_award").max_length


class UpperAwardForm(ActForm):
    """For the administration: one label and one day for all that are chosen."""

    label = forms.CharField(
        label="等级", max_length=LONGEST, help_text="例如：一等奖。",
        error_messages={"required": "写明评的等级。", "max_length": f"等级最多{LONGEST}个字。"},
    )  # fmt: skip
    on = forms.DateField(
        label="评定日期", initial=today, widget=DAY,
        error_messages={"required": "写上日期。", "invalid": "日期写成 2022-09-28。"},
    )  # fmt: skip


class UpperResultForm(UpperAwardForm):
    """One of the notice's labels with a tap, or another word."""

    pick = forms.ChoiceField(label="等级", required=False, widget=forms.RadioSelect)
    field_order = ["pick", "label", "on"]

    def __init__(self, data=None, *, work, **options):
        super().__init__(data, **options)
        rule = rule_of(work.programme, work.kind)
        labels = [one.label for one in rule.judging.awards] if rule else []
        if labels:
            self.fields["pick"].choices = [(label, label) for label in labels]
            self.fields["label"].label, self.fields["label"].required = "写别的等级", False
            self.fields["label"].help_text = ""
        else:
            del self.fields["pick"]
        known = work.upper_award in labels
        self.initial = {"pick": work.upper_award if known else "", "label": "" if known else work.upper_award}
        self.initial["on"] = work.upper_award_on or today()

    def clean(self):
        values = super().clean()
        label = (values.get("label") or "").strip() or values.get("pick", "")
        if not label and not self.errors.get("label") and not self.errors.get("pick"):
            self.add_error("pick" if "pick" in self.fields else "label", "选一个等级，或者写上。")
        return values | {"label": label}

    def facts(self):
        return {"label": self.cleaned_data["label"], "on": self.cleaned_data["on"]}
