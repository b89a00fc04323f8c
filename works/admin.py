"""The desk in the administration: filed works, filtered, decided in bulk by the same actions as the review page.

Nothing is typed here: rows are read, decided and exported. A title and a text stand with aliases, as everywhere beyond
the school; what is not shown cannot be searched, filtered or sorted by (security.md P4, P7).
"""

import hashlib
import secrets
from io import BytesIO

import pyzipper
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from import_export.admin import ExportMixin

from core.access import allowed
from core.audit import record
from core.clock import now
from core.formats import day
from core.sheets import internal_mark
from core.states import WrongState
from programmes.models import Programme
from schools.actions.decide import decisions_on, new_batch
from schools.admin import ScopedAdmin
from schools.models import School
from schools.resources import TextXlsx
from works.actions.district import (
    NOT_YOURS,
    accept_work,
    award_work,
    decide_many,
    kind_label,
    return_to_school,
    shortlist_work,
)
from works.actions.upper import enter_upper_award, send_up
from works.enums import AT_DISTRICT_STATES, Side, WorkState
from works.forms.desk import AwardForm, DeskExportForm, ReasonForm
from works.forms.upper import UpperAwardForm
from works.models import Work
from works.queries.alias import outside
from works.queries.checks import data_check
from works.queries.queue import at_desk, filed_text, listed_title, undo_bar
from works.queries.upper import LISTS, upper_words
from works.resources import WorkContactResource, WorkResource

SHOWN = 20  # named on the page that asks for a reason


class SchoolFilter(admin.SimpleListFilter):
    """Schools that have filed something the reader sees; no other school's name."""

    title, parameter_name = "学校", "school"

    def lookups(self, request, model_admin):
        filed = model_admin.desk_rows(request.user).order_by().values("school_id")
        return School.objects.filter(pk__in=filed).visible_to(request.user).values_list("pk", "short_name")

    def queryset(self, request, queryset):
        return queryset.filter(school_id=self.value()) if str(self.value()).isdigit() else queryset


class ProgrammeFilter(admin.SimpleListFilter):
    title, parameter_name = "活动", "programme"

    def lookups(self, request, model_admin):
        rows = model_admin.desk_rows(request.user).order_by()
        programmes = Programme.objects.filter(pk__in=rows.values("programme_id")).order_by("-pk")
        return [(programme.pk, str(programme)) for programme in programmes]

    def queryset(self, request, queryset):
        return queryset.filter(programme_id=self.value()) if str(self.value()).isdigit() else queryset


class DeskChangeList(ChangeList):
    def get_results(self, request):
        """First the page's ids, then its rows: thousands of works with author and record are never put in order whole."""
        super().get_results(request)
        ids = list(self.result_list.values_list("pk", flat=True))
        rows = self.queryset.order_by().in_bulk(ids)
        self.result_list = [self.model_admin.as_listed(rows[pk]) for pk in ids if pk in rows]


class DeskAdmin(ExportMixin, ScopedAdmin):
    """What a reviewer and a district administrator have before them. perm_decide: asked for the acts on many."""

    perm_decide = ""
    acts = {}  # verb: action of the room
    formats = [TextXlsx]
    skip_admin_log = True
    export_form_class = DeskExportForm
    import_export_change_list_template = "admin/desk/change_list.html"
    lookups = ()  # what an address may filter by, besides the filters above
    files_of = ""  # works, report, plan: which forms are packed

    def desk_rows(self, user):
        raise NotImplementedError

    def as_listed(self, row):
        """The row as its reader may see it in a list, before anything prints it."""
        return row

    def as_read(self, row):
        """The same for the page of one row."""
        return row

    def get_queryset(self, request):
        rows = self.desk_rows(request.user).select_related(*self.list_select_related)
        return rows.prefetch_related("programme").order_by("-filed_at", "-pk")  # one object, its settings read once

    def get_object(self, request, object_id, from_field=None):
        row = super().get_object(request, object_id, from_field)
        return row and self.as_read(row)

    def get_changelist(self, request, **kwargs):
        return DeskChangeList

    def lookup_allowed(self, lookup, value, request=None):
        return lookup in (*self.lookups, "state", "programme", "school")

    def get_actions(self, request):
        return admin.ModelAdmin.get_actions(self, request)

    def has_decide_permission(self, request):
        return allowed(request.user, self.perm_decide)

    def has_export_permission(self, request):
        return self.has_view_permission(request)

    def changelist_view(self, request, extra_context=None):
        more = {"undo": undo_bar(request.user), "files_url": self._files_url()} | (extra_context or {})
        return super().changelist_view(request, more)

    def _files_url(self):
        try:
            return reverse("desk:forms") + f"?of={self.files_of}"
        except NoReverseMatch:
            return ""

    # ── acts on many ──

    @admin.action(description="通过选中的", permissions=["decide"])
    def accept_many(self, request, queryset):
        self._decide(request, queryset, "accept", "通过了")

    @admin.action(description="退回选中的…", permissions=["decide"])
    def return_many(self, request, queryset):
        return self._ask(request, queryset, "return", "退回了", ReasonForm, "退回学校")

    @admin.action(description="推荐选中的为典型", permissions=["decide"])
    def recommend_many(self, request, queryset):
        self._decide(request, queryset, "recommend", "推荐了")

    def _ask(self, request, queryset, verb, said, form_class, title):
        """The page between: one reason, one label for all; then the act."""
        answered = request.POST.get("said") == "yes"
        form = form_class(request.POST if answered else None)
        if answered and form.is_valid():
            self._decide(request, queryset, verb, said, **form.cleaned_data)
            return None
        rows = [f"{row.school.short_name} {self.as_listed(row)}" for row in queryset[:SHOWN]]
        context = self.admin_site.each_context(request) | {
            "title": title, "form": form, "opts": self.opts, "rows": rows, "count": queryset.count(),
            "action": request.POST.get("action"), "ids": request.POST.getlist("_selected_action"),
            "across": request.POST.get("select_across", "0"),
        }  # fmt: skip
        return TemplateResponse(request, "admin/desk/ask.html", context, status=422 if answered else 200)

    def _decide(self, request, queryset, verb, said, **facts):
        ids = list(queryset.order_by().values_list("pk", flat=True))
        rows = self.model.objects.visible_to(request.user).filter(filed_at__isnull=False)
        outcome = decide_many(rows, ids, self.acts[verb], by=request.user, batch=new_batch(), **facts)
        if outcome.done:
            self.message_user(request, f"{said}{len(outcome.done)}件。", messages.SUCCESS)
        sentences = list(outcome.refused.values())
        for sentence in dict.fromkeys(sentences):
            self.message_user(request, f"{sentences.count(sentence)}件没有处理：{sentence}", messages.WARNING)

    # ── what one page shows ──

    @admin.display(description="补报")
    def late_shown(self, row):
        return "补报" if row.late else "–"

    @admin.display(description="数据核对")
    def checks(self, row):
        signs = {True: "✓", None: "·", False: "！"}
        lines = [(signs[check.ok], check.text) for check in self.checks_of(row)]
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} {}</li>", lines)) if lines else "–"

    def checks_of(self, row):
        return []

    @admin.display(description="处理过程")
    def history(self, row):
        rows = decisions_on(row).filter(level="district")
        lines = [(f"{day(one.at)} {one.by.name} {self.verb_words.get(one.verb, one.verb)}", one.reason) for one in rows]
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} {}</li>", lines)) if lines else "还没有处理"

    verb_words = {
        "accept": "通过", "return": "退回", "return_to_school": "退回", "recommend": "推荐", "shortlist": "推荐",
        "award": "表彰", "publish": "展示", "take_down": "撤下", "send_up": "报上级", "take_back_up": "从上级撤回",
        "upper_award": "记下上级评的等级", "upper_clear": "清掉上级评的等级",
    }  # fmt: skip

    # ── the list as a file ──

    def _do_file_export(self, file_format, request, queryset, export_form=None):
        """Marked with who and when; written down with filters, rows and checksum; sealed where telephones are in it."""
        resource = self.choose_export_resource_class(export_form, request)
        data = self.get_data_for_export(request, queryset, force_native_type=True, export_form=export_form)
        number, moment = secrets.token_hex(4), now()
        mark = internal_mark(request.user, moment, number)
        made = file_format.export_data(data, title=f"{self.opts.verbose_name}名单", mark=mark, made_at=moment)
        name = f"{self.opts.model_name}-{moment:%Y%m%d}-{number}"
        if resource.is_sealed:
            made, name = _sealed(made, f"{name}.xlsx", export_form.cleaned_data["password"]), f"{name}.zip"
        else:
            name = f"{name}.xlsx"
        record(
            None, "admin.export", by=request.user, authority_id=request.user.home_authority_id, rows=len(data),
            model=self.model._meta.label_lower, columns=data.headers, number=number, sealed=resource.is_sealed,
            sha256=hashlib.sha256(made).hexdigest(), filters={name: request.GET.getlist(name) for name in request.GET},
        )  # fmt: skip
        response = HttpResponse(made, content_type="application/zip" if resource.is_sealed else file_format.get_content_type())
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "no-store, private"
        return response

    def get_export_resource_kwargs(self, request, **kwargs):
        return {"user": request.user}


def _sealed(data, name, password):
    out = BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        archive.writestr(name, data)
    return out.getvalue()


class WorkStateFilter(admin.SimpleListFilter):
    """In the district's words; what went back is one state to it."""

    title, parameter_name = "状态", "state"

    def lookups(self, request, model_admin):
        words = [(state, Work(state=state).label_for(Side.DISTRICT)) for state in AT_DISTRICT_STATES]
        return [*words, (WorkState.RETURNED, "已退回学校")]

    def queryset(self, request, queryset):
        if self.value() == WorkState.RETURNED:
            return queryset.exclude(state__in=AT_DISTRICT_STATES)
        return queryset.filter(state=self.value()) if self.value() in AT_DISTRICT_STATES else queryset


class UpperFilter(admin.SimpleListFilter):
    """How far it went beyond the district."""

    title, parameter_name = "报上级", "upper"

    def lookups(self, request, model_admin):
        return [("sent", "已报"), ("result", "评了等级")]

    def queryset(self, request, queryset):
        return queryset.filter(LISTS[self.value()][1]) if self.value() in ("sent", "result") else queryset


@admin.register(Work)
class WorkAdmin(DeskAdmin):
    perm_view, perm_decide = "works.view_desk", "works.decide"
    acts = {
        "accept": accept_work, "return": return_to_school, "recommend": shortlist_work, "award": award_work,
        "upper_award": enter_upper_award,
    }  # fmt: skip
    actions = ["accept_many", "return_many", "recommend_many", "award_many", "send_up_many", "upper_award_many"]
    files_of = "works"
    lookups = ("kind__exact", "late__exact", "upper")
    list_display = ["title_shown", "kind_shown", "school_name", "author_name", "state_shown", "version", "late_shown", "filed_at"]
    list_filter = [WorkStateFilter, UpperFilter, "kind", ProgrammeFilter, "late", SchoolFilter]
    list_select_related = ["school", "author", "honoree", "visit"]
    search_fields = ["school__name", "school__short_name", "school__code"]
    search_help_text = "按学校或题目找。"
    sortable_by = ["version", "filed_at"]
    readonly_fields = fields = [
        "title_shown", "kind_shown", "school_name", "programme_title", "author_name", "state_shown", "version", "late_shown",
        "filed_at", "body_shown", "opinion_shown", "opinion_on", "school_order", "school_award", "award", "upper_shown", "checks",
        "history",
    ]  # fmt: skip

    def desk_rows(self, user):
        return at_desk(user)

    def as_listed(self, row):
        row.title = listed_title(row)
        return row

    def as_read(self, row):
        filed = filed_text(row)
        row.checked = data_check(row) if row.state in AT_DISTRICT_STATES else []
        row.title, row.body, row.opinion = filed.title, filed.body, outside(row, row.opinion)
        return row

    def get_export_resource_classes(self, request):
        return [WorkResource, WorkContactResource] if request.user.reach.authorities else [WorkResource]

    def get_search_results(self, request, queryset, search_term):
        """By school; or by the title as it is read: a name that an alias hides is not found."""
        found, distinct = super().get_search_results(request, queryset, search_term)
        term = search_term.strip()
        if not term:
            return found, distinct
        rows = queryset.filter(title__icontains=term, state__in=AT_DISTRICT_STATES).order_by()
        rows = rows.select_related(None).prefetch_related(None).only("pk", "title", "aliases")
        titles = [row.pk for row in rows if term.lower() in outside(row, row.title).lower()]
        return queryset.filter(pk__in=found.order_by().values("pk")) | queryset.filter(pk__in=titles), distinct

    def has_award_permission(self, request):
        return allowed(request.user, "works.award")

    @admin.action(description="表彰选中的…", permissions=["award"])
    def award_many(self, request, queryset):
        return self._ask(request, queryset, "award", "表彰了", AwardForm, "表彰")

    def has_send_up_permission(self, request):
        return allowed(request.user, "works.send_up")

    @admin.action(description="报选中的给上级", permissions=["send_up"])
    def send_up_many(self, request, queryset):
        """All of them or none, as on the desk's page."""
        try:
            works = send_up(list(queryset.order_by().values_list("pk", flat=True)), by=request.user)
        except (WrongState, PermissionDenied) as refused:
            said = NOT_YOURS if isinstance(refused, PermissionDenied) else refused
            self.message_user(request, f"都没有报：{said}", messages.WARNING)
        else:
            self.message_user(request, f"报了{len(works)}件。", messages.SUCCESS)

    @admin.action(description="记选中的上级评的等级…", permissions=["send_up"])
    def upper_award_many(self, request, queryset):
        return self._ask(request, queryset, "upper_award", "记下了", UpperAwardForm, "记上级评的等级")

    def checks_of(self, row):
        return row.checked

    @admin.display(description="报上级")
    def upper_shown(self, row):
        return upper_words(row) or "–"

    @admin.display(description="题目")
    def title_shown(self, row):
        return row.title

    @admin.display(description="正文")
    def body_shown(self, row):
        return format_html_join("", "<p>{}</p>", ((line,) for line in row.body.splitlines() if line.strip()))

    @admin.display(description="学校推荐意见")
    def opinion_shown(self, row):
        return row.opinion or "–"

    @admin.display(description="种类")
    def kind_shown(self, row):
        return kind_label(row)

    @admin.display(description="学校")
    def school_name(self, row):
        return row.school.name

    @admin.display(description="活动")
    def programme_title(self, row):
        return row.programme.title

    @admin.display(description="作者")
    def author_name(self, row):
        return row.author.name

    @admin.display(description="状态")
    def state_shown(self, row):
        return row.label_for(Side.DISTRICT)
