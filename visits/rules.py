"""Who may do what in visits/. Rows are scoped first (visible_to); these answer "may they?"."""

import rules
from django.db.models import Q

from core.access import allowed
from schools.enums import Role
from schools.models import Post
from students.models import Student
from students.models.assignment import assigned
from students.models.near import near_pupils
from visits.enums import VisitorRole

VISITING_ROLES = {Role.TEACHER, Role.CLASS_HEAD, Role.PSYCH_TEACHER}

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
def leads_school(user, school):
    return school.pk in user.reach.leader_schools


@rules.predicate
def reads_names(user):
    return bool(user.reach.classes or user.reach.whole_schools)


@rules.predicate
def heads_class_of_due(user, due):
    return due.school_class_id in user.reach.classes


rules.add_perm("visits.view_board", heads_class | runs_school_of_class)
rules.add_perm("visits.view_rank", heads_class | leads_school_of_class)  # 学校管理员 reads no categories
rules.add_perm("visits.view_school", runs_school)
rules.add_perm("visits.view_school_rank", leads_school)
rules.add_perm("visits.view_names", reads_names)
rules.add_perm("visits.change_due", heads_class_of_due)
rules.add_perm("visits.assign", heads_class)

# ── Logging visits and what follows a record (security.md §2, "visit text") ──


def my_pupils(reach, prefix=""):
    """Condition: pupils of the classes the user heads, those the user mentors, those assigned for a visit.
    prefix is the path to Student."""
    return Q(**{f"{prefix}pk__in": near_pupils(reach, referrals=False)})


def pupils_to_visit(reach, prefix=""):
    """Condition: pupils the user may log a visit for; a psychologist's referred pupils beside the own ones."""
    return Q(**{f"{prefix}pk__in": near_pupils(reach)})


@rules.predicate
def visits_families(user, student=None):
    """Without a pupil: does the user visit families at all. With one: this one."""
    reach = user.reach
    if student is None:
        return bool(reach.roles & VISITING_ROLES) or (
            bool(reach.staff_schools)
            and Student.objects.filter(my_pupils(reach)).exists()
        )
    return Student.objects.filter(pupils_to_visit(reach), pk=student.pk).exists()


@rules.predicate
def keeps_records(user):
    return bool(user.reach.leader_schools) or visits_families(user)


@rules.predicate
def reads_visit(user, visit):
    return type(visit).objects.visible_to(user).filter(pk=visit.pk).exists()


@rules.predicate
def is_lead(user, visit):
    return visit.lead_id == user.pk


@rules.predicate
def went_along(user, visit):
    return any(visitor.user_id == user.pk for visitor in visit.visitors.all())


@rules.predicate
def heads_class_of_visit(user, visit):
    return any(
        row.student.school_class_id in user.reach.classes and row.school_id == visit.school_id
        for row in visit.visit_students.all()
    )


@rules.predicate
def leads_school_of_visit(user, visit):
    return visit.school_id in user.reach.leader_schools


@rules.predicate
def visited_by_class_head(user, visit):
    """Nobody reviews the own record, so a class head's goes to the school's leader."""
    classes = [row.student.school_class_id for row in visit.visit_students.all()]
    visitors = [visitor.user_id for visitor in visit.visitors.all()]
    return Post.objects.active().filter(
        role=Role.CLASS_HEAD, school_class_id__in=classes, user_id__in=visitors
    ).exists()  # fmt: skip


rules.add_perm("visits.log", visits_families)
rules.add_perm("visits.view_records", keeps_records)
rules.add_perm("visits.view_text", reads_visit)
rules.add_perm("visits.correct_visit", is_lead)
reviews_visit = ~went_along & (heads_class_of_visit | (leads_school_of_visit & visited_by_class_head))
rules.add_perm("visits.return_visit", reviews_visit)
rules.add_perm("visits.void_visit", leads_school_of_visit)

# ── What comes after a record: review, take back a void, amend ──


@rules.predicate
def reviews_records(user):
    return bool(user.reach.classes or user.reach.leader_schools)


@rules.predicate
def works_at_school_of_visit(user, visit):
    return visit.school_id in user.reach.staff_schools


rules.add_perm("visits.review_records", reviews_records)
rules.add_perm("visits.review_class", heads_class | leads_school_of_class)
rules.add_perm("visits.accept_visit", reviews_visit)
rules.add_perm("visits.unvoid_visit", leads_school_of_visit)
rules.add_perm("visits.amend_visit", (is_lead & works_at_school_of_visit) | leads_school_of_visit)
rules.add_perm("visits.amend_facts", leads_school_of_visit)

# ── Getting ready ──


@rules.predicate
def heads_class_of_pupil(user, student):
    return student.school_class_id in user.reach.classes


@rules.predicate
def leads_school_of_pupil(user, student):
    return student.school_id in user.reach.leader_schools


@rules.predicate
def goes_along(user, visit):
    return visit.visitors.filter(user_id=user.pk).exists()


rules.add_perm("visits.view_brief", heads_class_of_pupil | leads_school_of_pupil | visits_families)
rules.add_perm("visits.prepare", goes_along)

# ── Appointments ──


@rules.predicate
def goes_to_family(user, student):
    """Assigned to this pupil's family, or heads the class (security.md §2, "phone, address")."""
    if student.school_class_id in user.reach.classes:
        return True
    return Student.objects.filter(pk=student.pk, pk__in=assigned(user.reach)).exists() if user.reach.staff_schools else False


@rules.predicate
def is_that_visitor(user, visitor):
    return visitor.user_id == user.pk and visitor.role == VisitorRole.OTHER


rules.add_perm("visits.keep_appointment", is_lead)
rules.add_perm("visits.cancel_appointment", is_lead | heads_class_of_visit | leads_school_of_visit)
rules.add_perm("visits.confirm_presence", is_that_visitor)
rules.add_perm("visits.call_family", goes_to_family)

# ── Papers, a pupil's file, a class's archive (security.md §2, "phone, address"; §4) ──


@rules.predicate
def reads_contacts_of_visit(user, visit):
    """Of at least one of its pupils: assigned to the family, class head, or who may ask to see them."""
    pupils = [row.student for row in visit.visit_students.all() if row.school_id == visit.school_id]
    near = any(allowed(user, "students.reveal_contact", pupil) for pupil in pupils)
    return near or assigned(user.reach).filter(student__in=pupils).exists()


rules.add_perm("visits.print_contacts", reads_contacts_of_visit)
rules.add_perm("visits.view_file", keeps_records)
rules.add_perm("visits.archive", heads_class | leads_school_of_class)

# ── Photos and the family's consent (security.md §2, "visit photo"; T0) ──


@rules.predicate
def took_photo(user, media):
    return media.owner_id == user.pk


@rules.predicate
def leads_school_of_photo(user, media):
    return media.school_id in user.reach.leader_schools


rules.add_perm("visits.note_consent", visits_families)
rules.add_perm("visits.withdraw_consent", visits_families | leads_school_of_pupil)
rules.add_perm("visits.remove_media", took_photo | leads_school_of_photo)
rules.add_perm("visits.clear_media", leads_school_of_visit)
