"""What a teacher says about a hint on the own records."""

from django.core.exceptions import ValidationError
from django.db import transaction

from core.access import authorize
from core.clock import now
from core.states import can_move
from honesty.actions.parts import clean_words, decide_with_words, locked, said
from honesty.enums import HINT_MOVES, REASONS, HintState, Reason

UNFIT = "选一个符合的情况。"
NO_WORDS = "写一句是怎么回事。"


@transaction.atomic
def answer(hint, *, by, reason, text=""):
    """说明: one of the reasons that fit the kind, and a line of the own; 别的原因 needs the line. From here on the school's
    leader sees the hint. May be said anew until it is concluded; the same twice is once."""
    hint = locked(hint)
    authorize(by, "honesty.answer", hint)
    text = clean_words(text, "answer", "text")
    if reason not in REASONS[hint.kind]:
        raise ValidationError({"reason": UNFIT})
    if reason == Reason.OTHER and not text:
        raise ValidationError({"text": NO_WORDS})
    if hint.state == HintState.ANSWERED and (hint.reason, hint.answer) == (reason, text):
        return hint
    moment = now()
    if can_move(hint, HINT_MOVES, "answer"):
        hint.reason = reason  # decide() has an argument of this name, which is not this column
        hint.save(update_fields=["reason"])
    decide_with_words(
        hint, HINT_MOVES, "answer", said(Reason(reason).label, text), by=by, level="author", answer=text,
        answered_at=moment, leader_from=min(hint.leader_from, moment),
    )  # fmt: skip
    return hint
