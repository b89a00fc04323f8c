"""Second permission question: may they? (The first, which rows, is visible_to.)

A room's rules.py adds predicates; nobody asks a role by name in a view or a template.
"""

import rules
from django.core.exceptions import PermissionDenied


def allowed(user, perm, obj=None):
    """True only for a permission some room has defined: an unknown name is an error, not a no."""
    if not rules.perm_exists(perm):
        raise LookupError(f"no such permission: {perm}")
    return bool(user and user.is_authenticated and user.is_active and rules.has_perm(perm, user, obj))


def authorize(user, perm, obj=None):
    if not allowed(user, perm, obj):
        raise PermissionDenied(perm)
