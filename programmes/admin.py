"""Editing a notice after it was loaded, by the officers of its authority; opening and closing it."""

import json
from io import BytesIO

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import allowed, authorize
from core.documents import render
from core.documents.package import MOST_BYTES
from core.files import open_private
from core.formats import day
from core.states import WrongState
from programmes.actions.past import keep_notice, lock_notice
from programmes.actions.state import close_programme, open_programme, programme_edited
from programmes.actions.template import retire_template, template_problems, upload_template
from programmes.config.check import config_problems
from programmes.config.notice import ROSTER_FLAGS
from programmes.config.renamed import in_todays_words
from programmes.config.words import path_words
from programmes.enums import DeadlineKind, TemplateKind
from programmes.forms import DeadlineForm, LinesField
from programmes.models import Category, Deadline, DocumentTemplate, Phase, Programme, ProgrammeCategory
from programmes.papers import paper
from programmes.queries.template import built_in
from programmes.queries.use import category_problems, used_above
from schools.admin import ScopedAdmin


class ReadableJSON(forms.JSONField):
    """JSON one can read: indented, Chinese as it is, with the place of a slip."""

    widget = forms.Textarea(attrs={"rows": 40, "cols": 100, "spellcheck": "false", "class": "vLargeTextField"})

    def prepare_value(self, value):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)

    def to_python(self, value):
        try:
            return json.loads(value) if isinstance(value, str) else value
        except json.JSONDecodeError as error:
            raise ValidationError(
                f"第{error.lineno}行第{error.colno}列 JSON 写法有误。多半是少了或多了逗号、引号、括号。"
            ) from None


class ProgrammeForm(forms.ModelForm):
    config = ReadableJSON(label="设置", help_text="走访方式、记录栏目、清单、守则等。键的含义见 docs/programmes.md。")

    class Meta:
        model = Programme
        fields = [
            "title", "short_title", "school_year", "document_no", "document_title", "issuer", "issued_on",
            "starts_on", "ends_on", "due_on", "config",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["config"] = in_todays_words(self.initial.get("config"))

    def clean_config(self):
        config = self.cleaned_data["config"]
        problems = config_problems(config)
        if problems:
            raise ValidationError([f"{path_words(p.path)}：{p.message}" for p in problems])
        return config

    def clean(self):
        data = super().clean()
        if data.get("starts_on") and data.get("due_on") and data["due_on"] < data["starts_on"]:
            self.add_error("due_on", "早于走访开始日")
        return data


class OfProgramme(admin.StackedInline):
    """Rows of a programme: whoever may change the programme may change them. Stacked, so that every box has a label."""

    extra = 0

    def has_view_permission(self, request, obj=None):
        return allowed(request.user, "programmes.view_programme", obj)

    def has_change_permission(self, request, obj=None):
        return allowed(request.user, "programmes.change_programme", obj)

    has_add_permission = has_delete_permission = has_change_permission


class PhaseForm(forms.ModelForm):
    steps = LinesField(label="要做的事", required=False, help_text="每件一行")

    class Meta:
        model = Phase
        fields = ["position", "code", "name", "starts_on", "ends_on", "steps"]

    def clean(self):
        data = super().clean()
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "结束早于开始")
        return data


class PhaseInline(OfProgramme):
    model = Phase
    form = PhaseForm
    fields = [("position", "code", "name"), ("starts_on", "ends_on"), "steps"]


class DeadlineFormSet(forms.BaseInlineFormSet):
    def clean(self):
        """The visits' own deadline cannot pass while visits are still to count."""
        super().clean()
        for form in self.forms:
            last_visit = self.instance.ends_on
            if form in self.deleted_forms or not last_visit or form.cleaned_data.get("kind") != DeadlineKind.COVERAGE:
                continue
            if form.cleaned_data.get("last_day") and form.cleaned_data["last_day"] < last_visit:
                form.add_error("last_day", f"早于最后一个计入的走访日{day(last_visit)}")


class DeadlineInline(OfProgramme):
    model = Deadline
    form = DeadlineForm
    formset = DeadlineFormSet
    fields = [("position", "kind", "title"), ("last_day", "until")]


class CategoryFormSet(forms.BaseInlineFormSet):
    """Keeps what pupils are marked with and what the register counts by."""

    def clean(self):
        super().clean()
        stand = {use.pk: use for use in self.instance.categories.select_related("category")}
        removed = [stand[form.instance.pk] for form in self.deleted_forms if form.instance.pk in stand]
        problems = category_problems(self.instance, moved=self._moved(stand), removed=removed)
        if sum(bool(form.cleaned_data.get("from_changes")) for form in self._kept()) > 1:
            problems.append("“由重大变化产生”只能勾一类。")
        if problems:
            raise ValidationError(problems)

    def _kept(self):
        return [form for form in self.forms if form not in self.deleted_forms and hasattr(form, "cleaned_data")]

    def _moved(self, stand):
        changed = [form for form in self._kept() if form.instance.pk in stand]
        return [
            stand[form.instance.pk]
            for form in changed
            if {"position", "category"} & set(form.changed_data)
        ]

    def save(self, commit=True):
        """Rows that change places are written anew, so that two can swap."""
        if commit:
            pks = [form.instance.pk for form in self._kept() if form.instance.pk and "position" in form.changed_data]
            ProgrammeCategory.objects.filter(pk__in=pks).delete()
        return super().save(commit)


class CategoryInline(OfProgramme):
    model = ProgrammeCategory
    formset = CategoryFormSet
    fields = [("position", "category", "label"), ("priority", "from_changes")]

    def get_formset(self, request, obj=None, **kwargs):
        """Only kinds of pupils of the programme's own authority."""
        formset = super().get_formset(request, obj, **kwargs)
        category = formset.form.base_fields.get("category")
        if category and obj:
            category.queryset = Category.objects.filter(authority=obj.authority_id)
            for right in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
                setattr(category.widget, right, False)
        return formset


@admin.register(Programme)
class ProgrammeAdmin(ScopedAdmin):
    perm_view, perm_change = "programmes.view_programme", "programmes.change_programme"
    form = ProgrammeForm
    inlines = [PhaseInline, DeadlineInline, CategoryInline]
    list_display = ["code", "title", "authority", "starts_on", "ends_on", "state"]
    list_filter = ["state"]
    list_select_related = ["authority"]
    search_fields = ["code", "title"]
    readonly_fields = ["code", "authority", "state"]
    fieldsets = [
        (None, {"fields": ["code", "authority", "state", "title", "short_title", "school_year"]}),
        ("文件", {"fields": ["document_no", "document_title", "issuer", "issued_on"]}),
        ("日期", {"fields": ["starts_on", "ends_on", "due_on"]}),
        ("设置", {"fields": ["config"]}),
    ]
    actions = ["open_selected", "close_selected"]

    def get_actions(self, request):
        names = self.actions if self.has_change_permission(request) else []
        return {name: self.get_action(name) for name in names}

    @admin.action(description="开放所选活动")
    def open_selected(self, request, queryset):
        self._each(request, queryset, open_programme, "已开放")

    @admin.action(description="结束所选活动")
    def close_selected(self, request, queryset):
        self._each(request, queryset, close_programme, "已结束")

    def _each(self, request, queryset, act, done):
        rows = list(queryset)
        for programme in rows:
            authorize(request.user, "programmes.change_programme", programme)
        for programme in rows:
            try:
                act(programme, by=request.user)
            except WrongState as error:
                messages.error(request, f"{programme}：{error}")
            else:
                messages.success(request, f"{programme}：{done}")

    def save_model(self, request, obj, form, change):
        authorize(request.user, self.perm_change, obj)
        form.stood = lock_notice(obj.pk)
        obj.save()

    def save_related(self, request, form, formsets, change):
        """After all parts are written, the log and the rooms above hear once what changed."""
        super().save_related(request, form, formsets, change)
        fields = set(form.changed_data)
        for formset in formsets:
            if formset.has_changed():
                fields.add({Phase: "phases", Deadline: "deadlines"}.get(formset.model, "categories"))
        if fields:
            keep_notice(form.instance.pk, form.stood)
            programme_edited(form.instance, fields=fields, by=request.user)


class CategoryForm(forms.ModelForm):
    class Meta:
        model = Category
        fields = ["authority", "code", "name", "restricted", "psych", "suggested_by"]

    def clean_suggested_by(self):
        flags = self.cleaned_data["suggested_by"] or []
        if not isinstance(flags, list) or not set(map(str, flags)) <= set(ROSTER_FLAGS):
            raise ValidationError(f"写成列表，如 [\"orphan\"]。可以用：{'、'.join(ROSTER_FLAGS)}")
        return flags

    def clean(self):
        data = super().clean()
        if data.get("psych") and not data.get("restricted"):
            self.add_error("restricted", "归心理教师的类别要同时勾“受限”。")
        return data


@admin.register(Category)
class CategoryAdmin(ScopedAdmin):
    """The authority's own list of kinds; a programme picks from it (S19: the list stays open)."""

    perm_view = "programmes.view_category"
    perm_add = perm_change = "programmes.change_category"
    form = CategoryForm
    list_display = ["code", "name", "authority", "restricted", "psych"]
    list_filter = ["restricted"]
    list_select_related = ["authority"]
    search_fields = ["code", "name"]

    def get_readonly_fields(self, request, obj=None):
        """A kind that is in use keeps its name in the log and the sheets: its code and bureau do not move."""
        return ["authority", "code"] if obj and (used_above(obj) or obj.uses.exists()) else []


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class TemplateForm(forms.ModelForm):
    file = forms.FileField(
        label="模板文件", help_text=f"Word 文档（.docx），最大{MOST_BYTES // 1024 // 1024}MB。上传时逐个核对栏目名。",
        error_messages={"required": "还没有选文件。", "empty": "文件是空的。请选一份 .docx。"},
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )  # fmt: skip

    class Meta:
        model = DocumentTemplate
        fields = ["authority", "kind"]

    def clean(self):
        data = super().clean()
        file = data.get("file")
        if file and data.get("kind"):
            problems = template_problems(data["kind"], file.read(MOST_BYTES + 1))
            file.seek(0)
            if problems:
                self.add_error("file", problems)
        return data


@admin.register(DocumentTemplate)
class TemplateAdmin(ScopedAdmin):
    """A bureau's own shape of a paper: sent, checked, looked at with invented values, taken out of use."""

    perm_view, perm_add = "programmes.view_template", "programmes.change_template"
    add_form_template = "admin/programmes/template_add.html"
    change_form_template = "admin/programmes/template_change.html"
    list_display = ["kind", "authority", "original_name", "uploaded_by", "uploaded_at", "in_use"]
    list_filter = ["kind"]
    list_select_related = ["authority", "uploaded_by"]
    form = TemplateForm
    fields = ["authority", "kind", "file"]
    shown = ["authority", "kind", "original_name", "uploaded_by", "uploaded_at", "in_use"]

    @admin.display(description="在用", boolean=True)
    def in_use(self, obj):
        return obj.retired_at is None

    def get_fields(self, request, obj=None):
        return self.shown if obj else self.fields

    def get_readonly_fields(self, request, obj=None):
        return self.shown if obj else []

    def get_form(self, request, obj=None, **kwargs):
        return super().get_form(request, obj, **kwargs) if obj is None else forms.modelform_factory(self.model, fields=[])

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "authority":
            own = [post.authority_id for post in request.user.posts_now if post.authority_id]
            field.queryset = field.queryset.filter(pk__in=own)
            field.initial = field.queryset.first()
        return field

    def save_model(self, request, obj, form, change):
        authorize(request.user, self.perm_add, obj)
        file = form.cleaned_data["file"]
        template, created = upload_template(obj.authority, obj.kind, file, by=request.user)
        obj.__dict__.update(template.__dict__)
        if not created:
            messages.info(request, "这份文件已经在用，没有重复收下。")

    def add_view(self, request, form_url="", extra_context=None):
        papers = [(kind, paper(kind.value)) for kind in TemplateKind]
        extra = {"papers": [{"kind": kind, "fields": _field_rows(one)} for kind, one in papers]}
        return super().add_view(request, form_url, extra | (extra_context or {}))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        obj = self.get_object(request, object_id)
        extra = {"may_retire": obj and not obj.retired_at and allowed(request.user, self.perm_add, obj)}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def get_urls(self):
        name = "programmes_documenttemplate"
        wrap = self.admin_site.admin_view
        return [
            path("built-in/<slug:kind>/", wrap(require_safe(self.built_in_file)), name=f"{name}_built_in"),
            path("<int:pk>/file/", wrap(require_safe(self.own_file)), name=f"{name}_file"),
            path("<int:pk>/sample/", wrap(require_safe(self.sample)), name=f"{name}_sample"),
            path("<int:pk>/retire/", wrap(require_POST(self.retire)), name=f"{name}_retire"),
            *super().get_urls(),
        ]

    def built_in_file(self, request, kind):
        """The built-in template, to begin from."""
        authorize(request.user, self.perm_view)
        if kind not in TemplateKind:
            raise Http404
        return _document(built_in(kind).data, f"{TemplateKind(kind).label}-内置模板.docx")

    def own_file(self, request, pk):
        template = self._row(request, pk)
        return FileResponse(
            self._open(template), as_attachment=True, filename=template.original_name, content_type=DOCX
        )  # fmt: skip

    def sample(self, request, pk):
        """The template filled with invented values."""
        template = self._row(request, pk)
        with self._open(template) as file:
            filled = render(file.read(), paper(template.kind).example, mark="样例，不是真的记录")
        return _document(filled, f"{template.get_kind_display()}-样例.docx")

    def retire(self, request, pk):
        template = self._row(request, pk)
        authorize(request.user, self.perm_add, template)
        try:
            retire_template(template, by=request.user)
        except WrongState as error:
            return TemplateResponse(request, "409.html", {"message": str(error)}, status=409)
        messages.success(request, "已停用，打印改用内置模板。")
        return redirect(reverse("admin:programmes_documenttemplate_changelist"))

    def _row(self, request, pk):
        authorize(request.user, self.perm_view)
        return get_object_or_404(self.get_queryset(request), pk=pk)

    def _open(self, template):
        try:
            return open_private(template.file)
        except FileNotFoundError:
            raise Http404 from None


def _document(data, name):
    return FileResponse(BytesIO(data), as_attachment=True, filename=name, content_type=DOCX)


def _field_rows(one):
    """What to write for each field, for the table below the upload form."""
    rows = []
    for field in one.fields:
        if not field.columns:
            example = field.example.replace("\n", "；") if isinstance(field.example, str) else ""
            rows.append({"write": [f"{{{{ {field.name} }}}}"], "field": field, "example": example})
            continue
        cells = [f"{{{{ 条.{column} }}}}" for column in field.columns]
        rows.append({"write": [f"{{%tr for 条 in {field.name} %}}", *cells, "{%tr endfor %}"], "field": field, "example": ""})
    return rows
