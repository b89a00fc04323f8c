from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('visits', '0004_after_past_voids'),
    ]

    operations = [
        migrations.AddField(
            model_name='visitdraft',
            name='dropped_at',
            field=models.DateTimeField(null=True),
        ),
    ]
