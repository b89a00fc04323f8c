"""Visits for tests of this room and the rooms above: through submit_visit, so the register follows."""

import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from programmes.enums import Mode
from visits.actions.appointment import plan_visit
from visits.actions.visit import submit_visit

TEXTS = {
    "cause": "开学后了解暑期情况。",
    "process": "看了书桌和作业，聊了一个小时。",
    "analysis": "晚上没有人陪，作业拖得晚。",
    "measures": "约好每晚八点开始写作业。",
    "reflection": "下次早一点去。",
}


def at(text):
    """"2022-09-18 18:30" in Asia/Shanghai."""
    return timezone.make_aware(datetime.fromisoformat(text))


def entry(**fields):
    """What a teacher fills in, complete; minutes is the length of the visit."""
    started_at = fields.pop("started_at", at("2022-09-17 18:30"))
    minutes = fields.pop("minutes", 50)
    return {
        "mode": Mode.IN_PERSON,
        "started_at": started_at,
        "ended_at": started_at + timedelta(minutes=minutes),
        "texts": TEXTS,
        "gift_declined": True,
        "late_reason": "paper",  # kept only where the record is late
        "conduct_read": True,
        **fields,
    }


def make_visit(*students, by, programme, day=None, **fields):
    """A recorded visit of these pupils (one household); day is "2022-09-17"."""
    if day:
        fields["started_at"] = at(f"{day} 18:30")
    client_uuid = fields.pop("client_uuid", None) or uuid.uuid4()
    visit, _ = submit_visit(by=by, programme=programme, client_uuid=client_uuid, students=students, **entry(**fields))
    return visit


def make_plan(*students, by, programme, **fields):
    """An appointment with these pupils (one household), in two days at 18:30 unless said otherwise."""
    fields = {"client_uuid": uuid.uuid4(), "planned_at": at("2022-09-20 18:30"), "mode": Mode.IN_PERSON, **fields}
    return plan_visit(by=by, programme=programme, students=students, **fields)[0]
