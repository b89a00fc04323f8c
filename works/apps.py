from django.apps import AppConfig


class WorksConfig(AppConfig):
    name = "works"
    verbose_name = "作品"

    def ready(self):
        from programmes import papers
        from programmes.enums import TemplateKind
        from students import signals
        from works.actions import showing
        from works.papers.fields import STORY_FIELDS, WORK_FIELDS

        signals.consent_withdrawn.connect(showing.consent_withdrawn, dispatch_uid="works.showing")
        papers.offer(TemplateKind.STORY_FORM, STORY_FIELDS)
        papers.offer(TemplateKind.WORK_FORM, WORK_FIELDS)
