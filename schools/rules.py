"""Who may administer what. Rows are scoped first (visible_to); these say what may be done with them."""

import rules

from schools.enums import Role


@rules.predicate
def runs_district(user, obj=None):
    """区级管理员 of the authority the object belongs to, or of any when none is given."""
    return _within(obj, user.reach.authorities)


@rules.predicate
def runs_security(user, obj=None):
    return _within(obj, user.reach.secured_authorities)


@rules.predicate
def runs_school(user, obj=None):
    """学校管理员 of the school the object belongs to."""
    school_id = _school_id(obj)
    return bool(user.reach.admin_schools) if obj is None else school_id in user.reach.admin_schools


@rules.predicate
def audits(user, obj=None):
    return _within(obj, user.reach.audited_authorities)


@rules.predicate
def appoints_here(user, post=None):
    """District officers appoint school administrators and leaders; school administrators everybody else there;
    district roles are the security administrator's (three administrators, security.md §2)."""
    if post is None:
        return bool(user.reach.authorities or user.reach.admin_schools or user.reach.secured_authorities)
    if post.authority_id:
        return post.authority_id in user.reach.secured_authorities
    school = post.place_school
    if school is None or post.user_id == user.pk:
        return False
    if school.authority_id in user.reach.authorities:
        return True
    return school.pk in user.reach.admin_schools and post.role != Role.SCHOOL_ADMIN


def _within(obj, authority_ids):
    if obj is None:
        return bool(authority_ids)
    own = obj.pk if obj._meta.label_lower == "schools.authority" else None
    authority_id = own or getattr(obj, "authority_id", None) or getattr(getattr(obj, "school", None), "authority_id", None)
    return authority_id in authority_ids


def _school_id(obj):
    return obj.pk if obj is not None and obj._meta.label_lower == "schools.school" else getattr(obj, "school_id", None)


rules.add_perm("schools.view_authority", runs_district | runs_security)
rules.add_perm("schools.change_authority", runs_district)
rules.add_perm("schools.view_school", runs_district | runs_school)
rules.add_perm("schools.change_school", runs_district)
rules.add_perm("schools.view_class", runs_district | runs_school)
rules.add_perm("schools.change_class", runs_district | runs_school)
rules.add_perm("schools.view_post", appoints_here | runs_district | runs_school)
rules.add_perm("schools.change_post", appoints_here)
rules.add_perm("schools.change_workday", runs_district)
rules.add_perm("core.view_audit", audits)


@rules.predicate
def manages_person(user, person=None):
    """A school administrator manages the staff of the school; a district officer the whole district's."""
    reach = user.reach
    if person is None or person.pk is None or not person.posts_now:  # a new account, or all posts have ended
        return bool(reach.authorities or reach.admin_schools or reach.secured_authorities)
    for post in person.posts_now:
        school = post.place_school
        if post.place_authority_id in reach.authorities | reach.secured_authorities:
            return True
        if school is not None and school.pk in reach.admin_schools:
            return True
    return False


rules.add_perm("schools.view_user", manages_person)
rules.add_perm("schools.change_user", manages_person)
