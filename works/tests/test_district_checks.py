"""数据核对: each line right and wrong; only counts of names, no names; how much it asks."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from core.clock import now
from programmes.models import LatePass
from visits.enums import VisitState
from visits.models import Visit
from works.models import Work
from works.queries.checks import data_check
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db
FACTS = dict.fromkeys(("name", "gender", "birth_month", "position", "politics", "phone", "target", "visited_on"), "有")


@pytest.fixture
def story(head, programme, school, leader, visit):
    work = make_work(head, programme, school, kind="story", visit=visit, state="filed", leader=leader, body="真" * 300)
    return put(work, facts=json.dumps(FACTS))


def put(work, **fields):
    for name, value in fields.items():
        setattr(work, name, value)
    work.save(update_fields=list(fields))
    return work


def lines(work):
    fresh = Work.objects.select_related("programme", "school", "visit").get(pk=work.pk)
    return {check.text: check for check in data_check(fresh)}


def wrong(work):
    return [check.text for check in lines(work).values() if check.ok is False]


@pytest.mark.seed("S62")
def test_a_story_with_its_visit_is_right(story, django_assert_num_queries):
    assert wrong(story) == []
    assert {"有家访记录，已记录", "走访时间9月16日，在活动期间", "推荐表的基本情况填全了", "报送1件，名额2件", "按时报送",
            "学校在用", "没有学生真实姓名", "作者愿意公开展示", "正文300字"} == set(lines(story))  # fmt: skip
    work = Work.objects.select_related("programme", "school", "visit").get(pk=story.pk)
    with django_assert_num_queries(3):
        data_check(work)


def test_a_voided_visit_and_a_day_outside_are_told(story, visit):
    Visit.objects.filter(pk=visit.pk).update(visited_on=date(2022, 10, 3))
    assert wrong(story) == ["走访时间10月3日，不在活动期间"]
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.DONE)
    assert wrong(story) == ["对应的家访记录已走访，未记录"]


def test_missing_fields_are_named_not_shown(story):
    put(story, facts=json.dumps(FACTS | {"phone": "", "politics": None}))
    assert wrong(story) == ["推荐表没填：政治面貌、联系电话"]


def test_quota(story, programme):
    config = programme.config | {"quotas": {"story": 0}}
    type(programme).objects.filter(pk=programme.pk).update(config=config)
    (said,) = wrong(story)
    assert said == "报送1件，超过名额0件"


def test_filed_late_without_and_with_a_pass(story, programme, school, officer):
    late = timezone.make_aware(datetime(2022, 10, 9, 8))
    put(story, filed_at=late)
    assert wrong(story) == ["过了截止时间（2022年10月8日24:00）才报送"]
    LatePass.objects.create(
        programme=programme, authority=school.authority, school=school, submission="story", given_by=officer,
        given_at=late - timedelta(days=1), until=late + timedelta(days=1), reason="搬迁", revoked_at=now(),
    )  # fmt: skip
    assert wrong(story) == [] and "补报，区里给本校开通过" in lines(story)


def test_names_are_counted_not_named(story):
    aliases = {"顾嘉树": "顾同学", "嘉树": "顾同学", "林秋": "顾同学的妈妈"}
    put(story, body="顾嘉树写字，嘉树妈妈林秋点头。" + "真" * 280, aliases=json.dumps(aliases, ensure_ascii=False))
    (said,) = wrong(story)
    assert said == "正文里有2个真实姓名，这里已换成化名"
    assert not any("嘉树" in check.text + check.hint for check in lines(story).values())
    put(story, body="打19900001234联系。" + "真" * 280, aliases="")
    assert wrong(story) == ["正文里有电话或证件号码，已隐去"]


def test_consent_and_length_are_only_told(story):
    put(story, may_publish=False, body="真" * 20)
    assert wrong(story) == []
    checks = lines(story)
    assert checks["作者不愿意公开展示，可以表彰，不能展示"].ok is None
    assert checks["正文20字，建议200–800字"].ok is None
    put(story, body="真" * 3001)
    assert wrong(story) == ["正文3,001字，最多3,000字"]


def test_a_closed_school_and_a_kind_without_a_form(story, head, programme, school, leader):
    type(school).objects.filter(pk=school.pk).update(is_active=False)
    essay = make_work(head, programme, school, state="filed", leader=leader)
    assert wrong(essay) == ["学校已经停用"]
    assert not any("推荐表" in text for text in lines(essay))
