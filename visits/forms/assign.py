"""What the class head sends from the board: pupils ticked, the proposal as it was shown, a visitor, a last day."""

from django import forms

from core.clock import today
from core.formats import day

MOST = 300  # pupils of one class


class AssignForm(forms.Form):
    """mode: auto (by mentor and load) or hand. plan: the proposal that was shown, "pupil:visitor" with blanks between.
    last_day: of the coverage deadline. visitors: choices for hand."""

    AUTO, HAND = "auto", "hand"

    mode = forms.ChoiceField(choices=[(AUTO, ""), (HAND, "")], required=False)
    plan = forms.CharField(required=False)
    visitor = forms.TypedChoiceField(
        label="走访老师", coerce=int, required=False, empty_value=None,
        error_messages={"invalid_choice": "这位老师不在本校，换一位。"},
    )  # fmt: skip
    visit_by = forms.DateField(
        label="最晚走访", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期没有看懂，写成2022-09-27这样。"},
    )  # fmt: skip

    def __init__(self, data=None, *, last_day, visitors=(), **kwargs):
        super().__init__(data, **kwargs)
        self.last_day = last_day
        self.fields["visitor"].choices = [("", "选一位老师"), *visitors]
        attrs = self.fields["visit_by"].widget.attrs
        attrs["min"] = today().isoformat()
        if last_day >= today():
            attrs["max"] = last_day.isoformat()

    def clean_visit_by(self):
        value = self.cleaned_data["visit_by"]
        if value and value < today():
            raise forms.ValidationError(f"这一天已经过了。今天是{day(today())}。")
        if value and today() <= self.last_day < value:
            raise forms.ValidationError(f"走访截止是{day(self.last_day)}，选这天或更早。")
        return value

    def clean(self):
        data = super().clean()
        if data.get("mode") == self.HAND and not data.get("visitor") and "visitor" not in self.errors:
            self.add_error("visitor", "还没有选走访老师。")
        return data

    def pairs(self):
        """[(pupil id, visitor id)] as shown; by hand all go to the chosen visitor."""
        visitor = self.cleaned_data.get("visitor") if self.cleaned_data.get("mode") == self.HAND else None
        found = {}
        for word in self.cleaned_data["plan"].split()[:MOST]:
            pupil, _, shown = word.partition(":")
            for_visitor = visitor or (int(shown) if is_id(shown) else None)
            if is_id(pupil) and for_visitor:
                found[int(pupil)] = for_visitor
        return list(found.items())


def is_id(text):
    return text.isascii() and text.isdecimal() and len(text) < 19


def numbers(texts):
    return sorted({int(text) for text in texts if is_id(text)})[:MOST]


def join(ids):
    return " ".join(str(pk) for pk in ids)
