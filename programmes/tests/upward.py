"""A notice that asks for everything that goes up: for tests of works/ and reports/."""

from datetime import date, datetime

from django.utils import timezone

from programmes.models import Deadline, Phase
from programmes.tests.factories import CONFIG, make_programme

UPWARD = {
    **CONFIG,
    "works": [
        {
            "code": "story", "label": "感人故事", "levels": ["school", "district"], "truth_statement": True,
            "needs_visit": True, "suggested_chars": [200, 800], "form_title": "{authority}“示例走万家”活动感人故事推荐表",
            "form_note": "备注：此表为样张，可根据实际内容调整。",
        },
        {"code": "essay", "label": "家访征文", "levels": ["school", "district"], "prompts": ["经历", "体会", "转变", "设想"]},
        {"code": "diary", "label": "家访日记"},
        {"code": "survey", "label": "家访调查报告", "max_chars": 8000},
        {"code": "case", "label": "典型案例", "levels": ["school", "district", "city"]},
        {"code": "deeds", "label": "先进事迹", "levels": ["school", "district"]},
    ],
    "submissions": [
        {"code": "plan", "label": "学校走访方案", "deadline": "plan"},
        {"code": "story", "label": "感人故事推荐表", "annex": "附件1", "deadline": "submissions"},
        {"code": "report", "label": "活动报告", "annex": "附件2", "deadline": "submissions"},
        {"code": "essay", "label": "家访征文", "by": "teacher"},
    ],
    "quotas": {"story": 2},
    "events": [{"code": "training", "label": "走访培训"}, {"code": "mobilisation", "label": "动员会"}],
    "group": [{"label": "组长", "offices": ["校长"]}, {"label": "副组长"}, {"label": "组员"}],
    "plan_fields": ["目标", "内容", "形式", "要求"],
    "channels": ["校园广播", "各级媒体"],
    "report": {
        "title": "示例区{school}“示例走万家”活动报告",
        "sections": [
            {"label": "开展情况", "figures": True},
            {"label": "具体做法", "numbered": True, "material": ["highlights", "events"]},
            {"label": "工作成效", "material": ["help", "highlights", "publicity"]},
            {"label": "存在的问题及建议", "material": ["opinions"]},
        ],
    },
    "assessment": {"uses": ["师德考核"]},
    "help_kinds": ["学习辅导", "资助", "其他"],
}  # fmt: skip


def make_upward(authority=None, **fields):
    """make_programme with UPWARD, the three deadlines of a notice (plan 31 August, coverage 30 September, submissions
    8 October 2022) and two phases."""
    programme = make_programme(authority, config=UPWARD, **fields)
    deadlines = (("plan", "报送方案", (2022, 9, 1)), ("submissions", "报送故事和报告", (2022, 10, 9)))
    Deadline.objects.bulk_create(
        Deadline(programme=programme, kind=kind, title=title, at=timezone.make_aware(datetime(*end)))
        for kind, title, end in deadlines
    )
    phases = (("visits", "走访", (2022, 8, 1), (2022, 9, 30)), ("summary", "总结报送", (2022, 10, 1), (2022, 10, 8)))
    Phase.objects.bulk_create(
        Phase(programme=programme, code=code, name=name, starts_on=date(*first), ends_on=date(*last), position=position)
        for position, (code, name, first, last) in enumerate(phases)
    )
    return programme
