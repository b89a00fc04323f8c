"""What a record must hold before it is written, and what is only worth a second look. Plain sentences."""

import re
from datetime import timedelta
from decimal import Decimal

from core import formats
from core.clock import local_date, now
from core.private import holds_id_number
from programmes.enums import Mode
from visits.enums import LateReason, Outcome, Promiser

PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
LONG = timedelta(hours=6)
YEAR = timedelta(days=366)
OPINION_CHARS = 1000
GIFT = "勾选“没有接受宴请和礼物”。"
OPINIONS = 10
LINES = 10  # promises, help given
LINE_CHARS = 200
STRENGTHS_CHARS = 300
OBSERVED_CHARS = 1000
PREPARATION_CHARS = 2000
MOST_MONEY = Decimal("9999999.99")
NO_NUMBERS = "里像是有身份证号，请删去。系统不存证件号。"


def problems(programme, fields, entry, *, recorded_at=None):
    """{field name: sentence} of what must be repaired; {} when the record can be written.

    fields: the record form (code, label, required, max_chars). Field names are those of visits.forms.VisitForm.
    recorded_at: when the record was first written; lateness and coming days are told from there.
    """
    found = {}
    rules = programme.rules
    written_on = local_date(recorded_at or now())
    if entry.mode not in {rule.code for rule in rules.visit.modes}:
        found["mode"] = "选一下走访方式。"
    found |= _times(programme, entry.started_at, entry.ended_at)
    if entry.started_at and not found and is_late(programme, entry.started_at, recorded_at):
        if entry.late_reason not in LateReason.values:
            days = rules.visit.record_within_days
            found["late_reason"] = f"走访过去{late_days(entry.started_at, recorded_at)}天了，超过{days}天的选一个补记原因。"
    for field in fields:
        text = entry.texts.get(field.code, "").strip()
        if not text and field.required:
            found[f"text_{field.code}"] = f"还没有写“{field.label}”。"
        elif len(text) > field.max_chars:
            found[f"text_{field.code}"] = f"“{field.label}”最多{field.max_chars}字，现在{len(text)}字。"
        elif holds_id_number(text):
            found[f"text_{field.code}"] = f"“{field.label}”{NO_NUMBERS}"
    found |= _observed(rules.record.observations, entry.observations)
    if set(entry.checklist) - {item.code for group in rules.checklist for item in group.items}:
        found["checklist"] = "有一项聊到的内容不在本次活动里，请重新勾选。"
    if set(entry.materials) - {item.code for item in rules.materials}:
        found["materials"] = "有一样材料不在本次活动里，请重新勾选。"
    if rules.visit.gift_statement and not entry.gift_declined:
        found["gift_declined"] = GIFT
    lines = {
        "opinions": _opinions(entry.opinions),
        "promises": _promises(entry.promises, written_on),
        "help_given": _help(rules.help_kinds, entry.help_given),
        "notes": _notes(entry.notes),
        "preparation": _words("备课", entry.preparation or "", PREPARATION_CHARS),
    }
    found |= {name: sentence for name, sentence in lines.items() if sentence}
    found |= _follow_up(entry, written_on)
    if set(entry.outcomes.values()) - set(Outcome.values):
        found["outcomes"] = "上次约定的结果选一个：坚持了、断断续续、没做。"
    return found


def late_days(started_at, recorded_at=None):
    return (local_date(recorded_at or now()) - local_date(started_at)).days


def is_late(programme, started_at, recorded_at=None):
    """Written later than the programme's days after the visit: one word says why."""
    return late_days(started_at, recorded_at) > programme.rules.visit.record_within_days


def _words(label, text, most):
    """The sentence on a text that is too long or holds an ID number, else None."""
    if len(text) > most:
        return f"“{label}”最多{most}字，现在{len(text)}字。"
    return f"“{label}”{NO_NUMBERS}" if holds_id_number(text) else None


def _observed(asked, written):
    labels = {item.code: item.label for item in asked}
    found = {}
    for code, text in written.items():
        if code not in labels:
            return {"observations": "有一项观察不在本次活动里，去掉再提交。"}
        if sentence := _words(labels[code], text, OBSERVED_CHARS):
            found[f"observed_{code}"] = sentence
    return found


def _opinions(lines):
    if len(lines) > OPINIONS:
        return f"一次最多记{OPINIONS}条意见，其余的可以写进“过程”。"
    if any(len(line["text"]) > OPINION_CHARS for line in lines):
        return f"一条意见最多{OPINION_CHARS}字，可以分成几条。"
    if any(holds_id_number(line["text"]) for line in lines):
        return f"意见{NO_NUMBERS}"
    return None


def _promises(lines, written_on):
    if len(lines) > LINES:
        return f"一次最多记{LINES}条约定。"
    for line in lines:
        if not line["text"].strip() or line["who"] not in Promiser.values:
            return "约定要写清谁来做、做什么。"
        if sentence := _words("约定", line["text"], LINE_CHARS):
            return sentence
        due_on = line.get("due_on")
        if due_on and due_on < written_on:
            return f"约定看结果的日子{formats.day(due_on)}已经过了，选今天以后的。"
        if due_on and due_on > written_on + YEAR:
            return "约定看结果的日子太远了，看看年份对不对。"
    return None


def _help(kinds, lines):
    if len(lines) > LINES:
        return f"一次最多记{LINES}笔帮助。"
    for line in lines:
        if line["kind"] not in kinds:
            return "有一笔帮助没有选是哪一种。"
        if sentence := _words("帮助的内容", line.get("text", ""), LINE_CHARS):
            return sentence
        amount = line.get("amount")
        if amount is not None and not (0 < amount <= MOST_MONEY and amount == round(amount, 2)):
            return "金额写大于0的数，最多两位小数；没有就空着。"
    return None


def _notes(notes):
    for note in notes:
        sentence = _words("优点和长处", note.get("strengths", ""), STRENGTHS_CHARS) or _words(
            "单独记的话", note.get("text", ""), OBSERVED_CHARS
        )
        if sentence:
            return sentence
    return None


def _follow_up(entry, written_on):
    on, note = entry.follow_up_on, entry.follow_up_note
    found = {}
    if on and on <= written_on:
        found["follow_up_on"] = "回访选今天以后的日子。"
    elif on and on > written_on + YEAR:
        found["follow_up_on"] = "回访的日子太远了，看看年份对不对。"
    elif note and not on:
        found["follow_up_on"] = "写了回访看什么，再选一个日子。"
    if sentence := _words("回访看什么", note, LINE_CHARS):
        found["follow_up_note"] = sentence
    return found


def _times(programme, started_at, ended_at):
    today = local_date(now())
    if started_at is None:
        return {"start": "填上开始的时间。"}
    day = local_date(started_at)
    if day > today:
        return {"day": f"这是将来的时间。今天是{formats.day(today)}。"}
    if day < programme.starts_on - timedelta(days=366):
        return {"day": "日期太早了，看看年份对不对。"}
    clock = formats.clock(now())
    if started_at > now():
        return {"start": f"这是将来的时间。现在是{clock}。"}
    if ended_at is None:
        return {"end": "填上结束的时间。"}
    if ended_at < started_at:
        return {"end": f"结束早于开始的{formats.clock(started_at)}，改一下其中一个。"}
    if ended_at > now():
        return {"end": f"这是将来的时间。现在是{clock}，走访结束后再提交。"}
    return {}


def hints(programme, *, mode, started_at, ended_at, visitors, texts, recorded_at=None, overlaps=()):
    """Sentences worth a second look; none of them stops a record. visitors: how many went, the lead included.
    overlaps: sentences of visits.queries.overlap."""
    rules = programme.rules.visit
    day = local_date(started_at)
    found = []
    if day > programme.ends_on:
        last = formats.day(programme.ends_on)
        found.append(f"{formats.day(day)}在截止日{last}之后，算补访：记录会保存，不计入覆盖率。")
    elif day < programme.starts_on:
        first = formats.day(programme.starts_on)
        found.append(f"{formats.day(day)}在活动开始（{first}）之前：记录会保存，不计入覆盖率。")
    elif mode not in programme.rules.counted_modes:
        found.append(f"{mode_label(programme, mode)}不计入覆盖率，记录照样保存。")
    if mode in (Mode.IN_PERSON, Mode.NEARBY) and visitors < rules.min_visitors:
        found.append(f"这次只有{visitors}位老师，一般要{rules.min_visitors}位同去。")
    if ended_at is not None and ended_at - started_at < timedelta(minutes=programme.rules.hints.shorter_than_minutes):
        found.append(f"只有{int((ended_at - started_at).total_seconds() // 60)}分钟，看看时间填对没有。")
    if ended_at is not None and ended_at - started_at > LONG:
        found.append("超过6小时了，看看时间填对没有。")
    if is_late(programme, started_at, recorded_at):
        late = late_days(started_at, recorded_at)
        found.append(f"走访过去{late}天了，一般{rules.record_within_days}天内记好。记录照样保存。")
    if any(PHONE.search(text) for text in texts.values()):
        found.append("文字里像是有手机号。不需要的话删去。")
    return found + list(overlaps)


def mode_label(programme, mode):
    """As the notice calls it; a mode it no longer has, by the usual word."""
    rule = next((rule for rule in programme.rules.visit.modes if rule.code == mode), None)
    return rule.name if rule else Mode(mode).label
