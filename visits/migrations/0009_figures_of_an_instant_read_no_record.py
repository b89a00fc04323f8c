import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('students', '0001_initial'),
        ('visits', '0008_opinions_that_count'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='visit',
            name='visit_school_day',
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['programme', 'school', 'visited_on', 'mode', 'recorded_at', 'voided_at', 'id'], name='visit_school_known'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['id', 'recorded_at', 'voided_at'], name='visit_known'),
        ),
        migrations.AddIndex(
            model_name='visitstudent',
            index=models.Index(fields=['student', 'programme', 'visited_on', 'mode', 'visit'], name='visit_student_known'),
        ),
        migrations.AlterField(
            model_name='visitstudent',
            name='student',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='visit_students', to='students.student', verbose_name='学生'),
        ),
    ]
