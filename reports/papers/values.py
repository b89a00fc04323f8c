"""What stands on a school's report (附件2), on its plan and on a teacher's statement: values of reports.papers.fields."""

from datetime import date

from core.documents.words import day_of, numbered, numeral, paragraphs, plain, section_head, title_lines
from core.formats import full_day, instant
from reports.enums import StatementState
from reports.queries.assessment import rules_of

NOTHING = "–"
GRADES_CAPTION, DUTIES_CAPTION = "各年级走访情况", "领导小组分工"
GROUP_WORDS, PHASE_WORDS = ("领导小组",), ("阶段", "时间安排", "活动安排")
PAPERWORK = "只写做了什么，不打分，不排名；材料的篇幅、照片的张数、记录的次数不计。"


def report_values(report):
    """Of a report fetched with programme and school."""
    rules, figures = report.programme.rules, report.figures or {}
    grades = [_grade(row) for row in figures.get("grades", [])]
    return {
        "附件": _annex(rules, "report"),
        "标题": title_lines(report.title or rules.report.title.replace("{school}", report.school.name)),
        "部分": [
            _section(number, section, _text(report.sections, number - 1), figures)
            for number, section in enumerate(rules.report.sections, start=1)
        ],
        "年级": grades,
        "数据截至": instant(report.figures_at) if report.figures_at else "",
        "数据": [
            {
                "项目": line["label"], "数": _number(line.get("value")), "应": _number(line.get("of"), ""),
                "率": line.get("rate") or "", "单位": line.get("unit") or "",
            }
            for line in figures.get("lines", [])
        ],
        "清单": [
            {"栏目": line["group"], "项目": line["label"], "次数": _number(line.get("count"))}
            for line in figures.get("checklist", [])
        ],
        "附件清单": [],
        **_signed(report),
    }  # fmt: skip


def _section(number, section, text, figures):
    text = numbered(text) if section.numbered else plain(text)
    parts = [figures.get("paragraph", ""), text] if section.figures else [text]
    return {
        "标题": section_head(number, section.label),
        "内容": "\n".join(filter(None, map(plain, parts))),
        "表": GRADES_CAPTION if section.figures and figures.get("grades") else "",
    }


def _grade(row):
    return {
        "年级": row["grade"], "应访": _number(row.get("due")), "实访": _number(row.get("visited")),
        "覆盖率": row.get("rate") or NOTHING, "重点应访": _number(row.get("priority_due")),
        "重点实访": _number(row.get("priority_visited")),
    }  # fmt: skip


# ── 方案 ──


def plan_values(plan, members=None):
    """Of a plan fetched with programme and school; one query for its leading group, where it is not given.

    Where the notice names a part of the plan for the group or the phases, they stand in that part, else in one of
    their own at the end.
    """
    programme, rules = plan.programme, plan.programme.rules
    members = list(plan.members.all()) if members is None else members
    group, duties = _group(members), _duties(members, plan.phases)
    phases = [_phase(number, row) for number, row in enumerate(plan.phases, start=1)]
    parts = [[label, plan.sections.get(label, ""), ""] for label in rules.plan_fields]
    seats = (*GROUP_WORDS, *(seat.label for seat in rules.group))
    if group:
        lines = [f"{row['职责']}：{row['成员']}" for row in group]
        _place(parts, seats, "领导小组", lines, DUTIES_CAPTION if duties else "")
    if phases:
        lines = [
            line
            for row in phases
            for line in (f"{row['序号']}{row['阶段']}（{row['时间']}）", row["内容"])
            if line
        ]
        _place(parts, PHASE_WORDS, "活动安排", lines)
    conduct = rules.conduct
    return {
        "标题": title_lines(plan.title or f"{plan.school.name}{programme.title}方案"),
        "部分": [
            {"标题": section_head(number, label), "内容": plain(text), "表": caption}
            for number, (label, text, caption) in enumerate(parts, start=1)
        ],
        "领导小组": group,
        "分工": duties,
        "活动安排": phases,
        "附件清单": [{"序号": "", "名称": conduct.title}] if conduct.rules else [],
        "守则标题": conduct.title if conduct.rules else "",
        "守则": [{"序号": str(n), "内容": rule.text} for n, rule in enumerate(conduct.rules, start=1)],
        **_signed(plan),
    }


def _group(members):
    """One row a seat, in the order of the group: 沈文清（校长）、何静（德育主任）."""
    seats = {}
    for one in members:
        seats.setdefault(one.seat, []).append(f"{one.name}（{one.office}）" if one.office else one.name)
    return [{"职责": seat, "成员": "、".join(names)} for seat, names in seats.items()]


def _duties(members, phases):
    """Who has a duty, or is there for some phases only."""
    names = {phase["code"]: phase["name"] for phase in phases}
    return [
        {
            "职责": one.seat, "姓名": one.name, "职务": one.office, "分工": one.duty,
            "阶段": "、".join(names[code] for code in one.phases if code in names) or "全程",
        }
        for one in members if one.duty or one.phases
    ]  # fmt: skip


def _phase(number, row):
    return {
        "序号": f"（{numeral(number)}）",
        "阶段": row["name"],
        "时间": _days(row.get("starts_on"), row.get("ends_on")),
        "内容": plain(row.get("text")),
    }


def _days(first, last):
    """2022年8月1日至9月30日 of ISO days: the year once, where it is the same."""
    days = [date.fromisoformat(text) for text in (first, last) if text]
    words = [full_day(one) for one in dict.fromkeys(days)]
    if len(words) == 2 and days[0].year == days[1].year:
        words[1] = words[1].partition("年")[2]
    return "至".join(words)


def _place(parts, words, label, lines, caption=""):
    """Into the first part whose label says one of the words, before what was written there; else a new part."""
    part = next((part for part in parts if any(word in part[0] for word in words)), None)
    if part is None:
        part = [label, "", ""]
        parts.append(part)
    part[1] = "\n".join([*lines, *paragraphs(part[1])])
    part[2] = caption


# ── 情况表 ──


def statement_values(statement):
    """Of a statement fetched with programme, school, teacher and answered_by."""
    programme, teacher = statement.programme, statement.teacher
    return {
        "标题": "教师走访情况表",
        "活动": programme.title,
        "姓名": teacher.name,
        "单位": statement.school.name,
        "职务": teacher.get_position_display(),
        "数据截至": instant(statement.counted_at),
        "事项": [_fact(number, row) for number, row in enumerate(statement.facts, start=1)],
        "口径": "\n".join([f"第{statement.rule_version}版。{PAPERWORK}", *_rules(statement)]),
        "用途": "、".join(programme.rules.assessment.uses),
        "本人意见": _said(statement),
        "本人日期": _day(statement.objected_at if statement.objection else statement.agreed_at),
        "学校答复": statement.answer,
        "答复人": statement.answered_by.name if statement.answered_by_id else "",
        "答复日期": _day(statement.answered_at),
        "状态": statement.get_state_display(),
        "定稿日期": _day(statement.final_at),
    }


def _rules(statement):
    """How each item was counted; not said of an older version, whose words are no longer kept."""
    rule = statement.programme.rules.assessment
    return rules_of(statement.programme) if rule.version == statement.rule_version else []


def _fact(number, row):
    value, whole, unit = row.get("value"), row.get("of"), row.get("unit") or ""
    result = NOTHING if value in (None, "") else f"{value}{unit}"
    return {
        "序号": str(number), "项目": row["label"],
        "结果": result if whole is None else f"{result}（共{whole}{unit}）",
        "数": _number(value), "应": _number(whole, ""), "单位": unit,
    }  # fmt: skip


def _said(statement):
    if statement.objection:
        after = "\n答复后已核对，没有异议。" if statement.agreed_at else ""
        return f"异议：{plain(statement.objection)}{after}"
    if statement.agreed_at:
        return "已核对，没有异议。"
    return "公示期内没有提出异议。" if statement.state == StatementState.FINAL else "待本人核对。"


# ── Of both ──


def _signed(filing):
    """The day is the one on which the head settled it, not that of printing."""
    return {
        "落款单位": filing.school.name,
        "落款日期": day_of(filing.approved_at),
        "学校": filing.school.name,
        "活动": filing.programme.title,
        "回执号": filing.receipt,
    }


def _annex(rules, code):
    return next((one.annex for one in rules.submissions if one.code == code), "")


def _text(sections, position):
    return sections[position] if position < len(sections) else ""


def _number(value, nothing=NOTHING):
    return nothing if value is None else str(value)


def _day(moment):
    return day_of(moment) if moment else ""
