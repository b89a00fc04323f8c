"""存为视图: a set of filters kept under a name, by one person for a page."""

from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import ValidationError
from django.db import transaction

from reports.models import SavedView
from schools.models import User

MOST = 12
NAME = SavedView._meta.get_field("name").max_length
NO_NAME = f"给视图起个名，最多{NAME}个字。"
SAME_NAME = "已经有同名的视图，换个名称。"
TOO_MANY = f"最多存{MOST}个视图，先删掉不用的。"
NOTHING = "先选好筛选再存。"
LEFT_OUT = ("page", "view", "csrfmiddlewaretoken")


def views_of(user, page):
    return SavedView.objects.visible_to(user).filter(page=page)


def plain_query(query):
    """The filters of an address without page numbers and empty values, always in one order."""
    pairs = [(name, value) for name, value in parse_qsl(query.lstrip("?"), max_num_fields=30) if name not in LEFT_OUT]
    return urlencode(sorted(pairs))


def save_view(user, page, *, name, query):
    """The same name with the same filters is one view. Raises ValidationError by field."""
    name, query = " ".join((name or "").split()), plain_query(query or "")
    if not name or len(name) > NAME:
        raise ValidationError({"name": NO_NAME})
    if not query or len(query) > SavedView._meta.get_field("query").max_length:
        raise ValidationError({"name": NOTHING})
    with transaction.atomic():
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        views = views_of(user, page)
        same = views.filter(name=name).first()
        if same is not None and same.query == query:
            return same
        if same is not None:
            raise ValidationError({"name": SAME_NAME})
        if views.count() >= MOST:
            raise ValidationError({"name": TOO_MANY})
        return SavedView.objects.create(user=user, page=page, name=name, query=query)


def rename_view(view, *, name):
    name = " ".join((name or "").split())
    if not name or len(name) > NAME:
        raise ValidationError({"name": NO_NAME})
    with transaction.atomic():
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=view.user_id)
        others = SavedView.objects.filter(user=view.user_id, page=view.page, name=name).exclude(pk=view.pk)
        if others.exists():
            raise ValidationError({"name": SAME_NAME})
        view.name = name
        view.save(update_fields=["name"])
    return view


def remove_view(view):
    view.delete()
