"""Visits made before this keep the post and the party membership the teachers have now; nobody wrote down the earlier."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def keep_posts(apps, schema_editor):
    user_model = apps.get_model("schools", "User")
    visitors = apps.get_model("visits", "VisitVisitor").objects.filter(position__isnull=True)
    user = user_model.objects.filter(pk=OuterRef("user_id"))
    visitors.update(position=Subquery(user.values("position")[:1]), politics=Subquery(user.values("politics")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ("schools", "0003_addresses_for_mail"),
        ("visits", "0006_what_was_true_before"),
    ]

    operations = [migrations.RunPython(keep_posts, migrations.RunPython.noop, elidable=True)]
