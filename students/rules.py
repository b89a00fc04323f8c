"""Who may do what with pupils. Rows are scoped first (visible_to); these answer "may they?"."""

import rules
from django.db.models import Q

from core.clock import today


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

# ── 学生画像: written by those near the pupil, read by them and the leader ──


@rules.predicate
def is_near(user, student):
    """Mentors the pupil, is to visit the family, or looks after the pupil as psychologist."""
    if student.school_id not in user.reach.whole_schools:
        return type(student).objects.visible_to(user).filter(pk=student.pk).exists()
    day = today()
    running = Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    return (
        student.mentor_links.filter(running, teacher=user).exists()
        or student.assignments.current().filter(visitor=user).exists()
    )  # fmt: skip


@rules.predicate
def leads_school_of(user, student):
    return student.school_id in user.reach.leader_schools


@rules.predicate
def wrote(user, note):
    return note.written_by_id == user.pk


@rules.predicate
def leads_school_of_note(user, note):
    return note.student.school_id in user.reach.leader_schools


rules.add_perm("students.note", heads_class_of | is_near)
rules.add_perm("students.read_notes", heads_class_of | leads_school_of | is_near)
rules.add_perm("students.remove_note", wrote | leads_school_of_note)
