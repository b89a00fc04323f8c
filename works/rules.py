"""Who may do what with works. Rows are scoped first (visible_to); these answer "may they?" (security.md §2, P5)."""

import rules

from schools.enums import Role
from visits.rules import leads_school_of_pupil, visits_families
from works.enums import Level


@rules.predicate
def writes(user, work=None):
    """Everybody at a school may write; a work is its author's, while the author is at the school."""
    reach = user.reach
    if work is None:
        return bool(reach.staff_schools)
    return work.author_id == user.pk and work.school_id in reach.staff_schools


def _own(user, obj):
    """Whose own story it is does not decide on it (P5), after a change of place either."""
    return user.pk in (getattr(obj, "author_id", None), getattr(obj, "honoree_id", None))


@rules.predicate
def leads_school_of(user, work=None):
    """The leader who recommends; never the author or the one it tells of (P5). Without a work: leads any school."""
    schools = user.reach.leader_schools
    if work is None:
        return bool(schools)
    return work.school_id in schools and not _own(user, work)


@rules.predicate
def runs_school_of(user, work=None):
    """学校负责人 or 学校管理员 of the school."""
    schools = user.reach.whole_schools
    return bool(schools) if work is None else work.school_id in schools


@rules.predicate
def sits_at_desk(user, obj=None):
    """Reviewer or officer of the authority, and not of that school (P5)."""
    reach = user.reach
    desks = reach.authorities | reach.reviewed_authorities
    if obj is None:
        return bool(desks)
    return obj.authority_id in desks and obj.school_id not in reach.staff_schools and not _own(user, obj)


@rules.predicate
def awards_at(user, obj=None):
    """区级管理员 of this very authority; awarding, publishing and sending on are not a reviewer's."""
    if obj is None:
        return bool(user.reach.authorities)
    mine = user.holds(Role.DISTRICT_ADMIN, authority=obj.authority_id)
    return mine and obj.school_id not in user.reach.staff_schools and not _own(user, obj)


@rules.predicate
def runs_round(user, round_=None):
    reach = user.reach
    if round_ is None:
        return bool(reach.leader_schools or reach.authorities)
    if round_.level == Level.SCHOOL:
        return round_.school_id in reach.leader_schools
    return user.holds(Role.DISTRICT_ADMIN, authority=round_.authority_id)


@rules.predicate
def judges(user, sheet):
    return sheet.judge.user_id == user.pk and sheet.judge.removed_at is None


@rules.predicate
def judges_in(user, round_):
    return user.judgings.filter(round=round_, removed_at__isnull=True).exists()


@rules.predicate
def of_school_of_visit(user, visit):
    return visit.school_id in user.reach.staff_schools


@rules.predicate
def shows_here(user, showing):
    if showing.level == Level.SCHOOL:
        return showing.school_id in user.reach.leader_schools
    return user.holds(Role.DISTRICT_ADMIN, authority=showing.authority_id)


@rules.predicate
def belongs_somewhere(user):
    return bool(user.reach.member_authorities)


@rules.predicate
def officer_over_school(user, school=None):
    if school is None:
        return bool(user.reach.authorities)
    return user.holds(Role.DISTRICT_ADMIN, authority=school.authority_id)


@rules.predicate
def reads_honours(user):
    reach = user.reach
    return bool(reach.staff_schools or reach.authorities or reach.reviewed_authorities)


rules.add_perm("works.write", writes)
rules.add_perm("works.view_school", runs_school_of)  # the school's list
rules.add_perm("works.approve", leads_school_of)  # return to the author, recommend, order, school award
rules.add_perm("works.file", runs_school_of)  # file, recall, scan
rules.add_perm("works.view_desk", sits_at_desk)
rules.add_perm("works.decide", sits_at_desk)  # accept, return to the school, shortlist
rules.add_perm("works.award", awards_at)
rules.add_perm("works.publish", awards_at)
rules.add_perm("works.send_up", awards_at)  # on to the office above, taken back, its result
rules.add_perm("works.give_late_pass", officer_over_school)
rules.add_perm("works.run_round", runs_round)
rules.add_perm("works.judge", judges)
rules.add_perm("works.judge_in", judges_in)
rules.add_perm("works.view_judging", belongs_somewhere)  # one's own assignments, none for most
rules.add_perm("works.mark_visit", of_school_of_visit)  # 亮点, 好老师线索; the visit was fetched in scope
rules.add_perm("works.show_at_school", leads_school_of)
rules.add_perm("works.take_down", shows_here)
rules.add_perm("works.note_consent", leads_school_of_pupil | visits_families)  # of a pupil's family, to a showing
rules.add_perm("works.note_consents", writes | leads_school_of)  # of the families a work tells of
rules.add_perm("works.view_honours", reads_honours)
rules.add_perm("works.view_showings", belongs_somewhere)
