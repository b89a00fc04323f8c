"""How somebody wants to be told."""

from django.db import transaction

from core.audit import record
from schools.models import User


@transaction.atomic
def set_mail(user, *, by, email, wants_mail):
    """The log tells that the address changed, never the address."""
    row = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    changed = [name for name, value in (("email", email), ("wants_mail", wants_mail)) if getattr(row, name) != value]
    if changed:
        row.email, row.wants_mail = email, wants_mail
        row.save(update_fields=changed)
        record(row, "user.mail", by=by, authority_id=by.home_authority_id, fields=changed)
    return row
