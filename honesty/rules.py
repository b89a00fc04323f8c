"""Who may do what with hints. Rows are scoped first (visible_to); these answer "may they?"."""

import rules


@rules.predicate
def has_hints(user):
    """Everybody at a school may look at what was told of the own records."""
    return bool(user.reach.staff_schools)


@rules.predicate
def is_its_teacher(user, hint):
    return hint.teacher_id == user.pk


@rules.predicate
def leads_school(user, school):
    return school.pk in user.reach.leader_schools


@rules.predicate
def leads_some_school(user):
    return bool(user.reach.leader_schools)


@rules.predicate
def leads_its_school(user, hint):
    return hint.school_id in user.reach.leader_schools


rules.add_perm("honesty.view_own", has_hints)
rules.add_perm("honesty.answer", is_its_teacher)
rules.add_perm("honesty.view_schools", leads_some_school)
rules.add_perm("honesty.view_school", leads_school)
rules.add_perm("honesty.conclude", leads_its_school & ~is_its_teacher)  # nobody concludes on the own records (P5)
