from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ('visits', '0010_photos_known_again'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='due',
            index=models.Index(condition=Q(in_scope=True, first_on__isnull=False), fields=['programme', 'first_on', 'school'], name='due_reached_on'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(condition=Q(state='recorded', returned_at__isnull=True), fields=['school', 'programme'], name='visit_to_review'),
        ),
    ]
