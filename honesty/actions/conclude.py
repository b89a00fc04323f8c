"""What the school's leader finds out about a hint: kept, with what was found before it, and for ten seconds undone."""

from django.core.exceptions import ValidationError
from django.db import transaction

from core import formats
from core.access import authorize
from core.clock import now
from core.states import WrongState, can_move, move
from honesty.actions.parts import address, clean_words, decide_with_words, locked, said
from honesty.enums import HINT_MOVES, OPEN_STATES, Finding, HintState
from honesty.models import SchoolLook
from schools.actions.decide import MOVED_ON, decide, last_decision, undo

AGAIN = "学校核实了1条真实性提醒，有记录需要补访或重写，看一看是哪几条。"
UNFIT = "选一个核实结果。"
NO_NOTE = "老师还没有说明。写一句老师怎么说的。"
ANSWERED = "老师刚说明了情况，看过再核实。"
UNDOABLE = {"conclude", "reopen_told", "reopen_answered"}


@transaction.atomic
def conclude(hint, *, by, finding, note="", was=""):
    """核实: one of three findings; without an answer of the teacher a note says what the teacher said. The same twice is once.

    was: the state that was read; an answer given since then is told. 需要补访或重写 tells the teacher.
    """
    hint = locked(hint)
    authorize(by, "honesty.conclude", hint)
    note = clean_words(note, "finding_note", "note")
    if (hint.state, hint.concluded_by_id, hint.finding, hint.finding_note) == (HintState.CONCLUDED, by.pk, finding, note):
        return hint
    if not can_move(hint, HINT_MOVES, "conclude"):
        move(hint, HINT_MOVES, "conclude")  # says what it is now
    if was == HintState.TOLD and hint.state == HintState.ANSWERED:
        raise WrongState(ANSWERED)
    if hint.leader_from > now():
        raise WrongState(f"先等老师说明，{formats.day(hint.leader_from)}起学校可以核实。")
    if finding not in Finding.values:
        raise ValidationError({"finding": UNFIT})
    if hint.state == HintState.TOLD and not note:
        raise ValidationError({"note": NO_NOTE})
    decide_with_words(
        hint, HINT_MOVES, "conclude", said(Finding(finding).label, note), by=by, level="school", finding=finding,
        finding_note=note, concluded_by=by, concluded_at=now(), weight=hint.hint_visits.count(), users=[hint.teacher_id],
        text=AGAIN if finding == Finding.AGAIN else "", url=address(hint), undoable=True,
    )  # fmt: skip
    return hint


@transaction.atomic
def reopen(hint, *, by):
    """重新核实: as it was before the conclusion, which stays in the history. Twice is once."""
    # What it spoke of may have been mended since: the next look finds out. It holds this row before it holds hints.
    SchoolLook.objects.filter(programme_id=hint.programme_id, school_id=hint.school_id).delete()
    hint = locked(hint)
    authorize(by, "honesty.conclude", hint)
    verb = "reopen_answered" if hint.answered_at else "reopen_told"
    if hint.state in OPEN_STATES and (last := last_decision(hint)) and (last.verb, last.by_id) == (verb, by.pk):
        return hint
    decide(
        hint, HINT_MOVES, verb, by=by, level="school", finding="", finding_note="", concluded_by=None, concluded_at=None,
        weight=0,
    )  # fmt: skip
    return hint


@transaction.atomic
def undo_conclusion(hint, *, by, batch=None):
    """撤销 within ten seconds: the last conclusion or reopening, if it is this person's. batch: the one that is meant."""
    hint = locked(hint)
    authorize(by, "honesty.conclude", hint)
    decision = last_decision(hint)
    if decision is None or decision.verb not in UNDOABLE:
        raise WrongState(MOVED_ON)
    undo(hint, by=by, batch=batch)
    return hint

