"""A roster through the browser: preview first, confirmed once, gone after an hour."""

from functools import partial
from html import unescape

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse

from core.models import AuditEntry
from schools.enums import Role
from schools.tests.factories import make_class, make_school, make_user
from students.actions.upload import remove_overdue
from students.models import RosterUpload, Student
from students.roster.reader import read_sheets
from students.tests.books import HEAD, PUPIL, book, pupil, roster
from students.tests.expect import FOLDER
from students.tests.factories import make_student

pytestmark = pytest.mark.django_db
XI = pupil(姓名="林夕", 学籍号="G990101201203040022")
SPOILT = pupil(姓名="何清", 学籍号="G99010120120304003")


@pytest.fixture
def web(client, admin, media):
    client.force_login(admin)
    return client


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """with committed(): what waits for the commit happens, like the removal of a file."""
    return partial(django_capture_on_commit_callbacks, execute=True)


def send(client, content, **data):
    file = SimpleUploadedFile("roster.xlsx", content)
    return client.post(reverse("students:import"), {"file": file, "scope": "classes", **data})


def upload(client, content, **data):
    response = send(client, content, **data)
    assert response.status_code == 302
    return RosterUpload.objects.latest("pk")


def page(client, name, row):
    return client.get(reverse(f"students:{name}", args=[row.token]))


def act(client, name, row):
    response = client.post(reverse(f"students:{name}", args=[row.token]), follow=True)
    return unescape(response.content.decode())


def files():
    return default_storage.listdir("rosters")[1] if default_storage.exists("rosters") else []


def test_preview_says_what_would_happen_and_writes_nothing(web):
    row = upload(web, roster(PUPIL, SPOILT))
    text = unescape(page(web, "import_preview", row).content.decode())
    assert "学籍号应为 G、L 或 J 加18位" in text
    assert "何**" in text and "何清" not in text
    assert (row.report["counts"]["create"], row.report["held"]) == (1, [3])
    assert Student.objects.count() == 0


def test_confirming_imports_once_and_says_so_the_second_time(web, admin):
    row = upload(web, roster(PUPIL, XI))
    assert "名册已导入。" in act(web, "import_confirm", row)
    assert "已导入，没有再导入一次" in act(web, "import_confirm", row)
    assert list(Student.objects.values_list("name", flat=True)) == ["林晨", "林夕"]
    entry = AuditEntry.objects.get(action="roster.import")
    assert (entry.actor_id, entry.facts["create"]) == (admin.pk, 2)


def test_cancelling_forgets_the_file_and_changes_nothing(web, committed):
    row = upload(web, roster(PUPIL))
    with committed():
        assert "什么都没有改" in act(web, "import_cancel", row)
    row.refresh_from_db()
    assert (row.state, row.report, files(), Student.objects.count()) == (
        "cancelled", {"counts": row.report["counts"]}, [], 0,
    )  # fmt: skip
    assert "没有导入" in act(web, "import_confirm", row)
    assert web.post(reverse("students:import_cancel", args=[row.token])).status_code == 409
    assert Student.objects.count() == 0


def test_a_preview_that_the_pupils_outran_is_shown_again_before_anything_is_written(web, school_class):
    row = upload(web, roster(PUPIL))
    make_student(school_class, name="周舟")  # now the import would make somebody leave
    assert "再看一遍" in act(web, "import_confirm", row)
    row.refresh_from_db()
    assert (row.state, row.report["counts"]["leave"], Student.objects.count()) == ("waiting", 1, 1)
    assert "名册已导入。" in act(web, "import_confirm", row)


def test_a_pupil_whom_another_school_took_in_meanwhile_is_no_crash(web, school, monkeypatch):
    row = upload(web, roster(PUPIL))

    def lose_the_race(plan, by):
        make_student(make_class(make_school(school.authority)), national_no=PUPIL[4], name="林晨")
        raise IntegrityError

    with monkeypatch.context() as patch:
        patch.setattr("students.actions.upload.apply_plan", lose_the_race)
        assert "再看一遍" in act(web, "import_confirm", row)
    row.refresh_from_db()
    assert (row.state, Student.objects.count()) == ("waiting", 0)
    assert "名册已导入。" in act(web, "import_confirm", row)


def test_files_are_kept_for_an_hour(web, settings, committed):
    row = upload(web, roster(PUPIL, SPOILT))
    assert len(files()) == 1
    settings.HOMEVISIT_CLOCK = "2022-09-18T11:01+08:00"
    with committed():
        assert "过期" in unescape(page(web, "import_preview", row).content.decode())
    assert "已过期，没有导入" in act(web, "import_confirm", row)
    assert page(web, "import_held", row).status_code == 404
    row.refresh_from_db()
    assert (files(), row.report, Student.objects.count()) == ([], {"counts": row.report["counts"]}, 0)


def test_removing_old_files_twice_removes_them_once(web, settings):
    upload(web, roster(PUPIL))
    settings.HOMEVISIT_CLOCK = "2022-09-18T11:01+08:00"
    assert [remove_overdue(), remove_overdue()] == [1, 0]


def test_file_names_tell_nothing(web):
    upload(web, roster(PUPIL))
    (name,) = files()
    assert len(name) == len("0" * 32 + ".xlsx")


@pytest.mark.sqlite  # the file is read in Python: once is enough
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的"),
        (b"a,b\n1,2", "文本表格（CSV）"),
        ((FOLDER / "29_password.xlsx").read_bytes(), "文件有密码"),
        ((FOLDER / "30_corrupt.xlsx").read_bytes(), "文件已损坏"),
        ((FOLDER / "28_header_only.xlsx").read_bytes(), "只有表头"),
        ((FOLDER / "33_no_name_column.xlsx").read_bytes(), "缺少必需的列：姓名"),
        ((FOLDER / "07_sheets_per_class.xlsx").read_bytes(), "文件里有4张名册"),
        (b"PK" + b"\0" * (10 * 1024 * 1024), "超过10MB"),
    ],
    ids=range(8),
)
def test_what_cannot_be_imported_says_why_and_leaves_nothing(web, content, sentence):
    response = send(web, content)
    assert response.status_code == 422
    assert sentence in unescape(response.content.decode())
    assert (RosterUpload.objects.count(), files()) == (0, [])


def test_no_file_chosen_says_so(web):
    response = web.post(reverse("students:import"), {})
    assert (response.status_code, "还没有选文件" in response.content.decode()) == (422, True)


def test_ones_own_new_upload_takes_the_place_of_the_old(web, committed):
    with committed():
        first, second = upload(web, roster(PUPIL)), upload(web, roster(XI))
    first.refresh_from_db()
    assert (first.state, second.state, len(files())) == ("cancelled", "waiting", 1)


def test_one_import_a_school_at_a_time(web, school):
    upload(web, roster(PUPIL))
    colleague = make_user(Role.SCHOOL_ADMIN, school=school)
    web.force_login(colleague)
    response = send(web, roster(XI))
    assert (response.status_code, "周敏10:00上传的名册还没有确认" in response.content.decode()) == (409, True)
    assert len(files()) == 1


def test_scope_is_asked_and_kept(web, school_class):
    make_student(school_class, name="周舟")
    row = upload(web, roster(pupil(班级="五（1）班")), scope="school")
    assert (row.scope, row.report["counts"]["leave"]) == ("school", 1)


def test_an_administrator_of_two_schools_says_which(web, school):
    other = make_school(school.authority)
    both = make_user(Role.SCHOOL_ADMIN, school=school)
    both.posts.create(role=Role.SCHOOL_ADMIN, school=other, starts_on="2020-08-01")
    web.force_login(both)
    assert send(web, roster(PUPIL)).status_code == 422
    assert upload(web, roster(PUPIL), school=other.pk).school == other
    third = make_school(school.authority)
    assert send(web, roster(PUPIL), school=third.pk).status_code == 422


def read_back(content, tmp_path):
    path = tmp_path / "back.xlsx"
    path.write_bytes(content)
    (sheet,) = read_sheets(path)
    return [cells for _, cells in sheet.rows]


def test_held_back_rows_come_back_to_be_repaired_and_sent_again(web, tmp_path):
    head = [*HEAD, "身份证号", "小组"]
    row = upload(web, book(head, [*PUPIL, "990101201203040011", "一"], [*SPOILT, "990101201203040033", "二"]))
    act(web, "import_confirm", row)

    rows = read_back(page(web, "import_held", row).content, tmp_path)

    assert rows[1] == ["原行号", "问题", *HEAD[:4], "全国学籍号", "监护人1姓名", "监护人1关系", "监护人1联系电话"]
    assert rows[2][:4] == ["3", "学籍号应为 G、L 或 J 加18位，请核对位数和字母", "五（3）班", "何清"]
    assert "990101201203040033" not in str(rows)
    assert AuditEntry.objects.get(action="roster.held_back").facts == {"rows": 1}
    rows[2][6] += "3"
    act(web, "import_confirm", upload(web, book(*rows)))
    assert sorted(Student.objects.values_list("name", "status")) == [("何清", "active"), ("林晨", "active")]


def test_rows_of_a_list_with_the_class_in_its_title_come_back_with_the_class(web, tmp_path):
    title, head = ["五（3）班花名册"], ["姓名", "性别", "出生日期", "父亲", "父亲电话"]
    twice = [["林晨", "女", "", "林涛", "19900002222"], ["林晨", "女", "", "林海", "19900003333"]]
    row = upload(web, book(title, head, *twice))
    rows = read_back(page(web, "import_held", row).content, tmp_path)
    assert rows[1] == ["原行号", "问题", "班级", "姓名", "性别", "出生日期", "监护人1姓名", "监护人1联系电话", "监护人1关系"]
    assert [cells[2] for cells in rows[2:]] == ["五（3）班", "五（3）班"]
    assert rows[2][8] == "父亲"


def test_digits_that_excel_lost_come_back_empty(web, tmp_path):
    row = upload(web, roster(pupil(学籍号=990101201203040011.0)))
    rows = read_back(page(web, "import_held", row).content, tmp_path)
    assert rows[2][6] == ""


def test_the_template_is_an_empty_roster(web):
    content = web.get(reverse("students:import_template")).content
    response = send(web, content)
    assert (response.status_code, "只有表头" in response.content.decode()) == (422, True)


def test_the_template_filled_in_is_read_whole(web, tmp_path):
    rows = read_back(web.get(reverse("students:import_template")).content, tmp_path)
    example = [cell.removeprefix("（示例）") if isinstance(cell, str) else cell for cell in rows[-1]]
    row = upload(web, book(*rows[:-1], ["五（3）班", *example[1:4], "", *example[5:]]))
    assert (row.report["unknown_columns"], row.report["problems"]) == ([], [])
    act(web, "import_confirm", row)
    assert Student.objects.get().name == "张三"


@pytest.mark.parametrize("rows", [1, 3])
def test_preview_query_count(web, rows, django_assert_num_queries):
    row = upload(web, roster(PUPIL, *[pupil(姓名=f"何{n}", 学籍号="G1") for n in range(rows)]))
    with django_assert_num_queries(6):
        page(web, "import_preview", row)


@pytest.mark.parametrize("rows", [1, 3])
def test_upload_page_query_count(web, rows, django_assert_num_queries):
    for n in range(rows):
        act(web, "import_confirm", upload(web, roster(pupil(姓名="林一二三"[: n + 2]))))
    with django_assert_num_queries(8):
        web.get(reverse("students:import"))


def test_a_fifty_first_problem_is_on_the_next_page(web):
    row = upload(web, roster(*[pupil(姓名=f"何{n}", 学籍号="") for n in range(60)]))
    assert "第51–60处，共60处" in unescape(
        web.get(reverse("students:import_preview", args=[row.token]), {"page": 2}).content.decode()
    )


def test_the_name_of_the_upload_is_never_used(web):
    file = SimpleUploadedFile("../../林晨.xlsx", roster(PUPIL))
    assert web.post(reverse("students:import"), {"file": file, "scope": "classes"}).status_code == 302
    assert "林晨" not in str(files())
