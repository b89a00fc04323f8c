from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "报送"

    def ready(self):
        from programmes import papers
        from programmes.enums import TemplateKind
        from reports.papers.fields import PLAN_FIELDS, REPORT_FIELDS, STATEMENT_FIELDS

        papers.offer(TemplateKind.SCHOOL_REPORT, REPORT_FIELDS)
        papers.offer(TemplateKind.SCHOOL_PLAN, PLAN_FIELDS)
        papers.offer(TemplateKind.STATEMENT, STATEMENT_FIELDS)
