"""A judge on a phone and a desktop, and who runs the round."""

import pytest
from django.urls import reverse

from works.actions.judging import close_round
from works.models import Sheet
from works.tests.judging import judges_of, opened, school_round, score_all, sheets_of

LONG = "九月的一个傍晚，我照着约好的时间去了孩子家。阳台很小，种着一排小葱和两棵番茄。\n" * 6


def fits(page):
    """Nothing sticks out to the side."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.fixture
def round_(transactional_db, clock, programme, school, leader):
    round_ = school_round(programme, school, leader, works=2)
    for entry in round_.entries.select_related("work"):
        entry.work.body = LONG
        entry.work.save(update_fields=["body"])
    return opened(round_)


@pytest.mark.browser
def test_a_judge_scores_two_sheets_on_a_phone(page_at, sign_in, axe, round_, leader):
    judge = judges_of(round_)[0]
    page = page_at(390, 844, has_touch=True)
    sign_in(page, judge)
    page.goto(reverse("works:judging"))
    assert axe(page) == [] and fits(page)
    page.click("a.stretched")
    page.wait_for_selector("text=开始评")
    assert axe(page) == [] and fits(page)
    page.click("text=开始评")
    page.wait_for_selector("[data-judging]")
    assert axe(page) == [] and fits(page)
    for code, points in (("truth", "9"), ("care", "8"), ("words", "7")):
        page.tap(f"[data-tap=id_score_{code}][value='{points}']")
    assert page.text_content("[data-total]") == page.text_content("[data-total-copy]") == "82"
    first = page.url
    page.click("text=保存并下一件")
    page.wait_for_url(lambda url: url != first)
    page.wait_for_selector("text=第002号")
    for code in ("truth", "care", "words"):
        page.fill(f"#id_score_{code}", "8.5")
    page.fill("#id_comment", "朴实，看得到孩子的变化。")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=都评完了")
    totals = Sheet.objects.filter(judge__user=judge).order_by("entry__number").values_list("total", flat=True)
    assert [float(total) for total in totals] == [82, 85]


@pytest.mark.browser
@pytest.mark.prove
def test_keys_of_a_desktop_and_pages_of_who_runs_it(page_at, sign_in, axe, round_, leader):
    judge = judges_of(round_)[0]
    page = page_at(1440, 900)
    sign_in(page, judge)
    first, second = sheets_of(round_, judge)
    page.goto(reverse("works:sheet", args=[first.token]))
    assert axe(page) == [] and fits(page)
    page.focus("#id_score_truth")
    for points in ("9", "9", "10"):
        page.keyboard.type(points)
        page.keyboard.press("Enter")
    page.keyboard.type("一句话")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**{reverse('works:sheet', args=[second.token])}")
    first.refresh_from_db()
    assert (float(first.total), first.comment) == (92, "一句话")
    for width, height in ((1440, 900), (390, 844), (320, 640)):
        run = page_at(width, height)
        sign_in(run, leader)
        names = ["round_new", "rounds"] if width == 390 else ["rounds"]
        addresses = [reverse(f"works:{name}") for name in names]
        parts = ("round", "round_judges", "round_entries", "round_close")
        addresses += [reverse(f"works:{name}", args=[round_.pk]) for name in parts]
        for address in addresses:
            run.goto(address)
            assert axe(run) == [] and fits(run), address
    score_all(round_)
    close_round(round_, by=leader)
    for user, size in ((leader, (1440, 900)), (leader, (390, 844)), (judge, (390, 844))):
        end = page_at(*size)
        sign_in(end, user)
        end.goto(reverse("works:results", args=[round_.pk]))
        assert axe(end) == [] and fits(end)
    end.goto(reverse("works:sheet", args=[first.token]))
    assert axe(end) == [] and fits(end)
