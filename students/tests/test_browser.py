"""The room's pages in Chromium, on the phone and at a desk: no accessibility violation, nothing wider than the screen."""

import pytest

from programmes.models import Category
from students.models import CategoryMark
from students.tests.books import PUPIL, pupil, roster
from students.tests.factories import make_change, make_mark

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = pytest.mark.parametrize(
    "size", [pytest.param((390, 844), id="phone"), pytest.param((1440, 900), id="desk", marks=pytest.mark.prove)]
)


@pytest.fixture
def checked(axe):
    """checked(page, path): opens it and tells what is wrong with it."""

    def check(page, path=None):
        if path:
            assert page.goto(path).ok
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return axe(page) + [f"{wide} px too wide"] * (wide > 0)

    return check


@SIZES
def test_a_roster_is_uploaded_looked_at_and_confirmed(page_at, sign_in, checked, tmp_path, admin, media, size):
    file = tmp_path / "roster.xlsx"
    file.write_bytes(roster(PUPIL, pupil(姓名="何清", 学籍号="G1")))
    page = page_at(*size)
    sign_in(page, admin)
    assert checked(page, "/students/import/") == []
    page.set_input_files("#id_file", str(file))
    page.get_by_role("button", name="上传并预览").click()
    page.wait_for_url("**/import/*-*/")
    assert checked(page) == []
    page.get_by_role("button", name="确认导入").click()
    page.wait_for_selector("text=名册已导入。")
    assert checked(page) == []


@SIZES
def test_a_class_head_reads_reveals_and_marks(page_at, sign_in, checked, head, student, size):
    make_mark(student, by=head)
    make_change(student, by=head)
    category = Category.objects.create(authority=student.authority, code="ECON", name="经济困难")
    CategoryMark.objects.create(student=student, category=category, source="roster")
    page = page_at(*size)
    sign_in(page, head)
    assert checked(page, f"/students/{student.pk}/") == []
    page.get_by_text("显示电话和住址").first.click()
    page.get_by_label("联系家访").check()
    page.get_by_role("button", name="显示电话和住址").click()
    page.wait_for_selector("text=19900001234")
    assert checked(page) == []
    assert checked(page, f"/students/suggestions/{student.school_class_id}/") == []
    assert checked(page, f"/students/{student.pk}/marks/") == []
    page.get_by_role("button", name="认定").click()
    page.wait_for_selector("text=已认定。")
    assert CategoryMark.objects.filter(category=category, confirmed_by=head).exists()
