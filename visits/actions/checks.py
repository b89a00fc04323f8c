"""What a record must hold before it is written, and what is only worth a second look. Plain sentences."""

import re
from datetime import timedelta

from core import formats
from core.clock import local_date, now
from programmes.enums import Mode

ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
LONG = timedelta(hours=6)
OPINION_CHARS = 1000
GIFT = "勾选“没有接受宴请和礼物”。"
OPINIONS = 10


def problems(programme, fields, *, mode, started_at, ended_at, texts, checklist, gift_declined, opinions):
    """{field name: sentence} of what must be repaired; {} when the record can be written.

    fields: the record form (code, label, required, max_chars). Field names are those of visits.forms.VisitForm.
    """
    found = {}
    if mode not in {rule.code for rule in programme.rules.visit.modes}:
        found["mode"] = "选一下走访方式。"
    found |= _times(programme, started_at, ended_at)
    for field in fields:
        text = texts.get(field.code, "").strip()
        if not text and field.required:
            found[f"text_{field.code}"] = f"还没有写“{field.label}”。"
        elif len(text) > field.max_chars:
            found[f"text_{field.code}"] = f"“{field.label}”最多{field.max_chars}字，现在{len(text)}字。"
        elif ID_NUMBER.search(text):
            found[f"text_{field.code}"] = f"“{field.label}”里像是有身份证号，请删去。系统不存证件号。"
    if set(checklist) - {item.code for group in programme.rules.checklist for item in group.items}:
        found["checklist"] = "有一项聊到的内容不在本次活动里，请重新勾选。"
    if programme.rules.visit.gift_statement and not gift_declined:
        found["gift_declined"] = GIFT
    if len(opinions) > OPINIONS:
        found["opinions"] = f"一次最多记{OPINIONS}条意见，其余的可以写进“过程”。"
    elif any(len(opinion["text"]) > OPINION_CHARS for opinion in opinions):
        found["opinions"] = f"一条意见最多{OPINION_CHARS}字，可以分成几条。"
    elif any(ID_NUMBER.search(opinion["text"]) for opinion in opinions):
        found["opinions"] = "意见里像是有身份证号，请删去。系统不存证件号。"
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


def hints(programme, *, mode, started_at, ended_at, visitors, texts, recorded_at=None):
    """Sentences worth a second look; none of them stops a record. visitors: how many went, the lead included."""
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
    late = (local_date(recorded_at or now()) - day).days
    if late > rules.record_within_days:
        found.append(f"走访过去{late}天了，一般{rules.record_within_days}天内记好。记录照样保存。")
    if any(PHONE.search(text) for text in texts.values()):
        found.append("文字里像是有手机号。不需要的话删去。")
    return found


def mode_label(programme, mode):
    """As the notice calls it; a mode it no longer has, by the usual word."""
    rule = next((rule for rule in programme.rules.visit.modes if rule.code == mode), None)
    return rule.name if rule else Mode(mode).label
