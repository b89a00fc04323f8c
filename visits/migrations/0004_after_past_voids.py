import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):

    dependencies = [
        ('visits', '0003_media_claims_and_file_hash'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PastVoid',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('voided_at', models.DateTimeField(verbose_name='作废时间')),
                ('void_reason', models.CharField(max_length=300, verbose_name='作废原因')),
                ('unvoided_at', models.DateTimeField(default=core.clock.now, verbose_name='恢复时间')),
                ('unvoid_reason', models.CharField(max_length=300, verbose_name='恢复原因')),
                ('unvoided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='past_voids', to='visits.visit', verbose_name='家访')),
                ('voided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '恢复过的作废',
                'verbose_name_plural': '恢复过的作废',
                'ordering': ['visit_id', 'id'],
            },
        ),
    ]
