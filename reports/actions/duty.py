"""指定审核人: who reads what a school hands in, one person a school."""

from django.db import transaction

from core.access import authorize
from core.audit import record
from core.clock import now
from core.states import WrongState
from programmes.models import Programme
from reports.models import ReviewDuty
from schools.enums import Role
from schools.models import Post, School, User

NOT_AT_DESK = "这个人现在不在本局审核，换一位。"
OWN_SCHOOL = "审核人在这所学校任职，要回避，换一位：{names}。"


def reviewers_of(programme):
    """Who may be given a school: reviewers and officers of the authority today, by name."""
    posts = Post.objects.active().filter(
        authority_id=programme.authority_id, role__in=[Role.REVIEWER, Role.DISTRICT_ADMIN]
    )
    return User.objects.filter(is_active=True, pk__in=posts.values("user_id")).order_by("name", "pk")


def give_duty(programme, school_ids, reviewer, *, by):
    """These schools are read by this person from now on; None gives them back to everybody → how many changed.

    The same again changes nothing. Raises WrongState for somebody who is not at the desk, or works at one of them.
    """
    authorize(by, "reports.view_desk", programme)
    if reviewer is not None and not reviewers_of(programme).filter(pk=reviewer.pk).exists():
        raise WrongState(NOT_AT_DESK)
    schools = School.objects.visible_to(by).filter(authority=programme.authority_id, pk__in=school_ids).order_by("code")
    with transaction.atomic():
        Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
        schools = list(schools)
        if reviewer is not None:
            own = [school.short_name for school in schools if school.pk in reviewer.reach.staff_schools]
            if own:
                raise WrongState(OWN_SCHOOL.format(names="、".join(own)))
        standing = ReviewDuty.objects.filter(programme=programme, school__in=schools, ended_at__isnull=True)
        kept = set(standing.filter(reviewer=reviewer).values_list("school_id", flat=True)) if reviewer else set()
        ended = standing.exclude(school_id__in=kept).update(ended_at=now())
        new = [school for school in schools if school.pk not in kept] if reviewer else []
        ReviewDuty.objects.bulk_create(
            ReviewDuty(programme=programme, authority_id=s.authority_id, school=s, reviewer=reviewer, given_by=by, given_at=now())
            for s in new
        )
        changed = len(new) if reviewer else ended
        if changed:
            record(
                programme, "desk.duty", by=by, schools=[school.pk for school in (new or schools)],
                reviewer=reviewer.pk if reviewer else None,
            )  # fmt: skip
    return changed


def duties(programme):
    """{school id: reviewer's name} of today's duties. One query."""
    rows = ReviewDuty.objects.filter(programme=programme, ended_at__isnull=True)
    return dict(rows.values_list("school_id", "reviewer__name"))
