from datetime import date, datetime

from django.utils import timezone

from programmes.enums import DeadlineKind, ProgrammeState
from programmes.models import Category, Deadline, Programme, ProgrammeCategory
from schools.tests.factories import make_authority

CONFIG = {
    "visit": {
        "modes": [
            {"code": "in_person", "counts": True},
            {"code": "nearby", "counts": True},
            {"code": "at_school", "counts": False},
            {"code": "video", "counts": False},
            {"code": "phone", "counts": False},
        ]
    },
    "record": {
        "fields": [
            {"code": "cause", "label": "家访起因"},
            {"code": "process", "label": "家访过程"},
            {"code": "analysis", "label": "情况分析"},
            {"code": "measures", "label": "措施与成效"},
            {"code": "reflection", "label": "家访反思"},
        ]
    },
    "opinion_categories": ["教学", "作业", "课后服务", "其他"],
}


def make_programme(authority=None, *, code="binhe-2022", categories=("HARDSHIP", "STUDY"), **fields):
    """An open programme of autumn 2022: visits from 1 August to 30 September, five texts, two modes count."""
    authority = authority or make_authority()
    fields = {
        "school_year": 2022,
        "title": "“示例走万家”活动",
        "short_title": "示例走万家",
        "starts_on": date(2022, 8, 1),
        "ends_on": date(2022, 9, 30),
        "due_on": date(2022, 9, 30),
        "state": ProgrammeState.OPEN,
        "config": CONFIG,
        **fields,
    }
    programme = Programme.objects.create(authority=authority, code=code, **fields)
    Deadline.objects.create(
        programme=programme,
        kind=DeadlineKind.COVERAGE,
        title="走访全覆盖",
        at=timezone.make_aware(datetime(2022, 10, 1)),
    )
    Category.objects.bulk_create(
        [Category(authority=authority, code=name, name=name) for name in categories], ignore_conflicts=True
    )
    by_code = {category.code: category for category in Category.objects.filter(authority=authority, code__in=categories)}
    ProgrammeCategory.objects.bulk_create(
        ProgrammeCategory(programme=programme, category=by_code[name], position=position, label=name)
        for position, name in enumerate(categories)
    )
    return programme
