"""Who may change a notice, and who adapts its form. Rows are scoped first (visible_to)."""

import rules

from schools.enums import Role
from schools.rules import runs_district

VISITING_ROLES = {Role.TEACHER, Role.CLASS_HEAD, Role.PSYCH_TEACHER}


@rules.predicate
def is_officer_of(user, obj=None):
    """区级管理员 of this very authority: an officer of the city looks on, the district changes."""
    if obj is None:
        return bool(user.reach.authorities)
    return user.holds(Role.DISTRICT_ADMIN, authority=obj.authority_id)


@rules.predicate
def runs_school(user, school=None):
    """学校负责人 or 学校管理员 of the school."""
    schools = user.reach.whole_schools
    return bool(schools) if school is None else school.pk in schools


rules.add_perm("programmes.view_programme", runs_district)
rules.add_perm("programmes.change_programme", is_officer_of)
rules.add_perm("programmes.view_category", runs_district)
rules.add_perm("programmes.change_category", is_officer_of)
rules.add_perm("programmes.change_school_form", runs_school)


# ── Getting ready: the code, meetings, attendance ──


@rules.predicate
def works_under(user, programme):
    """Has a post at a school, under the authority of the programme."""
    schools = [post.place_school for post in user.posts_now]
    return any(school and school.authority_id == programme.authority_id for school in schools)


@rules.predicate
def holds_a_visiting_post(user):
    return bool(user.reach.roles & VISITING_ROLES)


rules.add_perm("programmes.sign_conduct", works_under)
rules.add_perm("programmes.visits_families", holds_a_visiting_post)


@rules.predicate
def reads_events(user):
    reach = user.reach
    return bool(reach.staff_schools or reach.authorities or reach.reviewed_authorities)


@rules.predicate
def runs_school_of_event(user, event):
    return event.school_id in user.reach.whole_schools


rules.add_perm("programmes.view_events", reads_events)
rules.add_perm("programmes.add_event", runs_school)
rules.add_perm("programmes.change_event", runs_school_of_event)
rules.add_perm("programmes.view_attendance", runs_school_of_event)  # names; a count is for whoever sees the meeting

# ── Papers' templates: of this very authority ──
rules.add_perm("programmes.view_template", runs_district)
rules.add_perm("programmes.change_template", is_officer_of)


# ── Publicity: the school's office writes, its staff and the desks read ──
@rules.predicate
def exports_publicity(user):
    reach = user.reach
    return bool(reach.whole_schools or reach.authorities or reach.reviewed_authorities)


rules.add_perm("programmes.view_publicity", reads_events)
rules.add_perm("programmes.add_publicity", runs_school)
rules.add_perm("programmes.change_publicity", runs_school_of_event)
rules.add_perm("programmes.export_publicity", exports_publicity)
