from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "visits"
    verbose_name = "家访"

    def ready(self):
        from students.signals import students_changed
        from visits.actions.register import on_students_changed

        students_changed.connect(on_students_changed, dispatch_uid="visits.register")
