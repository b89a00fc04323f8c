"""提醒进度慢的班: the office tells the heads of classes what lies ahead of them, each class once a day."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import transaction
from django.urls import reverse

from core.audit import record_each
from core.clock import today
from core.states import WrongState
from programmes.config.days import midnight
from programmes.enums import ProgrammeState
from programmes.queries.current import address_for
from schools.actions.message import tell
from schools.enums import Role
from schools.models import Message, Post, School, SchoolClass
from visits.queries.forecast import coverage_day, outlook


@dataclass
class Reminded:
    """Labels of classes: whose heads were told, told already today, without a head."""

    told: list = field(default_factory=list)
    before: list = field(default_factory=list)
    headless: list = field(default_factory=list)


@transaction.atomic
def remind_heads(programme, school, *, by):
    """Tell the heads of every class with a warning its sentence → Reminded. No name, no category, no other class."""
    School.objects.select_for_update(of=("self",), no_key=True).get(pk=school.pk)  # two who press at once
    if programme.state != ProgrammeState.OPEN or today() > coverage_day(programme):
        raise WrongState("走访已经截止，不用再提醒。")
    ahead = [one for one in outlook(programme, by, school) if one.warning]
    heads, before, found = _heads(ahead), _told_today(ahead), Reminded()
    for one in ahead:
        if one.school_class.pk in before:
            found.before.append(one.label)
        elif not heads[one.school_class.pk]:
            found.headless.append(one.label)
        else:
            url = address_for(reverse("visits:board", args=[one.school_class.pk]), programme)
            tell(heads[one.school_class.pk], f"{one.label}：{one.warning}", url=url, about=one.school_class)
            found.told.append(one.label)
    told = [one.school_class for one in ahead if one.label in found.told]
    record_each(told, "class.remind_pace", by=by, programme=programme.pk)
    return found


def _heads(ahead):
    """{class id: user ids of its heads}"""
    found = defaultdict(list)
    posts = Post.objects.active().filter(role=Role.CLASS_HEAD, school_class__in=[one.school_class.pk for one in ahead])
    for pk, user_id in posts.values_list("school_class_id", "user_id"):
        found[pk].append(user_id)
    return found


def _told_today(ahead):
    """Ids of the classes somebody was told about since midnight."""
    rows = Message.objects.filter(
        about_type=SchoolClass._meta.label_lower,
        about_id__in=[one.school_class.pk for one in ahead],
        created_at__gte=midnight(today()),
    )
    return set(rows.values_list("about_id", flat=True))
