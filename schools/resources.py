"""Import and export of the small reference tables: schools, classes, staff (import-export).

Sheets are written by core.sheets' rules through one Format class, so that "=…" stays text; rosters of pupils
have their own importer.
"""

import io

import openpyxl
import tablib
from django.core.exceptions import ValidationError
from import_export import fields, resources
from import_export.formats.base_formats import XLSX
from import_export.widgets import ForeignKeyWidget, Widget

from core.access import allowed
from core.sheets import Column, write_table
from schools.enums import Gender, Ownership, Politics, Position, Role, SchoolKind, Stage, System, Title
from schools.models import Authority, Post, School, SchoolClass, User


class TextXlsx(XLSX):
    """xlsx whose cells are all text on the way out and read as plain values on the way in."""

    def get_title(self):
        return "xlsx"

    def export_data(self, dataset, *, title="", mark="", made_at=None, **kwargs):
        """mark: who made it, when, under which number; below the table and on every page (security.md X4)."""
        out = io.BytesIO()
        columns = [Column(heading, width=16) for heading in dataset.headers]
        rows = (["" if value is None else str(value) for value in row] for row in dataset)
        notes = [mark] if mark else []
        write_table(out, title=title, columns=columns, rows=rows, notes=notes, mark=mark, made_at=made_at)
        return out.getvalue()

    def create_dataset(self, in_stream):
        book = openpyxl.load_workbook(io.BytesIO(in_stream), read_only=True, data_only=True)
        dataset = tablib.Dataset()
        rows = [row for row in book.active.iter_rows(values_only=True) if any(cell not in (None, "") for cell in row)]
        if not rows:
            raise ValidationError("文件是空的")
        dataset.headers = [str(cell or "").strip() for cell in rows[0]]
        for row in rows[1:]:
            dataset.append(["" if cell is None else str(cell).strip() for cell in row])
        return dataset


class ChoiceWidget(Widget):
    """A choice by its Chinese label or its code; exported as the label."""

    def __init__(self, choices):
        super().__init__()
        self.choices = choices
        self.codes = {str(label): value for value, label in choices.choices}

    def clean(self, value, row=None, **kwargs):
        text = str(value or "").strip()
        if not text:
            return ""
        if text in self.codes:
            return self.codes[text]
        if text in {str(v) for v in self.choices.values}:
            return type(self.choices.values[0])(text)
        raise ValueError(f"看不懂“{text}”，可填：{'、'.join(self.codes)}")

    def render(self, value, obj=None, **kwargs):
        return dict(self.choices.choices).get(value, "") if value != "" else ""


class ScopedForeignKey(ForeignKeyWidget):
    """Only rows the importing user may see can be named; ScopedResource says who that is."""

    user = None

    def __init__(self, model, field, what):
        super().__init__(model, field)
        self.what = what

    def clean(self, value, row=None, **kwargs):
        text = str(value or "").strip()
        found = self.model.objects.visible_to(self.user).filter(**{self.field: text}).first() if self.user else None
        if found is None:
            raise ValueError(f"没有这个{self.what}：{text}")
        return found


def choice(attribute, label, choices):
    return fields.Field(attribute=attribute, column_name=label, widget=ChoiceWidget(choices))


def text(attribute, label):
    return fields.Field(attribute=attribute, column_name=label)


class ScopedResource(resources.ModelResource):
    """Rows are matched within what the user may see; the admin passes user=."""

    perm = ""  # asked of every row as it will stand

    def __init__(self, user=None, **kwargs):
        super().__init__(**kwargs)
        self.user = user
        for field in self.fields.values():
            if isinstance(field.widget, ScopedForeignKey):
                field.widget.user = user

    def before_save_instance(self, instance, row, **kwargs):
        if not allowed(self.user, self.perm, instance):
            raise ValidationError("这一行不归你管，请去掉后再导入")

    def get_queryset(self):
        return self._meta.model.objects.visible_to(self.user) if self.user else self._meta.model.objects.none()


class SchoolResource(ScopedResource):
    perm = "schools.change_school"
    authority = fields.Field(
        attribute="authority", column_name="教育局代码", widget=ScopedForeignKey(Authority, "code", "教育局")
    )
    code = text("code", "学校标识码")
    name = text("name", "全称")
    short_name = text("short_name", "简称")
    kind = choice("kind", "类别", SchoolKind)
    ownership = choice("ownership", "办学性质", Ownership)
    system = choice("system", "学制", System)
    town = text("town", "街镇")

    class Meta:
        model = School
        fields = ("authority", "code", "name", "short_name", "kind", "ownership", "system", "town")
        import_id_fields = ["code"]
        skip_unchanged = True
        clean_model_instances = True


class SchoolClassResource(ScopedResource):
    perm = "schools.change_class"
    school = fields.Field(
        attribute="school", column_name="学校标识码", widget=ScopedForeignKey(School, "code", "学校")
    )
    stage = choice("stage", "学段", Stage)
    entry_year = text("entry_year", "入学年份")
    number = text("number", "班号")

    class Meta:
        model = SchoolClass
        fields = ("school", "stage", "entry_year", "number")
        import_id_fields = ["school", "stage", "entry_year", "number"]
        skip_unchanged = True
        clean_model_instances = True


class StaffResource(ScopedResource):
    """Names, codes and months; phones are never exported (S3). A new account becomes a teacher at its school."""

    perm = "schools.change_user"
    username = text("username", "账号")
    name = text("name", "姓名")
    staff_no = text("staff_no", "工号")
    gender = choice("gender", "性别", Gender)
    birth_month = text("birth_month", "出生年月")
    position = choice("position", "职务", Position)
    title = choice("title", "职称", Title)
    politics = choice("politics", "政治面貌", Politics)
    subject = text("subject", "学科")

    class Meta:
        model = User
        fields = ("username", "name", "staff_no", "gender", "birth_month", "position", "title", "politics", "subject")
        import_id_fields = ["username"]
        skip_unchanged = True
        clean_model_instances = True

    def init_instance(self, row=None):
        user = super().init_instance(row)
        user.set_unusable_password()  # an administrator hands out the first one
        return user

    def before_save_instance(self, instance, row, **kwargs):
        super().before_save_instance(instance, row, **kwargs)
        if not instance.pk:
            code = str(row.get("学校标识码") or "").strip()
            instance.first_post = Post(role=Role.TEACHER, school=School.objects.visible_to(self.user).filter(code=code).first())
            if not instance.first_post.school or not allowed(self.user, "schools.change_post", instance.first_post):
                raise ValidationError(f"新账号要写明学校标识码，且是你管的学校：{code or '没有填'}")

    def after_save_instance(self, instance, row, **kwargs):
        if hasattr(instance, "first_post"):
            instance.first_post.user = instance
            instance.first_post.save()
