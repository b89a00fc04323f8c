"""The administration: reference data, accounts and posts, scoped by post; the log is read-only."""

from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from import_export.admin import ImportExportMixin

from core.access import allowed
from core.audit import record
from core.models import AuditEntry
from schools.models import Authority, Post, School, SchoolClass, User, Workday
from schools.resources import SchoolClassResource, SchoolResource, StaffResource, TextXlsx

admin.site.site_header = admin.site.site_title = "家访 管理"
admin.site.index_title = "管理"


class ScopedAdmin(admin.ModelAdmin):
    """Rows by visible_to, verbs by rules; an empty perm_… means nobody."""

    perm_view = perm_add = perm_change = perm_delete = ""
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request):
        return self.model.objects.visible_to(request.user).order_by(*self.get_ordering(request) or ["pk"])

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Choices only from rows the user may see."""
        related = db_field.remote_field.model._default_manager
        if hasattr(related.all(), "visible_to"):
            kwargs["queryset"] = related.all().visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_view_permission(self, request, obj=None):
        return self._may(request, self.perm_view or self.perm_change, obj)

    def has_add_permission(self, request, *args):
        return self._may(request, self.perm_add)

    def has_change_permission(self, request, obj=None):
        return self._may(request, self.perm_change, obj)

    def has_delete_permission(self, request, obj=None):
        return self._may(request, self.perm_delete, obj)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def _may(self, request, perm, obj=None):
        return bool(perm) and allowed(request.user, perm, obj)

    def save_model(self, request, obj, form, change):
        """The object as it will stand must be the user's too: nobody moves a row into another scope."""
        if not self._may(request, self.perm_change if change else self.perm_add, obj):
            raise PermissionDenied
        super().save_model(request, obj, form, change)
        record(obj, f"admin.{'change' if change else 'add'}", by=request.user, fields=sorted(form.changed_data))

    def delete_model(self, request, obj):
        record(obj, "admin.delete", by=request.user)
        super().delete_model(request, obj)

    def get_actions(self, request):
        return {}


class ScopedImportExport(ImportExportMixin):
    formats = [TextXlsx]
    import_error_display = ("message", "row")
    skip_admin_log = True

    def get_import_resource_kwargs(self, request, *args, **kwargs):
        return {"user": request.user}

    def get_export_resource_kwargs(self, request, *args, **kwargs):
        return {"user": request.user}

    def has_import_permission(self, request):
        return self.has_add_permission(request)

    def has_export_permission(self, request):
        return self.has_view_permission(request)

    def process_result(self, result, request):
        record(
            None, "admin.import", by=request.user, authority_id=request.user.home_authority_id,
            model=self.model._meta.label_lower, totals=dict(result.totals),
        )  # fmt: skip
        return super().process_result(result, request)

    def get_export_data(self, file_format, request, queryset, **kwargs):
        record(
            None, "admin.export", by=request.user, authority_id=request.user.home_authority_id,
            model=self.model._meta.label_lower, rows=queryset.count(),
        )  # fmt: skip
        return super().get_export_data(file_format, request, queryset, **kwargs)


@admin.register(Authority)
class AuthorityAdmin(ScopedAdmin):
    perm_view, perm_change = "schools.view_authority", "schools.change_authority"
    list_display = ["code", "name", "region_code", "system"]
    fields = ["code", "name", "short_name", "region_code", "system", "package_email"]
    readonly_fields = ["code"]
    search_fields = ["code", "name"]


@admin.register(School)
class SchoolAdmin(ScopedImportExport, ScopedAdmin):
    perm_view = "schools.view_school"
    perm_add = perm_change = "schools.change_school"
    resource_classes = [SchoolResource]
    list_display = ["code", "short_name", "authority", "kind", "town", "is_active"]
    list_filter = ["kind", "is_active"]
    list_select_related = ["authority"]
    search_fields = ["code", "name", "short_name"]
    fields = ["authority", "code", "name", "short_name", "kind", "ownership", "system", "town", "is_active"]


@admin.register(SchoolClass)
class SchoolClassAdmin(ScopedImportExport, ScopedAdmin):
    perm_view = "schools.view_class"
    perm_add = perm_change = "schools.change_class"
    resource_classes = [SchoolClassResource]
    list_display = ["school", "class_label", "stage", "entry_year", "number"]
    list_filter = ["stage", "entry_year"]
    list_select_related = ["school"]
    search_fields = ["school__short_name", "school__code"]
    autocomplete_fields = ["school"]
    fields = ["school", "stage", "entry_year", "number"]

    @admin.display(description="班级")
    def class_label(self, obj):
        return obj.label()


class NewUserForm(BaseUserCreationForm):
    class Meta:
        model = User
        fields = ["username", "name"]


class PostInline(admin.TabularInline):
    """A new account gets its first post on the same page, else its maker could not find it again; later
    posts are given and ended under “岗位”."""

    model = Post
    fields = ["role", "authority", "school", "school_class", "starts_on", "ends_on"]
    autocomplete_fields = ["school", "school_class"]
    can_delete = False
    min_num = 1
    extra = 0

    def has_add_permission(self, request, obj):
        return obj is None and allowed(request.user, "schools.change_post")

    def has_change_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return allowed(request.user, "schools.view_post")

    def get_queryset(self, request):
        return Post.objects.visible_to(request.user).select_related("authority", "school", "school_class__school")

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, validate_min=obj is None, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = db_field.remote_field.model.objects.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(User)
class UserAdmin(ScopedImportExport, ScopedAdmin, auth_admin.UserAdmin):
    perm_view = "schools.view_user"
    perm_add = perm_change = "schools.change_user"
    resource_classes = [StaffResource]
    add_form = NewUserForm
    fieldsets = [
        (None, {"fields": ["username", "password", "name", "staff_no", "is_active"]}),
        ("任职", {"fields": ["position", "title", "subject", "politics", "gender", "birth_month"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "name", "password1", "password2"]})]
    filter_horizontal = ()
    ordering = ["username"]
    list_display = ["username", "name", "position", "is_active"]
    list_filter = ["position", "is_active"]
    search_fields = ["username", "name", "staff_no"]
    inlines = [PostInline]

    def save_formset(self, request, form, formset, change):
        for post in formset.save(commit=False):
            if not allowed(request.user, "schools.change_post", post):
                raise PermissionDenied
            post.save()
            record(post, "admin.add", by=request.user)


@admin.register(Post)
class PostAdmin(ScopedAdmin):
    perm_view = "schools.view_post"
    perm_add = perm_change = "schools.change_post"
    list_display = ["user", "role", "authority", "school", "school_class", "starts_on", "ends_on"]
    list_filter = ["role"]
    list_select_related = ["user", "authority", "school", "school_class__school"]
    search_fields = ["user__name", "user__username"]
    autocomplete_fields = ["user", "school", "school_class"]
    fields = ["user", "role", "authority", "school", "school_class", "starts_on", "ends_on", "reads_restricted"]


@admin.register(Workday)
class WorkdayAdmin(ScopedAdmin):
    perm_view = perm_add = perm_change = perm_delete = "schools.change_workday"
    list_display = ["day", "is_workday", "name"]
    date_hierarchy = "day"


@admin.register(AuditEntry)
class AuditEntryAdmin(ScopedAdmin):
    """Read-only, for the auditor of the authority."""

    perm_view = "core.view_audit"
    list_display = ["at", "actor", "action", "object_type", "object_id", "result", "address"]
    list_filter = ["action", "result"]
    search_fields = ["actor", "object_id", "request_id"]
    date_hierarchy = "at"

    def has_change_permission(self, request, obj=None):
        return False


if admin.site.is_registered(Group):
    admin.site.unregister(Group)
