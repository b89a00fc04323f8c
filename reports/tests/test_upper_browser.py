"""报送上级 by thumb and on a desktop: chosen, sent, taken back by 撤销, the award noted; nothing axe objects to."""

import pytest
from django.urls import reverse

from core.clock import now
from reports.tests.at_desk import Desk
from works.models import Work
from works.tests.test_upper_actions import with_quota


@pytest.fixture
def desk(transactional_db):
    """Today by the clock of the machine: the undo is ten real seconds."""
    desk = Desk()
    with_quota(desk.programme, 2)
    desk.cases = [desk.work(desk.school(f"示例{name}小学"), kind="case", state="shortlisted") for name in ("晨曦", "柳堤")]
    sent = {"sent_up_at": now(), "sent_up_by": desk.officer}
    desk.gone = desk.work(desk.school("示例望潮小学"), kind="case", state="awarded", **sent)
    return desk


def sent():
    return set(Work.objects.filter(sent_up_at__isnull=False).values_list("pk", flat=True))


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.browser
@pytest.mark.prove
def test_cases_go_on_to_the_city(desk, page_at, sign_in, axe):
    page = page_at(390, 844, has_touch=True)
    sign_in(page, desk.officer)
    page.goto(reverse("desk:upper"))
    assert axe(page) == [] and fits(page)
    for work in desk.cases:
        page.tap(f"input[name=work][value='{work.pk}']")
    page.tap("text=报选中的")
    page.wait_for_selector("text=还能报1篇，选了2篇。去掉1篇再报。")
    assert page.is_checked(f"input[name=work][value='{desk.cases[0].pk}']") and sent() == {desk.gone.pk}
    page.tap(f"input[name=work][value='{desk.cases[0].pk}']")
    page.tap("text=报选中的")
    page.wait_for_url("**which=sent")
    assert sent() == {desk.gone.pk, desk.cases[1].pk} and axe(page) == [] and fits(page)
    page.tap("[data-undo] button")
    page.wait_for_selector("text=撤销了1件")
    assert sent() == {desk.gone.pk}

    wide = page_at(1440, 900)
    sign_in(wide, desk.officer)
    wide.goto(f"{reverse('desk:upper')}?which=sent")
    wide.click("text=记等级")
    wide.wait_for_selector("#result-form")
    assert axe(wide) == [] and fits(wide)
    wide.check("input[value='二等奖']")
    wide.click("text=记下等级")
    wide.wait_for_selector("text=市级二等奖")
    assert axe(wide) == [] and fits(wide)
    desk.gone.refresh_from_db()
    assert desk.gone.upper_award == "二等奖"
