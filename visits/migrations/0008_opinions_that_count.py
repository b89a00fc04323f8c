import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery


def fill(apps, schema_editor):
    counted = apps.get_model("visits", "VisitStudent").objects.filter(counted=True).values("visit_id")
    visit = apps.get_model("visits", "Visit").objects.filter(pk=OuterRef("visit_id"))
    opinions = apps.get_model("visits", "Opinion").objects.filter(visit_id__in=counted)
    opinions.update(counted_in_id=Subquery(visit.values("programme_id")))


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0003_publicity_and_late_passes'),
        ('visits', '0007_who_went_was_who_then'),
    ]

    operations = [
        migrations.AddField(
            model_name='opinion',
            name='counted_in',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.programme'),
        ),
        migrations.AddIndex(
            model_name='opinion',
            index=models.Index(condition=Q(counted_in__isnull=False), fields=['counted_in', 'school', 'answerer', 'authority'], name='opinion_counted'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
