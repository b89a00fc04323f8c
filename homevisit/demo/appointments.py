"""Appointments in the demonstration: today and in the coming days, visits to go back to, a colleague's word."""

from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

from django.db.models import Max, OuterRef, Subquery
from django.utils import timezone

from core.clock import now
from programmes.enums import Mode
from schools.enums import Role
from schools.models import Post
from students.enums import Relation
from visits.actions.appointment import plan_visit
from visits.enums import Channel, VisitorRole, VisitState
from visits.models import Due, Visit, VisitStudent, VisitVisitor

CLASSES = 4  # of a school, whose heads have appointments
TIMES = ((0, 18, 30), (1, 10, 0), (3, 18, 30))  # days from today, hour, minute
FRESH = timedelta(days=3)  # colleagues were slow to say that they had been along
FOLLOW_UPS = ((-3, "看看打卡有没有坚持"), (2, "问问奶奶的身体"))  # days from today, what to look at
PREPARATIONS = ("先夸他做值日认真，再聊晚上几点写作业。", "带上作文本，问问周末怎么过。", "听家长说，少讲成绩。")


def plan(programme, staff, *, today, running):
    """Whatever is over was confirmed; a running programme also has plans."""
    went = VisitVisitor.objects.filter(visit__programme=programme, role=VisitorRole.OTHER)
    told = Visit.objects.filter(pk=OuterRef("visit_id")).values("recorded_at")[:1]
    if running:
        went = went.exclude(visit__recorded_at__gt=now() - FRESH, visit__state=VisitState.RECORDED)
    went.update(confirmed_at=Subquery(told))
    if not running:
        return
    rng = Random(f"{programme.code} appointments")
    posts = Post.objects.active(today).filter(role=Role.CLASS_HEAD, school_class__school__in=list(staff))
    classes = {}
    for post in posts.select_related("user", "school_class").order_by("school_class_id", "pk"):
        classes.setdefault(post.school_class.school_id, []).append(post)
    for school_id, heads in classes.items():
        heads.sort(key=lambda post: post.user.username == post.user.staff_no)  # whose login is shown comes first
        for number, post in enumerate(heads[:CLASSES]):
            _class(rng, programme, post, staff[school_id], number, today=today)


def _class(rng, programme, post, crew, turn, *, today):
    rows = Due.objects.filter(
        programme=programme, school_class=post.school_class, in_scope=True, visits=0, declined=False
    ).select_related("student").order_by("priority", "student_id")  # fmt: skip
    waiting = [row.student for row in rows]
    colleagues = [user for user in crew.visitors if user.pk != post.user_id]
    for first in range(len(TIMES)):  # each class begins with another one: a small class has few families left
        number = (first + turn) % len(TIMES)
        days, hour, minute = TIMES[number]
        moment = timezone.make_aware(datetime.combine(today + timedelta(days=days), time(hour, minute)))
        if len(waiting) < min(first + 1, 2) or moment <= now():  # somebody is left to be asked
            continue
        pupil = waiting.pop(0)
        plan_visit(
            by=post.user, programme=programme, client_uuid=UUID(int=rng.getrandbits(128), version=4), students=[pupil],
            planned_at=moment, mode=Mode.IN_PERSON, others=[rng.choice(colleagues)] if number != 1 and colleagues else [],
            channel=Channel.PHONE, confirmed_with=(Relation.MOTHER, "", Relation.FATHER)[number],
            preparation=PREPARATIONS[number],
        )  # fmt: skip
    _follow_ups(programme, post, today=today)


def _follow_ups(programme, post, *, today):
    """Two of the class's reached families are to be seen again; the visit that says so is their latest."""
    latest = VisitStudent.objects.filter(programme=programme, school_class=post.school_class, counted=True)
    latest = latest.order_by().values("student_id").annotate(day=Max("visited_on")).order_by("day", "student_id")
    for (days, note), row in zip(FOLLOW_UPS, latest[: len(FOLLOW_UPS)], strict=False):
        day = today + timedelta(days=days)
        if row["day"] < day:
            visits = VisitStudent.objects.filter(
                programme=programme, student_id=row["student_id"], visited_on=row["day"], counted=True
            )
            Visit.objects.filter(pk__in=visits.values("visit_id")).update(follow_up_on=day, follow_up_note=note)
