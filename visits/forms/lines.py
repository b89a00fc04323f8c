"""Lines of a record: what parents said, what was agreed, what was given. A line without words is no line."""

from django import forms

from visits.actions.checks import LINES, OPINIONS
from visits.enums import Answerer, Promiser

DATE = {"type": "date"}


def area(rows, **attrs):
    """A field to type or dictate into: the keyboard of the phone does the hearing."""
    return forms.Textarea(attrs={"rows": rows, "lang": "zh-CN", "autocomplete": "off", **attrs})


class OpinionForm(forms.Form):
    text = forms.CharField(label="家长怎么说", required=False, widget=area(2), strip=True)
    category = forms.ChoiceField(label="哪方面", required=False)
    answerer = forms.ChoiceField(
        label="谁来答复", required=False, choices=Answerer.choices, initial=Answerer.SCHOOL, widget=forms.RadioSelect
    )

    def __init__(self, *args, categories, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", "选一类"), *((name, name) for name in categories)]

    def clean(self):
        if self.cleaned_data.get("text") and not self.cleaned_data.get("category") and not self.errors:
            self.add_error("category", "这条意见是哪方面的，选一类。")
        return self.cleaned_data

    def line(self):
        data = getattr(self, "cleaned_data", {})
        if not data.get("text"):
            return None
        return {
            "text": data["text"], "category": data.get("category", ""),
            "answerer": data.get("answerer") or Answerer.SCHOOL,
        }  # fmt: skip


class PromiseForm(forms.Form):
    text = forms.CharField(label="约定了什么", required=False, widget=area(2), strip=True)
    who = forms.ChoiceField(
        label="谁来做", required=False, choices=Promiser.choices, initial=Promiser.FAMILY, widget=forms.RadioSelect
    )
    due_on = forms.DateField(
        label="什么时候看", required=False, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        error_messages={"invalid": "日期写成2022-09-18这样。"},
    )  # fmt: skip

    def line(self):
        data = getattr(self, "cleaned_data", {})
        if not data.get("text"):
            return None
        return {"text": data["text"], "who": data.get("who") or Promiser.FAMILY, "due_on": data.get("due_on")}


class HelpForm(forms.Form):
    kind = forms.ChoiceField(label="哪一种", required=False)
    text = forms.CharField(label="内容", required=False, widget=forms.TextInput(attrs={"lang": "zh-CN"}))
    amount = forms.DecimalField(
        label="金额（元）", required=False, max_digits=9, decimal_places=2, min_value=0.01,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01", "min": "0.01"}),
        error_messages=dict.fromkeys(
            ("invalid", "max_digits", "max_decimal_places", "max_whole_digits", "min_value"),
            "金额写大于0的数，最多两位小数；没有就空着。",
        ),
    )  # fmt: skip

    def __init__(self, *args, kinds, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "选一种"), *((name, name) for name in kinds)]

    def clean(self):
        data = self.cleaned_data
        if (data.get("text") or data.get("amount")) and not data.get("kind") and not self.errors:
            self.add_error("kind", "这笔帮助是哪一种，选一下。")
        return data

    def line(self):
        data = getattr(self, "cleaned_data", {})
        if not (data.get("kind") or data.get("text") or data.get("amount")):
            return None
        return {"kind": data.get("kind", ""), "text": data.get("text", ""), "amount": data.get("amount")}


def _lines(form, most):
    return forms.formset_factory(form, extra=3, max_num=most, absolute_max=most)


OPINION_LINES = _lines(OpinionForm, OPINIONS)
PROMISE_LINES = _lines(PromiseForm, LINES)
HELP_LINES = _lines(HelpForm, LINES)


def line_sets(data, rules, initial):
    """{name of Entry: formset}. A page that sends none of a kind has none."""

    def made(factory, prefix, name, **kwargs):
        sent = data if data is not None and f"{prefix}-TOTAL_FORMS" in data else None
        if data is not None and sent is None:
            return factory(None, prefix=prefix, form_kwargs=kwargs)
        return factory(sent, prefix=prefix, initial=initial.get(name), form_kwargs=kwargs)

    return {
        "opinions": made(OPINION_LINES, "opinion", "opinions", categories=rules.opinion_categories or ["其他"]),
        "promises": made(PROMISE_LINES, "promise", "promises"),
        "help_given": made(HELP_LINES, "help", "help_given", kinds=rules.help_kinds),
    }
