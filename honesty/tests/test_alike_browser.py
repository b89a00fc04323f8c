"""The quiet line beside a text of 记家访, in Chromium: it comes, it goes, it stops nothing."""

import pytest

from honesty.tests.factories import add_call
from honesty.tests.test_alike_while_writing import LONG, NEARLY, OTHER, SAID
from students.tests.factories import make_student
from visits.actions.register import open_register

LOST = "line => line.dispatchEvent(new CustomEvent('htmx:sendError', {bubbles: true, detail: {elt: line}}))"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.prove]


@pytest.mark.parametrize("size", ((390, 844), (1440, 900)))
def test_a_line_comes_with_a_repeated_text_and_goes_with_a_new_one(programme, school_class, head, page_at, sign_in, axe, size):
    pupils = [make_student(school_class, name=name) for name in ("顾嘉树", "林知夏")]
    open_register(programme)
    add_call(programme, pupils[0], head, "2022-09-12 18:30", process=LONG)
    page = page_at(*size)
    sign_in(page, head)
    page.goto(f"/visits/new/{pupils[1].pk}/#record")
    page.locator("[data-fold] summary").nth(1).click()
    text, line = page.locator("#id_text_process"), page.locator("#id_text_process ~ [data-quiet]")

    text.fill(NEARLY)
    text.blur()
    line.get_by_text(SAID).wait_for()
    assert axe(page) == []
    text.fill(OTHER)
    text.blur()
    line.get_by_text(SAID).wait_for(state="detached")

    line.evaluate(LOST)  # a remark that cannot be had disturbs nobody
    assert page.locator("#messages [role=alert]").count() == 0
    text.fill(LONG)
    text.blur()
    line.get_by_text(SAID).wait_for()

    page.goto(f"/visits/new/{pupils[1].pk}/#review")
    page.evaluate("document.querySelector('#look').dispatchEvent(new Event('look'))")
    page.locator("#look").get_by_role("link", name=f"“家访过程”{SAID}").click()
    assert text.is_visible()
    assert text.input_value() == LONG
