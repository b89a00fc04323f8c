"""What the pages of one pupil and one class head show."""

import re

from core.clock import today
from core.formats import mask_phone
from programmes.models import Category
from students.enums import AssignmentRole
from students.models import Assignment, CategoryMark, ChangeEvent, MentorLink, Student
from students.models.student import active_on

STREET = re.compile(r"^.*?[路街道巷镇乡村]")


def pupils(user):
    return Student.objects.visible_to(user).select_related("school", "school_class__school")


def siblings(student, *, user):
    """Of the same household, as far as the user may see them."""
    if not student.household_id:
        return []
    return list(pupils(user).filter(household=student.household_id).exclude(pk=student.pk).order_by("birth", "pk"))


def mentors(student):
    links = MentorLink.objects.filter(active_on(today()), student=student).select_related("teacher")
    return [link.teacher for link in links]


def assignments(student, *, user):
    """Who visits the family now, of any programme, as far as the user may know."""
    rows = Assignment.objects.visible_to(user).opening().filter(student=student)
    return list(rows.select_related("visitor").order_by("pk"))


def visits_as_assigned(student, rows, *, user):
    """Is the user among these visitors, and of the pupil's school still (security.md §2, "asg")?"""
    return student.school_id in user.reach.staff_schools and any(row.visitor_id == user.pk for row in rows)


def next_visitor(rows):
    """The lead whose visit is yet to come, or None."""
    return next((row for row in rows if row.role == AssignmentRole.LEAD and row.ended_at is None), None)


def needs_special_care(student):
    """What an assigned visitor reads instead of a restricted category: that one holds, never which."""
    return CategoryMark.objects.in_force(today()).filter(student=student, category__restricted=True).exists()


def marks(student, *, user):
    """(confirmed and running, suggested by a roster) as far as the user may see them."""
    rows = CategoryMark.objects.visible_to(user).filter(active_on(today()), student=student).select_related("category")
    rows = list(rows.order_by("level", "category__code"))
    return [m for m in rows if m.confirmed_by_id], [m for m in rows if not m.confirmed_by_id]


def changes(student, *, user):
    return list(ChangeEvent.objects.visible_to(user).filter(student=student))


def categories_to_set(student):
    """Standing categories of the authority; one that comes from dated changes is never set by hand (S18)."""
    return Category.objects.filter(authority=student.authority_id).exclude(uses__from_changes=True).order_by("code")


def suggestions(school_class, *, user):
    """What rosters suggest for pupils of a class and nobody has decided yet."""
    rows = _undecided(school_class, user).select_related("student", "category")
    return list(rows.order_by("student__class_serial", "student_id", "category__code"))


def suggestions_count(school_class, *, user):
    return _undecided(school_class, user).count()


def _undecided(school_class, user):
    return CategoryMark.objects.visible_to(user).filter(
        student__school_class=school_class, student__status="active", confirmed_by=None, ends_on=None
    )


def mask_address(text):
    """晨曦路***: the street only"""
    street = STREET.match(text)
    return (street[0] if street else text[:3]) + "***" if text else ""


def contact(student, shown=None):
    """Rows of the contact card: telephones and address masked, or in clear as `reveal_contact` gave them."""
    guardians = [
        {
            "relation": g.get_relation_display() or "监护人",
            "name": g.name,
            "phone": (shown["guardians"].get(g.pk, "") if shown else mask_phone(g.phone)) if g.phone else "",
        }
        for g in student.guardians.all()
    ]
    return {
        "guardians": guardians,
        "phone": (shown["phone"] if shown else mask_phone(student.phone)) if student.phone else "",
        "address": shown["address"] if shown else mask_address(student.address),
    }
