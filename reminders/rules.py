"""Who may do what with reminders. Rows are scoped first (visible_to); these answer "may they?"."""

import rules


@rules.predicate
def is_told(user):
    """Everybody who works here: lines are the person's own."""
    return user.is_active


@rules.predicate
def runs_school(user, school=None):
    """学校负责人 or 学校管理员: the office speaks in the school's name."""
    schools = user.reach.whole_schools
    return bool(schools) if school is None else school.pk in schools


rules.add_perm("reminders.view", is_told)
rules.add_perm("reminders.run_robot", runs_school)
