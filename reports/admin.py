"""Reports, plans and late passes in the administration: read, filtered, decided in bulk, exported; nothing is typed."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join

from programmes.models import LatePass
from reports.actions.filing import accept_filing, recommend_filing, return_filing
from reports.enums import FilingState
from reports.models import SchoolPlan, SchoolReport
from reports.models.filing import AT_DISTRICT
from reports.queries.checks import report_check
from reports.queries.review import as_texts, filed_sheet, filings_at_desk, plan_check, state_words
from reports.resources import PlanResource, ReportResource
from schools.admin import ScopedAdmin
from works.admin import DeskAdmin, ProgrammeFilter, SchoolFilter


class FilingStateFilter(admin.SimpleListFilter):
    """In the district's words."""

    title, parameter_name = "状态", "state"

    def lookups(self, request, model_admin):
        return [("waiting", "待审"), ("accepted", "已通过"), ("recommended", "已推荐"), ("returned", "已退回学校")]

    def queryset(self, request, queryset):
        return {
            "waiting": lambda: queryset.filter(state=FilingState.FILED),
            "accepted": lambda: queryset.filter(state=FilingState.ACCEPTED),
            "recommended": lambda: queryset.filter(recommended_at__isnull=False),
            "returned": lambda: queryset.exclude(state__in=AT_DISTRICT),
        }.get(self.value(), lambda: queryset)()


class FilingAdmin(DeskAdmin):
    perm_view, perm_decide = "reports.review", "reports.decide_filing"
    acts = {"accept": accept_filing, "return": return_filing, "recommend": recommend_filing}
    actions = ["accept_many", "return_many", "recommend_many"]
    lookups = ("late__exact",)
    list_display = ["school_name", "state_shown", "version", "late_shown", "receipt", "filed_at", "is_recommended"]
    list_filter = [FilingStateFilter, ProgrammeFilter, "late", SchoolFilter]
    list_select_related = ["school", "filed_by"]
    search_fields = ["school__name", "school__short_name", "school__code"]
    search_help_text = "按学校找。"
    sortable_by = ["version", "filed_at"]
    readonly_fields = fields = [
        "school_name", "programme_title", "state_shown", "version", "late_shown", "receipt", "filed_at", "is_recommended",
        "text_shown", "checks", "history",
    ]  # fmt: skip

    def desk_rows(self, user):
        return filings_at_desk(user, self.model)

    @admin.display(description="学校")
    def school_name(self, row):
        return row.school.name

    @admin.display(description="活动")
    def programme_title(self, row):
        return row.programme.title

    @admin.display(description="状态")
    def state_shown(self, row):
        return state_words(row)

    @admin.display(description="推荐典型")
    def is_recommended(self, row):
        return "推荐" if row.recommended_at else "–"

    @admin.display(description="内容")
    def text_shown(self, row):
        """What was filed last; what the school writes in it since is not the desk's."""
        texts = as_texts(row, filed_sheet(row).data)
        lines = ((label, "；".join(text) if isinstance(text, list) else text) for label, text in texts.items() if text)
        return format_html("<dl>{}</dl>", format_html_join("", "<dt>{}</dt><dd>{}</dd>", lines))


@admin.register(SchoolReport)
class ReportAdmin(FilingAdmin):
    resource_classes = [ReportResource]
    files_of = "report"

    def checks_of(self, row):
        return report_check(row, filed=True) if row.state in AT_DISTRICT else []


@admin.register(SchoolPlan)
class PlanAdmin(FilingAdmin):
    resource_classes = [PlanResource]
    files_of = "plan"

    def checks_of(self, row):
        return plan_check(row, filed_sheet(row).data) if row.state in AT_DISTRICT else []


@admin.register(LatePass)
class LatePassAdmin(ScopedAdmin):
    """More time for one school: read here, given and taken back on its page."""

    perm_view = "reports.review"
    list_display = ["school_name", "submission_shown", "until", "reason", "given_by_name", "given_at", "revoked_at"]
    list_select_related = ["school", "given_by"]
    search_fields = ["school__name", "school__short_name", "school__code"]
    ordering = ["-id"]
    readonly_fields = fields = [
        "school_name", "submission_shown", "until", "reason", "given_by_name", "given_at", "revoked_at"
    ]

    def get_queryset(self, request):
        reach = request.user.reach
        desks = reach.authorities | reach.reviewed_authorities
        rows = super().get_queryset(request).filter(authority_id__in=desks)
        return rows.select_related(*self.list_select_related).prefetch_related("programme")

    def lookup_allowed(self, lookup, value, request=None):
        return False

    @admin.display(description="学校")
    def school_name(self, row):
        return row.school.name

    @admin.display(description="材料")
    def submission_shown(self, row):
        labels = {one.code: one.label for one in row.programme.rules.submissions}
        return labels.get(row.submission, row.submission)

    @admin.display(description="谁开通的")
    def given_by_name(self, row):
        return row.given_by.name
