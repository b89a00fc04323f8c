"""Who is ready to visit: has signed the code, has been to the training. Gaps are for the school to arrange."""

from django.db.models import QuerySet

from core.clock import today
from programmes.models import Attendance, ConductSignature
from programmes.rules import VISITING_ROLES
from schools.models import Post, User


def has_signed(programme, user):
    """Under the code as it stands; True where the notice has none. One query."""
    return not programme.rules.conduct.rules or signatures(programme).filter(user=user).exists()


def is_trained(programme, user):
    """Has been to a training of the programme; True where it requires none. One query."""
    return not programme.rules.training.required or trainings(programme).filter(user=user).exists()


def signatures(programme):
    """Under the version in force."""
    return ConductSignature.objects.filter(programme=programme, version=programme.rules.conduct.version)


def trainings(programme):
    """Who was at a training that took place."""
    return Attendance.objects.filter(
        event__programme=programme,
        event__kind=programme.rules.training.event,
        event__cancelled_at__isnull=True,
        event__held_on__lte=today(),
    )


def visitors(school, users=None):
    """Active people of the school with a post that visits families, and `users` (list or queryset) who visit by
    another way (mentors, assigned). Ordered by name."""
    posts = Post.objects.active().filter(role__in=VISITING_ROLES).order_by()
    chosen = [posts.filter(school_class__school=school).values("user_id")]
    if users is not None:
        others = users if isinstance(users, QuerySet) else [user.pk for user in users]
        chosen.append(User.objects.filter(pk__in=others).order_by().values("pk"))
    # One IN over a UNION: an OR over subqueries reads everybody there is.
    ids = posts.filter(school=school).values("user_id").union(*chosen)
    return User.objects.filter(pk__in=ids, is_active=True).order_by("name", "pk")


def untrained(programme, school, users=None):
    """list[User] who visit and have not been to a required training, by name. One query."""
    if not programme.rules.training.required:
        return []
    return list(visitors(school, users).exclude(pk__in=trainings(programme).values("user_id")))


def unsigned(programme, school, users=None):
    """list[User] who visit and have not signed the code in force, by name. One query."""
    if not programme.rules.conduct.rules:
        return []
    return list(visitors(school, users).exclude(pk__in=signatures(programme).values("user_id")))
