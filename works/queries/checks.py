"""数据核对: what the review desk can check by itself before somebody reads a work.

A check tells and never decides: whoever reviews may pass a work with an open line. Counts of names only, no names.
"""

import json
from dataclasses import dataclass

from core.formats import day, instant, thousands
from programmes.models import LatePass
from programmes.queries.window import window
from visits.enums import COUNTED_STATES
from works.enums import AT_DISTRICT_STATES, WorkKind
from works.models import Work
from works.queries.alias import NUMBER, PHONE, sealed, spaceless

FACTS = {
    "name": "姓名", "gender": "性别", "birth_month": "出生年月", "position": "职务", "politics": "政治面貌",
    "phone": "联系电话",
}  # fmt: skip
OF_VISIT = {"target": "走访对象", "visited_on": "走访时间"}
WITH_FORM = (WorkKind.STORY, WorkKind.DEEDS)  # 附件1 and its likes name the person


@dataclass(frozen=True)
class Check:
    """One line of a check list. ok: None where there is nothing to say right or wrong. hint: what to ask the school for."""

    ok: bool | None
    text: str
    hint: str = ""


def data_check(work):
    """Checks of a filed work, fetched with programme, school and visit. At most four queries."""
    rule = next((one for one in work.programme.rules.works if one.code == work.kind), None)
    return [
        *_visit(work, rule),
        *_nominee(work),
        *_quota(work),
        filed_in_time(work, work.kind),
        school_in_use(work.school),
        _names(work),
        _consent(work),
        _length(work, rule),
    ]


def _visit(work, rule):
    visit, programme = work.visit, work.programme
    if visit is None:
        if work.kind == WorkKind.STORY or (rule and rule.hangs_on_visit):
            return [Check(False, "没有对应的家访记录", "请写明是哪一次家访，从那次家访开始写。")]
        return []
    if visit.state not in COUNTED_STATES:
        return [Check(False, f"对应的家访记录{visit.get_state_display()}", "对应的家访记录已经不算数，请核实这次家访。")]
    checks = [Check(True, f"有家访记录，{visit.get_state_display()}")]
    if visit.programme_id == programme.pk and programme.starts_on <= visit.visited_on <= programme.ends_on:
        return [*checks, Check(True, f"走访时间{day(visit.visited_on)}，在活动期间")]
    return [*checks, Check(False, f"走访时间{day(visit.visited_on)}，不在活动期间", "走访时间不在活动期间，请核实。")]


def _nominee(work):
    if work.kind not in WITH_FORM:
        return []
    known = json.loads(work.facts) if work.facts else {}
    wanted = FACTS | (OF_VISIT if work.visit_id else {})
    missing = [label for name, label in wanted.items() if not str(known.get(name) or "").strip()]
    if not missing:
        return [Check(True, "推荐表的基本情况填全了")]
    listed = "、".join(missing)
    return [Check(False, f"推荐表没填：{listed}", f"推荐表请补上{listed}。")]


def _quota(work):
    limit = getattr(work.programme.rules.quotas, work.kind, None)
    if limit is None:
        return []
    filed = Work.objects.filter(programme=work.programme_id, school=work.school_id, kind=work.kind).filter(
        state__in=AT_DISTRICT_STATES
    )  # whoever sees one filed work of the school sees them all
    count = filed.count()
    if count <= limit:
        return [Check(True, f"报送{count}件，名额{limit}件")]
    return [Check(False, f"报送{count}件，超过名额{limit}件", f"名额是{limit}件，请确定推荐哪{limit}件。")]


def filed_in_time(filing, code):
    """A work, plan or report against the deadline of its paper and the time given to the school."""
    place = window(filing.programme, filing.school_id, code)
    if place.deadline is None or filing.filed_at < place.deadline:
        return Check(True, "按时报送" if place.deadline else "报送不限时间")
    passes = LatePass.objects.filter(programme=filing.programme_id, school=filing.school_id, submission=code)
    given = passes.filter(given_at__lte=filing.filed_at, until__gt=filing.filed_at).exists()
    if given:
        return Check(True, "补报，区里给本校开通过")
    return Check(False, f"过了截止时间（{instant(place.deadline)}）才报送", "过了截止时间才报送，请说明原因。")


def school_in_use(school):
    return Check(True, "学校在用") if school.is_active else Check(False, "学校已经停用", "学校已经停用，请核对填报单位。")


def _names(work):
    """Whether the text names somebody: the desk reads the alias and learns only how many people there are."""
    text = work.title + "\n" + work.body
    if PHONE.search(text) or NUMBER.search(text):
        return Check(False, "正文里有电话或证件号码，已隐去", "正文里有电话或证件号码，请去掉。")
    shown = spaceless(text)
    people = {alias for name, alias in sealed(work).items() if spaceless(name) in shown}
    if people:
        return Check(False, f"正文里有{len(people)}个真实姓名，这里已换成化名", "正文里有学生或家长的真实姓名，请改成化名。")
    return Check(True, "没有学生真实姓名")


def _consent(work):
    if work.may_publish:
        return Check(True, "作者愿意公开展示")
    return Check(None, "作者不愿意公开展示，可以表彰，不能展示")


def _length(work, rule):
    """Length is never scored: outside the suggested span is only told."""
    count = len("".join(work.body.split()))
    said = f"正文{thousands(count)}字"
    if rule is None:
        return Check(None, said)
    if count > rule.max_chars:
        return Check(False, f"{said}，最多{thousands(rule.max_chars)}字", f"正文最多{thousands(rule.max_chars)}字，请精简。")
    if rule.suggested_chars and not rule.suggested_chars[0] <= count <= rule.suggested_chars[1]:
        least, most = rule.suggested_chars
        return Check(None, f"{said}，建议{least}–{most}字")
    return Check(True, said)
