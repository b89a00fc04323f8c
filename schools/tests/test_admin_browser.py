"""A person's post in the administration, in Chromium: boxes that search are called by their labels."""

import pytest

from schools.enums import Role
from schools.tests.factories import make_authority, make_class, make_officer, make_school, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.prove]


def test_boxes_that_search_have_names(page_at, sign_in, axe):
    authority = make_authority()
    officer, school = make_officer(authority), make_school(authority, short_name="晨曦小学")
    make_class(school)
    teacher = make_user(Role.TEACHER, school=school, name="罗一鸣")
    for width, height in ((390, 844), (1440, 900)):
        page = page_at(width, height)
        sign_in(page, officer)
        for path in (f"/admin/schools/post/{teacher.posts.get().pk}/change/", "/admin/schools/post/add/"):
            page.goto(path)
            page.locator("[role=combobox]").first.wait_for()
            assert axe(page) == [], path
        page.get_by_role("combobox", name="学校").focus()
        page.keyboard.press("Enter")
        page.get_by_role("searchbox", name="学校").fill("晨曦")
        page.get_by_role("option", name="晨曦小学").wait_for()
        assert axe(page) == []
        page.keyboard.press("Enter")
        assert page.get_by_role("combobox", name="学校").inner_text().strip().endswith("晨曦小学")
