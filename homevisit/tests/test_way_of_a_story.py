"""The whole way of a story in Chromium: from the record of a visit, over school and district and back again, to the
display; each step by the person whose step it is."""

import re

import pytest
from django.urls import reverse

from students.enums import ConsentPurpose
from students.models import Consent
from works.models import Showing, Work
from works.tests.conftest import (  # noqa: F401
    authority,
    clock,
    head,
    officer,
    programme,
    reviewer,
    school,
    student,
    visit,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.prove]

PHONE, DESKTOP = (390, 844), (1440, 900)
FIRST = "开学第二周，顾嘉树的妈妈打来电话。我们坐在小桌边商量，每晚八点前写完作业，外婆当第一个读者。"
MORE = "第一周，五天里有四天做到了。"


@pytest.fixture
def as_(page_at, sign_in, axe):
    """as_(person, size): a page of one's own; at the end no page may have had an accessibility fault."""
    faults = []

    def open_as(person, size=DESKTOP):
        page = page_at(*size)
        sign_in(page, person)
        page.look = lambda: faults.extend(axe(page))
        return page

    yield open_as
    assert faults == []


@pytest.mark.seed("S53", "S54")
def test_from_the_visit_to_the_display(as_, head, leader, reviewer, officer, visit, student, settings):  # noqa: F811
    teacher = as_(head, PHONE)
    teacher.goto(reverse("visits:detail", args=[visit.pk]))
    teacher.click("text=写成感人故事")
    teacher.wait_for_selector("#start")
    teacher.click("[form=start]")
    teacher.wait_for_url(re.compile(r"/works/\d+/edit/$"))
    teacher.fill("#id_title", "小桌边的八点钟")
    teacher.fill("#id_body", FIRST)
    teacher.wait_for_selector("#save-state:has-text('已保存')")
    teacher.check("#id_may_publish", force=True)
    teacher.check("#id_confirmed", force=True)
    teacher.look()
    teacher.click("button:has-text('提交学校评审')")
    teacher.wait_for_url(re.compile(r"/works/\d+/$"))
    story = Work.objects.get()
    assert (story.state, story.version, story.visit_id) == ("submitted", 1, visit.pk)

    school_page = as_(leader)
    recommend(school_page, story)
    school_page.look()
    send(school_page, story)

    desk = as_(reviewer)
    desk.goto(reverse("desk:review") + f"?tab=story&item={story.pk}")
    desk.wait_for_selector("text=小桌边的八点钟")
    assert desk.get_by_text("顾嘉树").count() == 0  # the district reads an alias
    assert desk.get_by_text("顾同学").count() > 0
    desk.fill("#decide-reason", "后来怎样了，补一句。")
    desk.look()
    desk.click("#return")
    desk.wait_for_selector("text=撤销")
    story.refresh_from_db()
    assert (story.state, story.returned_level) == ("returned", "district")

    settings.HOMEVISIT_CLOCK = "2022-09-19T09:00+08:00"
    teacher.goto(reverse("works:edit", args=[story.pk]))
    teacher.wait_for_selector("text=后来怎样了，补一句。")
    teacher.fill("#id_body", FIRST + MORE)
    teacher.check("#id_confirmed", force=True)
    teacher.click("button:has-text('提交学校评审')")
    teacher.wait_for_url(re.compile(r"/works/\d+/$"))
    recommend(school_page, story)
    send(school_page, story)

    desk.goto(reverse("desk:review") + f"?tab=story&item={story.pk}&compare=1")
    desk.wait_for_selector("ins:has-text('五天里有四天')")
    desk.click("#recommend")
    desk.wait_for_selector("text=撤销")

    district = as_(officer)
    district.goto(reverse("desk:review") + f"?tab=story&state=recommended&item={story.pk}")
    district.select_option("#decide-label", label="一等奖")
    district.click("button[value=award]")
    district.wait_for_selector("text=撤销")
    Consent.objects.create(student=student, purpose=ConsentPurpose.PUBLICATION, recorded_by=head)
    publish(district, story)
    story.refresh_from_db()
    assert (story.state, story.version, story.award) == ("published", 2, "一等奖")

    teacher.goto(reverse("works:showings"))
    teacher.click("text=小桌边的八点钟")
    teacher.wait_for_selector("text=五天里有四天")
    teacher.look()
    showing = Showing.objects.get()
    assert "顾嘉树" not in showing.title + showing.body + teacher.content()


def recommend(page, story):
    page.goto(reverse("works:school_review", args=[story.pk]))
    page.fill("#id_approve-opinion", "情况属实，同意推荐。")
    page.check("#id_approve-confirmed", force=True)
    page.click("[data-approve]")
    page.wait_for_selector("text=撤销")
    story.refresh_from_db()
    assert story.state == "approved"


def send(page, story):
    page.goto(reverse("works:file") + f"?kind=story&school={story.school_id}")
    page.click("button:has-text('核对名单')")
    page.wait_for_selector("text=报给区里的1篇")
    page.click("button:has-text('报送1篇')")
    page.wait_for_url(re.compile(r"/works/school/"))
    page.wait_for_selector("text=已报区")
    story.refresh_from_db()
    assert story.state == "filed"


def publish(page, story):
    page.goto(reverse("works:publish", args=[story.pk]))
    page.check("#id_confirmed", force=True)
    page.look()
    page.click("button:has-text('展示')")
    page.wait_for_url(re.compile(r"/works/stories/"))
