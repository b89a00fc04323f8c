"""What a teacher says about a hint, what the leader finds out, and what the addresses of lists may ask for."""

from django import forms
from django.core.exceptions import ValidationError

from honesty.actions.answer import NO_WORDS
from honesty.actions.answer import UNFIT as NO_REASON
from honesty.actions.conclude import NO_NOTE
from honesty.actions.conclude import UNFIT as NO_FINDING
from honesty.enums import REASONS, Finding, HintKind, HintState, Reason
from honesty.models import Hint
from honesty.queries.lists import TABS

LONGEST = {"answer": Hint._meta.get_field("answer").max_length, "note": Hint._meta.get_field("finding_note").max_length}


def words_field(label, longest):
    return forms.CharField(
        label=label, max_length=longest, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": f"最多{longest}个字，删短一些。"},
    )  # fmt: skip


class ActForm(forms.Form):
    def show_errors(self, error):
        """Sentences of the action, at the field they speak of."""
        for name, texts in error.message_dict.items():
            self.add_error(name if name in self.fields else None, ValidationError(texts))


class AnswerForm(ActForm):
    reason = forms.ChoiceField(
        label="是什么情况", widget=forms.RadioSelect, error_messages={"required": NO_REASON, "invalid_choice": NO_REASON}
    )
    text = words_field("再写一句", LONGEST["answer"])

    def __init__(self, data=None, *, hint):
        super().__init__(data, prefix="answer", initial={"reason": hint.reason, "text": hint.answer})
        self.fields["reason"].choices = [(reason.value, reason.label) for reason in REASONS[hint.kind]]

    def clean(self):
        values = super().clean()
        if values.get("reason") == Reason.OTHER and not values.get("text") and "text" not in self.errors:
            self.add_error("text", NO_WORDS)
        return values


class ConcludeForm(ActForm):
    """was: the state that was read; an answer given since then is told."""

    finding = forms.ChoiceField(
        label="核实结果", choices=Finding.choices, widget=forms.RadioSelect,
        error_messages={"required": NO_FINDING, "invalid_choice": NO_FINDING},
    )  # fmt: skip
    note = words_field("核实情况", LONGEST["note"])
    was = forms.CharField(widget=forms.HiddenInput, required=False)
    choice_hints = {
        Finding.FINE: "走访是真的，记录没有问题",
        Finding.MENDED: "有问题，老师已经改好",
        Finding.AGAIN: "马上通知老师",
    }

    def __init__(self, data=None, *, hint):
        super().__init__(data, prefix="conclude", initial={"was": hint.state})
        self.fields["finding"].choice_hints = self.choice_hints
        self.unanswered = hint.state == HintState.TOLD

    def clean(self):
        values = super().clean()
        if self.unanswered and not values.get("note") and "note" not in self.errors:
            self.add_error("note", NO_NOTE)
        return values


class ListForm(forms.Form):
    """What the address of the school's list asks for; nonsense is as if it were not there."""

    kind = forms.ChoiceField(required=False, choices=HintKind.choices)
    tab = forms.ChoiceField(required=False, choices=[(code, label) for code, (label, _) in TABS.items()])
