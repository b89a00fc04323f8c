"""What the acts on a hint share."""

from django.core.exceptions import ValidationError
from django.urls import reverse

from honesty.models import Hint
from schools.actions.decide import decide


def locked(hint):
    """The row as it is now, held until the end of the transaction."""
    rows = Hint.objects.select_for_update(of=("self",)).select_related("programme", "school", "teacher")
    return rows.get(pk=hint.pk)


def clean_words(text, column, name):
    """Without spaces around it; too long for the column is told under the form's `name`."""
    text = (text or "").strip()
    longest = Hint._meta.get_field(column).max_length
    if len(text) > longest:
        raise ValidationError({name: f"最多{longest}个字，现在有{len(text)}个。"})
    return text


def said(label, text):
    return f"{label}：{text}" if text else label


def decide_with_words(hint, moves, verb, words, **changes):
    """decide(); the words stay with the decision, for the hint's own page. They may name a pupil, so the log, which the
    bureau reads, and the notice, which may leave as mail, go without them."""
    decision = decide(hint, moves, verb, **changes)
    decision.reason = words
    decision.save(update_fields=["reason"])
    return decision


def address(hint):
    return reverse("honesty:hint", args=[hint.pk])
