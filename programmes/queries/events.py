"""Meetings and trainings: which kinds a notice knows, what a user sees of them, who may be ticked as present."""

from django.db.models import Count, Q

from core.clock import today
from programmes.models import Attendance, Event
from schools.models import Post, User

TRAINING = "培训"
LEVEL = "school"  # those of the district and the city are not a school's to register


def kinds(programme):
    """{code: label} of the meetings a school registers under the programme, the training among them."""
    rules = programme.rules
    found = {event.code: event.label for event in rules.events if event.level == LEVEL}
    if rules.training.required or rules.training.topics:
        found.setdefault(rules.training.event, TRAINING)
    return found


def kind_label(programme, code):
    """As the notice calls it, also for a kind it no longer has."""
    found = {event.code: event.label for event in programme.rules.events}
    return found.get(code) or kinds(programme).get(code, "会议")


def events(user, programme):
    """Of the programme, as far as the user may see them, with school and `present` (how many came): one query."""
    rows = Event.objects.visible_to(user).filter(programme=programme).select_related("school")
    return rows.annotate(present=Count("attendances")).order_by("-held_on", "-pk")


def coming_training(programme, school):
    """The next training of the school, None without one."""
    rows = Event.objects.held().filter(programme=programme, school=school, kind=programme.rules.training.event)
    return rows.filter(held_on__gte=today()).order_by("held_on", "pk").first()


def was_there(event, user):
    return Attendance.objects.filter(event=event, user=user).exists()


def present(event):
    """list[User] who came, by name. For those who may read names."""
    return list(User.objects.filter(attendances__event=event).order_by("name", "pk"))


def staff(event):
    """Who may be ticked: everybody with a post at the school today, and who is ticked already. By name."""
    posts = Post.objects.active().filter(Q(school=event.school_id) | Q(school_class__school=event.school_id))
    ticked = Attendance.objects.filter(event=event)
    return User.objects.filter(
        Q(is_active=True, pk__in=posts.values("user_id")) | Q(pk__in=ticked.values("user_id"))
    ).order_by("name", "pk")  # fmt: skip
