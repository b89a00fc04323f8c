"""教师走访情况表: counted, shown to the teacher, agreed or objected, answered, final (S49–S52).

Facts come from reports.queries.assessment alone. What was objected and answered stays in the Decisions, whatever is
counted again afterwards. Each verb is one transaction on the locked row; the same call twice is one.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from core.access import authorize
from core.audit import record_each
from core.clock import local_date, now, today
from core.formats import day
from core.states import WrongState
from programmes.enums import ProgrammeState
from reports.enums import STATEMENT_MOVES, StatementState
from reports.models import Statement
from reports.queries.assessment import facts_of, teachers_of
from schools.actions.decide import decide, decide_each
from schools.enums import Role
from schools.models import Post, School

S = StatementState
SAY_WHAT = "写明哪一条不对、应该是多少，学校才知道查什么。"
SAY_ANSWER = "写几句答复，老师才知道查得怎么样。"
SAY_WHY = "写明为什么重新打开。"
OWN = "自己提的异议，由另一位学校负责人答复。"
IS_FINAL = "你的走访情况表定稿了。"
WEIGHED = "活动设置里“留痕权重”不是0。按规定留痕不计入考核，请区里改回0再算。"


@dataclass
class Outcome:
    done: int = 0
    left: int = 0  # not touched: already shown, objected or final


@transaction.atomic
def count_statements(programme, school, *, by):
    """Every teacher of the school who visits gets a statement; those not shown yet are counted again → Outcome."""
    _may_run(programme, school, by)
    moment = now()
    School.objects.select_for_update(of=("self",)).get(pk=school.pk)  # two leaders press at once
    teachers = list(teachers_of(programme, school).values_list("pk", flat=True))
    rows = list(Statement.objects.filter(programme=programme, school=school).select_for_update(of=("self",)))
    open_rows = [row for row in rows if row.state == S.COUNTED]
    known = {row.teacher_id for row in rows}
    new = [pk for pk in teachers if pk not in known]
    facts = facts_of(programme, school, [*new, *(row.teacher_id for row in open_rows)])
    version = programme.rules.assessment.version
    for row in open_rows:
        row.facts, row.counted_at, row.rule_version = facts[row.teacher_id], moment, version
    Statement.objects.bulk_update(open_rows, ["facts", "counted_at", "rule_version"])
    made = Statement.objects.bulk_create(
        Statement(
            programme=programme, authority_id=school.authority_id, school=school, teacher_id=pk, facts=facts[pk],
            counted_at=moment, rule_version=version, created_at=moment,
        )
        for pk in new
    )  # fmt: skip
    record_each([*made, *open_rows], "statement.count", by=by, rule=version)
    return Outcome(len(made) + len(open_rows), len(rows) - len(open_rows))


@transaction.atomic
def show_statements(programme, school, *, by):
    """Each teacher is asked to look at the own one → how many were shown."""
    _may_run(programme, school, by)
    rows = _of_school(programme, school).filter(state=S.COUNTED)
    settled = decide_each(
        rows, STATEMENT_MOVES, "show", by=by, level="school", shown_at=now(), agreed_at=None, users=_teacher,
        text=_look(programme), url=address,
    )  # fmt: skip
    return len(settled.done)


@transaction.atomic
def show_statement(statement, *, by):
    row = _locked(statement)
    authorize(by, "reports.run_statements", row)
    if row.state != S.SHOWN:
        _show(row, by)
    return row


@transaction.atomic
def recount_statement(statement, *, by):
    """Count again; it waits to be shown anew. The objection stays with the row and its history."""
    row = _locked(statement)
    authorize(by, "reports.run_statements", row)
    decide(row, STATEMENT_MOVES, "recount", by=by, level="school", agreed_at=None, **_counted(row))
    return row


@transaction.atomic
def agree_statement(statement, *, by):
    row = _locked(statement)
    authorize(by, "reports.answer_own_statement", row)
    if row.state == S.SHOWN and row.agreed_at:
        return row
    decide(row, STATEMENT_MOVES, "agree", by=by, level="author", agreed_at=now())
    return row


@transaction.atomic
def object_to_statement(statement, *, by, words):
    """提出异议: with words; until it is answered nothing becomes final."""
    row = _locked(statement)
    authorize(by, "reports.answer_own_statement", row)
    words = (words or "").strip()
    if not words:
        raise ValidationError({"words": SAY_WHAT})
    if row.state == S.OBJECTED and row.objection == words[:500]:
        return row
    decide(
        row, STATEMENT_MOVES, "object", by=by, level="author", reason=words, objected_at=now(), objection=words[:500],
        agreed_at=None, answer="", answered_at=None, answered_by=None, users=_leaders(row, but=by),
        text=f"{by.name}老师对走访情况表有异议，看一看再答复。", url=address(row),
    )  # fmt: skip
    return row


@transaction.atomic
def answer_objection(statement, *, by, words, recount=False):
    """The leader explains, or counts again: the teacher looks once more, with all the days for it."""
    row = _locked(statement)
    authorize(by, "reports.run_statements", row)
    if row.teacher_id == by.pk:
        raise WrongState(OWN)
    words = (words or "").strip()
    if not words:
        raise ValidationError({"words": SAY_ANSWER})
    if row.state == S.SHOWN and (row.answered_by_id, row.answer) == (by.pk, words[:500]):
        return row
    counted = _counted(row) if recount else {}
    decide(
        row, STATEMENT_MOVES, "answer", by=by, level="school", reason=words, answer=words[:500], answered_at=now(),
        answered_by=by, shown_at=now(), users=[row.teacher_id], text=f"你对走访情况表的异议有了答复：{words}"[:300],
        url=address(row), **counted,
    )  # fmt: skip
    return row


@transaction.atomic
def finish_statement(statement, *, by):
    """定稿: when the teacher has agreed, or the days for objecting are over."""
    row = _locked(statement)
    authorize(by, "reports.run_statements", row)
    if row.state == S.FINAL:
        return row
    if row.state == S.SHOWN and (why := not_yet(row)):
        raise WrongState(why)
    _finish(row, by)
    return row


@transaction.atomic
def finish_statements(programme, school, *, by):
    """All that may be → Outcome; the others wait for their teacher or their day."""
    _may_run(programme, school, by)
    settled = decide_each(
        _of_school(programme, school).exclude(state=S.FINAL), STATEMENT_MOVES, "finish", by=by, level="school", but=not_yet,
        final_at=now(), final_by=by, users=_teacher, text=IS_FINAL, url=address,
    )  # fmt: skip
    return Outcome(len(settled.done), len(settled.refused))


@transaction.atomic
def revise_statement(statement, *, by, reason):
    """重新打开 a final one, with the reason; it is counted anew and shown again."""
    row = _locked(statement)
    authorize(by, "reports.run_statements", row)
    reason = (reason or "").strip()
    if not reason:
        raise ValidationError({"reason": SAY_WHY})
    decide(
        row, STATEMENT_MOVES, "revise", by=by, level="school", reason=reason, agreed_at=None, final_at=None, final_by=None,
        users=[row.teacher_id], text=f"你的走访情况表重新打开了：{reason}"[:300], url=address(row), **_counted(row),
    )  # fmt: skip
    return row


def last_day(statement):
    """The last day on which the teacher may object, None before it is shown."""
    if statement.shown_at is None:
        return None
    return local_date(statement.shown_at) + timedelta(days=statement.programme.rules.assessment.objection_days)


def not_yet(statement):
    """Why a shown statement cannot be final, "" when it can."""
    until = last_day(statement)
    if statement.agreed_at or today() > until:
        return ""
    return f"{statement.teacher.name}老师还没有确认。本人确认后，或者{day(until)}过后，就能定稿。"


def address(statement):
    return reverse("reports:statement", args=[statement.pk])


def _show(row, by):
    decide(
        row, STATEMENT_MOVES, "show", by=by, level="school", shown_at=now(), agreed_at=None, users=_teacher(row),
        text=_look(row.programme), url=address(row),
    )  # fmt: skip


def _look(programme):
    until = local_date(now()) + timedelta(days=programme.rules.assessment.objection_days)
    return f"你的走访情况表算好了，看一看对不对。有不对的，{day(until)}前提出来。"


def _finish(row, by):
    decide(
        row, STATEMENT_MOVES, "finish", by=by, level="school", final_at=now(), final_by=by, users=_teacher(row),
        text=IS_FINAL, url=address(row),
    )  # fmt: skip


def _teacher(row):
    return [row.teacher_id]


def _counted(row):
    """What a new count writes."""
    facts = facts_of(row.programme, row.school, [row.teacher_id])[row.teacher_id]
    return {"facts": facts, "counted_at": now(), "rule_version": row.programme.rules.assessment.version}


def _may_run(programme, school, by):
    authorize(by, "reports.run_statements")
    if school.pk not in by.reach.leader_schools or school.authority_id != programme.authority_id:
        raise PermissionDenied("reports.run_statements")
    if programme.state == ProgrammeState.DRAFT:
        raise WrongState("活动还没有开始。")
    if programme.rules.assessment.paperwork_weight:
        raise WrongState(WEIGHED)


def _of_school(programme, school):
    """The programme is one object for all of them, so that its rules are read once."""
    return Statement.objects.filter(programme=programme, school=school).prefetch_related("programme", "teacher")


def _locked(statement):
    rows = Statement.objects.select_for_update(of=("self",)).select_related("programme", "school", "teacher")
    return rows.get(pk=statement.pk)


def _leaders(row, *, but):
    posts = Post.objects.active().filter(school_id=row.school_id, role=Role.SCHOOL_LEADER).exclude(user=but)
    return list(posts.order_by("user_id").values_list("user_id", flat=True).distinct())
