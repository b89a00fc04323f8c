"""Who may do what with pupils. Rows are scoped first (visible_to); these answer "may they?"."""

import rules


@rules.predicate
def reads_names(user):
    """Somebody of a school: desks of the district see no pupil's name."""
    return bool(user.reach.staff_schools)


@rules.predicate
def heads_a_class(user):
    return bool(user.reach.classes)


@rules.predicate
def heads_class_of(user, student):
    return student.school_class_id in user.reach.classes


@rules.predicate
def runs_school_of(user, student):
    return student.school_id in user.reach.whole_schools


@rules.predicate
def administers_a_school(user):
    return bool(user.reach.admin_schools)


@rules.predicate
def administers_school_of(user, student):
    return student.school_id in user.reach.admin_schools


rules.add_perm("students.view", reads_names)
rules.add_perm("students.import", administers_a_school)
rules.add_perm("students.head", heads_a_class)
rules.add_perm("students.mark", heads_class_of)
rules.add_perm("students.reveal_contact", heads_class_of | runs_school_of)
rules.add_perm("students.reveal_number", administers_school_of)
rules.add_perm("students.read_number", heads_class_of | runs_school_of)  # masked
