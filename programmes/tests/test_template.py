"""A bureau's own shape of a paper: sent by its officer, checked with sentences, in use at once, the old one kept."""

import hashlib
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from docx import Document

from core.files import open_private
from core.models import AuditEntry
from core.states import WrongState
from core.tests.papers import document
from core.tests.test_documents import words
from programmes.actions.template import retire_template, upload_template
from programmes.models import DocumentTemplate
from programmes.papers import paper
from programmes.queries.template import built_in, shape_of
from schools.enums import Role
from schools.tests.factories import make_authority, make_officer, make_school, make_user

pytestmark = pytest.mark.django_db
KIND = "visit_record"
ADMIN = "/admin/programmes/documenttemplate/"
FIVE = "{% for 栏 in 正文 %}{{ 栏.标题 }}：{{ 栏.内容 }}{% endfor %}"
HEAD = "{{ 学校 }} {{ 班级 }} {{ 学生 }} {{ 日期 }} {{ 时间 }} {{ 方式 }} {{ 家访教师 }}"


def docx(text=HEAD + FIVE, name="我局记录表.docx"):
    return ContentFile(document(text), name=name)


@pytest.fixture
def authority():
    return make_authority()


@pytest.fixture
def officer(authority):
    return make_officer(authority)


@pytest.fixture
def admin(client, officer):
    client.force_login(officer, backend="schools.backends.StaffBackend")
    return client


def post(client, authority, file):
    return client.post(f"{ADMIN}add/", {"authority": authority.pk, "kind": KIND, "file": file})


def test_a_right_file_is_kept_and_used_from_now_on(authority, officer):
    template, created = upload_template(authority, KIND, docx(), by=officer)

    assert created and template.original_name == "我局记录表.docx"
    with open_private(template.file) as file:
        assert hashlib.sha256(file.read()).hexdigest() == template.checksum == shape_of(authority.pk, KIND).checksum
    assert AuditEntry.objects.get(action="template.upload").facts["sha256"] == template.checksum
    other = make_authority("there")
    assert shape_of(other.pk, KIND) == built_in(KIND)


def test_the_same_file_twice_is_once_and_another_retires_it(authority, officer):
    first, _ = upload_template(authority, KIND, docx(), by=officer)
    same, created = upload_template(authority, KIND, docx(), by=officer)
    assert (same.pk, created) == (first.pk, False)

    second, _ = upload_template(authority, KIND, docx("新" + HEAD + FIVE), by=officer)
    first.refresh_from_db()
    assert first.retired_at and shape_of(authority.pk, KIND).checksum == second.checksum
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "template.upload", "template.retire", "template.upload",
    ]  # fmt: skip


def test_a_retired_one_gives_way_to_the_built_in_and_cannot_be_retired_twice(authority, officer):
    template, _ = upload_template(authority, KIND, docx(), by=officer)
    retire_template(template, by=officer)

    assert shape_of(authority.pk, KIND) == built_in(KIND)
    with pytest.raises(WrongState):
        retire_template(template, by=officer)


def test_a_misspelt_field_is_refused_with_its_name_and_the_nearest_right_one(authority, officer):
    with pytest.raises(ValidationError) as refused:
        upload_template(authority, KIND, docx(HEAD + FIVE + "{{ 家防教师 }}"), by=officer)

    assert refused.value.messages == ["“{{ 家防教师 }}”：没有“家防教师”这个栏目，是不是“家访教师”？"]
    assert not DocumentTemplate.objects.exists() and not AuditEntry.objects.exists()


def test_missing_fields_are_all_named(authority, officer):
    with pytest.raises(ValidationError) as refused:
        upload_template(authority, KIND, docx("{{ 学校 }} {{ 班级 }} {{ 学生 }} {{ 日期 }} {{ 时间 }} {{ 方式 }}"), by=officer)

    assert refused.value.messages[0].startswith(
        "少了必须有的栏目：“家访教师”、“家访起因”或“正文”、“家访过程”或“正文”、“情况分析”或“正文”"
    )


def test_the_built_in_template_passes_its_own_check():
    one = paper(KIND)
    upload = ContentFile(one.built_in.read_bytes(), name="x.docx")
    authority = make_authority()

    assert upload_template(authority, KIND, upload, by=make_officer(authority))[1]


def test_a_lost_file_does_not_keep_anybody_from_printing(authority, officer):
    template, _ = upload_template(authority, KIND, docx("别的" + HEAD + FIVE), by=officer)
    DocumentTemplate.objects.filter(pk=template.pk).update(file="templates/gone.docx")

    assert shape_of(authority.pk, KIND) == built_in(KIND)


# ── Administration ──


def test_the_page_shows_every_field_and_the_built_in_template_to_begin_from(admin):
    page = admin.get(f"{ADMIN}add/").content.decode()

    for field in paper(KIND).fields:
        assert f"{{{{ {field.name} }}}}" in page or f"in {field.name} %}}" in page
        assert field.meaning in page
    file = admin.get(f"{ADMIN}built-in/{KIND}/")
    assert b"".join(file.streaming_content) == built_in(KIND).data
    assert admin.get(f"{ADMIN}built-in/nothing/").status_code == 404


def test_an_officer_uploads_looks_and_retires(admin, authority):
    assert post(admin, authority, docx()).status_code == 302
    template = DocumentTemplate.objects.get()

    page = admin.get(f"{ADMIN}{template.pk}/change/").content.decode()
    assert "我局记录表.docx" in page and "停用" in page
    sample = b"".join(admin.get(f"{ADMIN}{template.pk}/sample/").streaming_content)
    assert "许嘉树、许嘉禾" in "\n".join(words(sample))
    assert "样例，不是真的记录" in Document(io.BytesIO(sample)).sections[0].footer.paragraphs[-1].text
    assert b"".join(admin.get(f"{ADMIN}{template.pk}/file/").streaming_content) == document(HEAD + FIVE)
    assert admin.post(f"{ADMIN}{template.pk}/retire/").status_code == 302
    assert admin.post(f"{ADMIN}{template.pk}/retire/").status_code == 409
    assert "停用</" not in admin.get(f"{ADMIN}{template.pk}/change/").content.decode()


def test_problems_are_listed_at_the_field_and_nothing_is_kept(admin, authority):
    page = post(admin, authority, docx(HEAD + FIVE + "{{ 家防教师 }}{{ 学生姓名 }}")).content.decode()

    assert "是不是“家访教师”？" in page and "没有“学生姓名”这个栏目" in page and "现在用的模板没有变" in page
    assert not DocumentTemplate.objects.exists()


@pytest.mark.parametrize("name, data", [("表.doc", b"\xd0\xcf\x11\xe0 old word"), ("表.docx", b"PK\x03\x04")])
def test_something_else_is_refused_with_what_to_do(admin, authority, name, data):
    page = post(admin, authority, ContentFile(data, name=name)).content.decode()

    assert "另存为" in page and not DocumentTemplate.objects.exists()


def test_SEC_another_bureau_s_template_is_neither_seen_nor_replaced(admin, officer):
    there = make_authority("there")
    foreign, _ = upload_template(there, KIND, docx(), by=make_officer(there))

    assert "我局记录表" not in admin.get(ADMIN).content.decode()
    for part in ("file/", "sample/"):
        assert admin.get(f"{ADMIN}{foreign.pk}/{part}").status_code == 404
    assert admin.post(f"{ADMIN}{foreign.pk}/retire/").status_code == 404
    assert post(admin, there, docx("换" + HEAD + FIVE)).status_code == 200
    assert DocumentTemplate.objects.get().pk == foreign.pk


@pytest.mark.parametrize("role, status", [(Role.SCHOOL_ADMIN, 403), (Role.TEACHER, 302)])
def test_SEC_nobody_else_of_the_administration_has_to_do_with_templates(client, authority, role, status):
    client.force_login(make_user(role, school=make_school(authority)), backend="schools.backends.StaffBackend")

    for part in ("", "add/", f"built-in/{KIND}/"):
        assert client.get(ADMIN + part).status_code == status, part


def test_SEC_the_city_looks_on_and_the_district_decides(client):
    city = make_authority("city")
    district = make_authority("binhe", parent=city)
    template, _ = upload_template(district, KIND, docx(), by=make_officer(district))
    client.force_login(make_officer(city), backend="schools.backends.StaffBackend")

    assert client.get(f"{ADMIN}{template.pk}/change/").status_code == 200
    assert client.post(f"{ADMIN}{template.pk}/retire/").status_code == 403
    assert post(client, district, docx("换" + HEAD + FIVE)).status_code == 200
    assert DocumentTemplate.objects.count() == 1
