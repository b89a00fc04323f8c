"""Who may do what in visits/. Rows are scoped first (visible_to); these answer "may they?"."""

import rules

# ── Boards and names behind figures (security.md §2) ──


@rules.predicate
def heads_class(user, school_class):
    return school_class.pk in user.reach.classes


@rules.predicate
def runs_school_of_class(user, school_class):
    return school_class.school_id in user.reach.whole_schools


@rules.predicate
def leads_school_of_class(user, school_class):
    return school_class.school_id in user.reach.leader_schools


@rules.predicate
def runs_school(user, school):
    return school.pk in user.reach.whole_schools


@rules.predicate
def reads_names(user):
    return bool(user.reach.classes or user.reach.whole_schools)


@rules.predicate
def heads_class_of_due(user, due):
    return due.school_class_id in user.reach.classes


rules.add_perm("visits.view_board", heads_class | runs_school_of_class)
rules.add_perm("visits.view_rank", heads_class | leads_school_of_class)  # 学校管理员 reads no categories
rules.add_perm("visits.view_school", runs_school)
rules.add_perm("visits.view_names", reads_names)
rules.add_perm("visits.change_due", heads_class_of_due)
