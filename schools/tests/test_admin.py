"""/admin/: scoped by post, verbs by rules, the log read-only, import and export as text cells."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.audit import record
from core.models import AuditEntry
from schools.enums import Role
from schools.models import Post, School, SchoolClass, User
from schools.tests.factories import add_post, make_authority, make_class, make_officer, make_school, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return make_authority("here")


@pytest.fixture
def officer(here, client):
    user = make_officer(here)
    client.force_login(user)
    return user


def listed(client, model):
    response = client.get(reverse(f"admin:{model}_changelist"))
    assert response.status_code == 200
    return {obj.pk for obj in response.context["cl"].result_list}


def test_a_district_officer_sees_only_the_own_authority(client, officer, here):
    own, foreign = make_school(here), make_school(make_authority("there"))
    own_class, foreign_class = make_class(own), make_class(foreign)
    person, stranger = make_user(Role.TEACHER, school=own), make_user(Role.TEACHER, school=foreign)
    assert listed(client, "schools_authority") == {here.pk}
    assert listed(client, "schools_school") == {own.pk}
    assert listed(client, "schools_schoolclass") == {own_class.pk}
    assert listed(client, "schools_user") == {person.pk, officer.pk}
    assert listed(client, "schools_post") == {p.pk for p in Post.objects.filter(user__in=[person, officer])}
    for model, obj in (("school", foreign), ("schoolclass", foreign_class), ("user", stranger)):
        response = client.get(reverse(f"admin:schools_{model}_change", args=[obj.pk]))
        assert response.status_code == 302  # the admin's way of saying: no such row


def test_an_officer_cannot_move_a_school_to_another_authority(client, officer, here):
    school, there = make_school(here), make_authority("there")
    data = {
        "authority": there.pk, "code": school.code, "name": school.name, "short_name": "改", "kind": school.kind,
        "ownership": school.ownership, "system": school.system, "town": "", "is_active": "on",
    }  # fmt: skip
    response = client.post(reverse("admin:schools_school_change", args=[school.pk]), data)
    assert response.status_code == 200  # the other authority is no choice of the form
    school.refresh_from_db()
    assert school.authority == here


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_LEADER, Role.INSPECTOR])
def test_other_roles_do_not_get_in(client, here, role):
    place = {"school": make_school(here)} if role in (Role.TEACHER, Role.SCHOOL_LEADER) else {"authority": here}
    client.force_login(make_user(role, **place))
    assert client.get(reverse("admin:index")).status_code == 302


def test_a_school_administrator_sees_the_own_school_and_changes_no_school(client, here):
    school, other = make_school(here), make_school(here)
    client.force_login(make_user(Role.SCHOOL_ADMIN, school=school))
    own_class, _ = make_class(school), make_class(other)
    assert listed(client, "schools_schoolclass") == {own_class.pk}
    assert client.get(reverse("admin:schools_school_add")).status_code == 403


def test_a_school_administrator_appoints_at_the_own_school_only_and_no_administrator(client, here):
    school, other = make_school(here), make_school(here)
    admin = make_user(Role.SCHOOL_ADMIN, school=school)
    colleague = make_user(Role.TEACHER, school=school)
    client.force_login(admin)

    def appoint(role, where):
        data = {"user": colleague.pk, "role": role, "school": where.pk, "starts_on": "2022-08-01"}
        client.post(reverse("admin:schools_post_add"), data)
        return colleague.posts.filter(role=role, school=where).exists()

    assert appoint(Role.PSYCH_TEACHER, school)
    assert not appoint(Role.PSYCH_TEACHER, other)
    assert not appoint(Role.SCHOOL_ADMIN, school)


def test_only_the_security_administrator_appoints_at_the_district_desk(client, officer, here):
    candidate = make_user(Role.REVIEWER, authority=here)
    data = {"user": candidate.pk, "role": Role.INSPECTOR, "authority": here.pk, "starts_on": "2022-08-01"}
    client.post(reverse("admin:schools_post_add"), data)
    assert not candidate.posts.filter(role=Role.INSPECTOR).exists()
    client.force_login(make_user(Role.SECURITY_ADMIN, authority=here))
    client.post(reverse("admin:schools_post_add"), data)
    assert candidate.posts.filter(role=Role.INSPECTOR).exists()


def test_nobody_appoints_oneself(client, here):
    school = make_school(here)
    admin = make_user(Role.SCHOOL_ADMIN, school=school)
    client.force_login(admin)
    data = {"user": admin.pk, "role": Role.SCHOOL_LEADER, "school": school.pk, "starts_on": "2022-08-01"}
    client.post(reverse("admin:schools_post_add"), data)
    assert admin.posts.count() == 1


def test_the_log_is_read_only_and_the_auditors_alone(client, officer, here):
    entry = record(None, "test", by=None, authority_id=here.pk)
    assert client.get(reverse("admin:core_auditentry_changelist")).status_code == 403
    client.force_login(make_user(Role.AUDITOR, authority=here))
    assert entry.pk in listed(client, "core_auditentry")
    page = reverse("admin:core_auditentry_change", args=[entry.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"action": "x"}).status_code == 403
    assert client.get(reverse("admin:core_auditentry_add")).status_code == 403
    assert client.post(reverse("admin:core_auditentry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403


def test_a_change_in_the_admin_is_written_down_by_field_name(client, officer, here):
    school = make_school(here)
    data = {
        "authority": here.pk, "code": school.code, "name": school.name, "short_name": "新简称", "kind": school.kind,
        "ownership": school.ownership, "system": school.system, "town": school.town, "is_active": "on",
    }  # fmt: skip
    client.post(reverse("admin:schools_school_change", args=[school.pk]), data)
    entry = AuditEntry.objects.get(action="admin.change")
    assert (entry.object_id, entry.fields, entry.actor_id) == (str(school.pk), ["short_name"], officer.pk)


def export(client, model):
    url = reverse(f"admin:{model}_export")
    fields = {k: "on" for k in client.get(url).context["form"].fields if "_" in k and k != "export_items"}
    response = client.post(url, {"format": "0", "resource": "0", **fields})
    return openpyxl.load_workbook(io.BytesIO(response.content)).active


def workbook(*rows):
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return SimpleUploadedFile("t.xlsx", out.getvalue())


def import_rows(client, model, *rows):
    """Upload, then confirm when the preview has no errors; returns the preview's result."""
    url = reverse(f"admin:{model}_import")
    preview = client.post(url, {"import_file": workbook(*rows), "format": "0", "resource": "0"})
    result = preview.context["result"]
    if not (result.has_errors() or result.has_validation_errors()):
        confirm = preview.context["confirm_form"].initial
        client.post(reverse(f"admin:{model}_process_import"), confirm)
    return result


SCHOOL_HEADER = ["教育局代码", "学校标识码", "全称", "简称", "类别", "办学性质", "学制", "街镇"]


def test_schools_come_in_once_and_twice_changes_nothing(client, officer, here):
    row = ["here", "2131990777", "示例区望江小学", "望江小学", "小学", "公办", "五四学制", "晨曦镇"]
    import_rows(client, "schools_school", SCHOOL_HEADER, row)
    result = import_rows(client, "schools_school", SCHOOL_HEADER, row)
    school = School.objects.get(code="2131990777")
    assert (school.authority, school.kind, school.system) == (here, "primary", 54)
    assert (result.totals["new"], result.totals["skip"]) == (0, 1)


def test_a_school_of_another_authority_is_refused_at_its_row(client, officer):
    make_authority("there")
    row = ["there", "2131990778", "示例区望江小学", "望江小学", "小学", "公办", "五四学制", ""]
    result = import_rows(client, "schools_school", SCHOOL_HEADER, row)
    assert "没有这个教育局：there" in str(result.invalid_rows[0].error if result.invalid_rows else result.row_errors())
    assert not School.objects.filter(code="2131990778").exists()


def test_an_unknown_word_names_the_possible_ones(client, officer):
    row = ["here", "2131990779", "示例区望江小学", "望江小学", "大学", "公办", "五四学制", ""]
    result = import_rows(client, "schools_school", SCHOOL_HEADER, row)
    assert "看不懂“大学”，可填：幼儿园、小学" in str(result.invalid_rows[0].error if result.invalid_rows else result.row_errors())


def test_classes_and_staff_come_in(client, officer, here):
    school = make_school(here, code="2131990780")
    import_rows(client, "schools_schoolclass", ["学校标识码", "学段", "入学年份", "班号"], [school.code, "小学", "2018", "3"])
    assert SchoolClass.objects.get(school=school).label(2022) == "五（3）班"
    import_rows(client, "schools_user", ["账号", "姓名", "性别", "出生年月", "职务", "政治面貌", "学校标识码"],
                ["t777", "示例老师", "女", "1985-03", "班主任", "中共党员", school.code])  # fmt: skip
    user = User.objects.get(username="t777")
    assert (user.gender, user.politics, user.has_usable_password()) == ("2", "01", False)
    assert [(p.role, p.school) for p in user.posts.all()] == [(Role.TEACHER, school)]


def test_a_new_account_without_a_school_of_ones_own_is_refused(client, officer):
    foreign = make_school(make_authority("there"))
    for code in ("", foreign.code):
        import_rows(client, "schools_user", ["账号", "姓名", "学校标识码"], ["t778", "示例老师", code])
    assert not User.objects.filter(username="t778").exists()


def new_account(client, **post):
    data = {
        "username": "t900", "name": "新老师", "password1": "a-long-first-password", "password2": "a-long-first-password",
        "posts-TOTAL_FORMS": 1, "posts-INITIAL_FORMS": 0, "posts-MIN_NUM_FORMS": 1, "posts-MAX_NUM_FORMS": 1000,
        "posts-0-starts_on": "2022-08-01", **{f"posts-0-{name}": value for name, value in post.items()},
    }  # fmt: skip
    return client.post(reverse("admin:schools_user_add"), data)


def test_a_school_administrator_makes_an_account_with_its_first_post(client, here):
    school, other = make_school(here), make_school(here)
    client.force_login(make_user(Role.SCHOOL_ADMIN, school=school))
    assert new_account(client).status_code == 200  # a post is needed, or nobody would find the account again
    assert new_account(client, role=Role.TEACHER, school=other.pk).status_code == 200
    assert new_account(client, role=Role.SCHOOL_ADMIN, school=school.pk).status_code == 403
    assert not User.objects.filter(username="t900").exists()
    assert new_account(client, role=Role.TEACHER, school=school.pk).status_code == 302
    assert User.objects.get(username="t900").holds(Role.TEACHER, school=school)


def test_export_writes_text_cells_and_a_line_in_the_log(client, officer, here):
    make_school(here, short_name="=1+1")
    sheet = export(client, "schools_school")
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    assert [(c.data_type, c.number_format) for c in cells] == [("s", "@")]
    assert AuditEntry.objects.filter(action="admin.export").count() == 1


def test_staff_export_holds_no_phone(client, officer, here):
    make_user(Role.TEACHER, school=make_school(here), phone="19900001234")
    sheet = export(client, "schools_user")
    assert not any("1990000" in str(c.value) for row in sheet.iter_rows() for c in row)


def test_an_imported_account_gets_its_first_password_from_an_administrator(client, officer, here):
    user = make_user(Role.TEACHER, school=make_school(here))
    url = reverse("admin:auth_user_password_change", args=[user.pk])
    client.post(url, {"password1": "another-long-password", "password2": "another-long-password"})
    user.refresh_from_db()
    assert user.check_password("another-long-password")


@pytest.mark.parametrize("rows", [1, 3])
def test_school_list_query_count(client, officer, here, rows, django_assert_num_queries):
    for _ in range(rows):
        make_school(here)
    client.get(reverse("admin:schools_school_changelist"))
    with django_assert_num_queries(6):
        client.get(reverse("admin:schools_school_changelist"))


def test_a_person_with_two_posts_is_listed_once(client, officer, here):
    user = make_user(Role.TEACHER, school=make_school(here))
    add_post(user, Role.PSYCH_TEACHER, school=user.posts.get().school)
    assert listed(client, "schools_user") == {user.pk, officer.pk}


def test_a_school_administrator_cannot_rewrite_a_stranger_by_importing_the_account(client, here):
    school, other = make_school(here), make_school(here)
    admin = make_user(Role.SCHOOL_ADMIN, school=school)
    add_post(admin, Role.TEACHER, school=other)  # sees the colleagues there, manages nobody
    stranger = make_user(Role.TEACHER, school=other, name="原名")
    client.force_login(admin)
    result = import_rows(client, "schools_user", ["账号", "姓名"], [stranger.username, "改名"])
    stranger.refresh_from_db()
    assert stranger.name == "原名"
    assert result.has_errors() or result.has_validation_errors()
