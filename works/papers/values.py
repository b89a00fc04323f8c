"""What stands on 附件1 and on the other works' form: the values of works.papers.fields for one work.

A paper goes up and lies about, so pupils and parents stand on it by alias, whoever prints it.
"""

from datetime import date

from core.documents.words import BLANK_DAY, day_of, plain, title_lines
from core.formats import full_day, mask_phone
from programmes.enums import TemplateKind
from works.enums import RECOMMENDED_STATES, WorkKind, WorkState
from works.queries.alias import names_in, sealed, unnamed
from works.queries.facts import LIVE, facts_of
from works.queries.mine import kind_rule

HIDDEN = "***"
ORIGINAL = "本人承诺内容真实、为本人所写。"
SEVERAL_LEVELS = {"district", "city"}


def template_kind(work):
    return TemplateKind.STORY_FORM if work.kind == WorkKind.STORY else TemplateKind.WORK_FORM


def form_values(work, *, clear, texts=None):
    """{field: value} of a work fetched with programme, authority, school, author, honoree and visit.

    clear: birth, politics and the full phone; else the phone by head and end. texts: (title, body) as the reader may
    read them, where that is not the work's own. Handed in: the person as sealed with the submission.
    """
    title, body = texts or (work.title, work.body)
    rule, facts = kind_rule(work.programme, work.kind), _shown(facts_of(work), clear)
    is_recommended = work.state in RECOMMENDED_STATES
    opinion = work.opinion if is_recommended else ""
    aliases = names_in(work, title + body) if work.state in LIVE else sealed(work)
    values = {
        "附件": _annex(work),
        "标题": title_lines(_title(work, rule)),
        "题目": unnamed(title, aliases),
        "联系电话": facts["phone"],
        "走访对象": facts["target"],
        "走访时间": full_day(date.fromisoformat(facts["visited_on"])) if facts["visited_on"] else "",
        "学校推荐意见": unnamed(plain(opinion), aliases),
        "意见日期": full_day(work.opinion_on) if is_recommended and work.opinion_on else BLANK_DAY,
        "备注": rule.form_note if rule else "",
        "活动": work.programme.title,
        "编号": str(work.pk),
    }
    text = unnamed(plain(body), aliases)
    more = _of_story(work, facts, text) if work.kind == WorkKind.STORY else _of_work(work, rule, text, is_recommended)
    return values | more


def _of_story(work, facts, text):
    return {
        "填报单位": work.school.name,
        "姓名": facts["name"],
        "性别": facts["gender"],
        "出生年月": _month(facts["birth_month"]),
        "职务": facts["position"],
        "政治面貌": facts["politics"],
        "感人故事": text,
    }


def _of_work(work, rule, text, is_recommended):
    confirmed = work.author_confirmed_at
    goes_up = rule is not None and bool(SEVERAL_LEVELS & set(rule.levels))
    order = f"，第{work.school_order}位" if work.school_order else ""
    return {
        "作者": work.author.name,
        "事迹人": work.honoree.name if work.honoree_id else "",
        "学校": work.school.name,
        "学科": work.author.subject,
        "类别": _label(work, rule),
        "正文": text,
        "原创承诺": f"{ORIGINAL}{work.author.name}　{day_of(confirmed)}" if confirmed else ORIGINAL,
        "校级等级": work.school_award,
        "推荐区级": f"是{order}" if is_recommended and goes_up else "",
    }


def _shown(facts, clear):
    """As they are, or what a reviewer is given: whose work it is, and no more of the person."""
    if clear:
        return facts
    hidden = {name: HIDDEN for name in ("birth_month", "politics") if facts[name]}
    return facts | hidden | {"phone": mask_phone(facts["phone"]) if facts["phone"] else ""}


def _month(text):
    """1991年4月 of “1991-04”; what is hidden stays so."""
    year, _, month = text.partition("-")
    return f"{year}年{int(month)}月" if month.isdigit() else text


def _title(work, rule):
    if rule is None or not rule.form_title:
        return f"{work.programme.title}{_label(work, rule)}推荐表"
    shown = rule.form_title.replace("{authority}", work.authority.short_name)
    return shown.replace("{school}", work.school.name)


def _label(work, rule):
    return rule.label if rule else work.get_kind_display()


def _annex(work):
    submissions = work.programme.rules.submissions
    return next((one.annex for one in submissions if one.code == work.kind), "")


def is_printable(work):
    return work.state != WorkState.WITHDRAWN
