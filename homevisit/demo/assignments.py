"""Who is to visit whom in the demonstration: some classes have given part of their families to visitors."""

from datetime import timedelta

from schools.enums import Role
from schools.models import Post
from visits.actions.assign import assign_families
from visits.queries.load import proposal

CLASSES = 3  # of a school
LEFT = 2  # families a class keeps to be assigned in front of an audience, where it has so many
AHEAD, LATE = timedelta(days=9), timedelta(days=3)


def give(programme, staff, *, today, running):
    """Two thirds of the families nobody is to visit yet; one is overdue. Classes whose login is shown come first."""
    if not running:
        return
    posts = Post.objects.active(today).filter(role=Role.CLASS_HEAD, school_class__school__in=list(staff))
    classes = {}
    for post in posts.select_related("user", "school_class__school").order_by("school_class_id", "pk"):
        classes.setdefault(post.school_class.school_id, []).append(post)
    for heads in classes.values():
        given = 0
        heads.sort(key=lambda post: (post.user.username == post.user.staff_no, -post.school_class_id))  # logins shown first
        for post in heads:
            given += given < CLASSES and _class(programme, post.user, post.school_class, today=today, late=not given)


def _class(programme, head, school_class, *, today, late):
    """True when there were families to give."""
    offer = proposal(programme, school_class, [], head)
    visitors, families = dict(offer.pairs), len(offer.homes)
    if families < 2:
        return False
    homes = offer.homes[: max(min(families * 2 // 3, families - LEFT), 1)]
    for number, home in enumerate(homes):
        # The first family was to be seen some days ago.
        by_when = today - LATE if late and not number and len(homes) > 1 else min(today + AHEAD, programme.ends_on)
        pairs = [(pk, visitors[pk]) for pk in home.ids]
        assign_families(programme, school_class, pairs, by=head, visit_by=max(by_when, programme.starts_on))
    return True
