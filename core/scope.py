"""Base of every scoped queryset. What a user's posts open is a Reach: schools/scope.py."""

from django.db import models
from django.db.models import Q

NOTHING = Q(pk__in=[])


class ScopedQuerySet(models.QuerySet):
    """Rows a user may see. Lists, details, counts, exports and the admin all start at visible_to."""

    def visible_to(self, user):
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        return self.filter(self.scope(user.reach))

    def scope(self, reach) -> Q:
        """The condition on this model's own columns. A model that forgets it shows nothing."""
        return NOTHING


def union(first, *rest):
    """Rows of any of these querysets of one column, once each.

    For a condition `in` it: along a union PostgreSQL walks indexes, for an OR over two tables it reads both through.
    """
    rest = [part.order_by() for part in rest]
    return first.order_by().union(*rest) if rest else first.order_by()
