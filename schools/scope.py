"""What a user's posts open today: the one place that turns posts into ids (security.md P2)."""

from dataclasses import dataclass, field

from core.scope import NOTHING, ScopedQuerySet
from schools.enums import Role

__all__ = ["NOTHING", "Reach", "ScopedQuerySet", "reach_of"]

NONE = frozenset()


@dataclass(frozen=True)
class Reach:
    """Ids by kind of post. A queryset's scope(reach) picks the kinds its rows are open to."""

    user_id: int
    authorities: frozenset = NONE  # 区级管理员: figures, schools, accounts; no pupils' names
    reviewed_authorities: frozenset = NONE
    secured_authorities: frozenset = NONE
    audited_authorities: frozenset = NONE
    leader_schools: frozenset = NONE
    restricted_schools: frozenset = NONE  # leaders named to read S4 rows
    admin_schools: frozenset = NONE
    psych_schools: frozenset = NONE
    staff_schools: frozenset = NONE  # any post at the school or one of its classes
    classes: frozenset = NONE  # 班主任
    member_authorities: frozenset = NONE  # where any post of the person stands
    roles: frozenset = field(default=NONE)

    @property
    def whole_schools(self):
        """Schools all of whose pupils the user may see."""
        return self.leader_schools | self.admin_schools


def reach_of(user) -> Reach:
    """One query for the posts, one more only for an authority that has others below it."""
    by_role = {role: set() for role in Role}
    staff, restricted = set(), set()
    for post in user.posts_now:
        by_role[post.role].add(post.school_class_id or post.school_id or post.authority_id)
        if post.role == Role.CLASS_HEAD:
            staff.add(post.school_class.school_id)
        elif post.school_id:
            staff.add(post.school_id)
        if post.role == Role.SCHOOL_LEADER and post.reads_restricted:
            restricted.add(post.school_id)

    def with_children(ids):
        return frozenset(ids) | _children(ids) if ids else NONE

    return Reach(
        user_id=user.pk,
        authorities=with_children(by_role[Role.DISTRICT_ADMIN]),
        reviewed_authorities=frozenset(by_role[Role.REVIEWER]),
        secured_authorities=frozenset(by_role[Role.SECURITY_ADMIN]),
        audited_authorities=frozenset(by_role[Role.AUDITOR]),
        leader_schools=frozenset(by_role[Role.SCHOOL_LEADER]),
        restricted_schools=frozenset(restricted),
        admin_schools=frozenset(by_role[Role.SCHOOL_ADMIN]),
        psych_schools=frozenset(by_role[Role.PSYCH_TEACHER]),
        staff_schools=frozenset(staff),
        classes=frozenset(by_role[Role.CLASS_HEAD]),
        member_authorities=frozenset(post.place_authority_id for post in user.posts_now),
        roles=frozenset(post.role for post in user.posts_now),
    )


def _children(authority_ids):
    from django.apps import apps  # models import this module

    authority = apps.get_model("schools", "Authority")
    return frozenset(authority.objects.filter(parent_id__in=authority_ids).values_list("pk", flat=True))
