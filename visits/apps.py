from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "visits"
    verbose_name = "家访"

    def ready(self):
        from programmes import papers, signals
        from programmes.enums import TemplateKind
        from students.signals import students_changed
        from visits.actions import programme
        from visits.actions.register import on_students_changed
        from visits.papers.fields import FIELDS

        students_changed.connect(on_students_changed, dispatch_uid="visits.register")
        signals.programme_opened.connect(programme.on_programme_opened, dispatch_uid="visits.opened")
        signals.programme_changed.connect(programme.on_programme_changed, dispatch_uid="visits.changed")
        signals.categories_changed.connect(programme.on_categories_changed, dispatch_uid="visits.categories")
        papers.offer(TemplateKind.VISIT_RECORD, FIELDS)
