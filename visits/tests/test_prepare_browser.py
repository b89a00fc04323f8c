"""Getting ready, in Chromium: brief, code, meetings, attendance, the school's gaps, a pupil's portrait."""

import io

import pypdfium2
import pytest
from django.urls import reverse

from programmes.actions.load import load_programme
from programmes.actions.state import open_programme
from programmes.config.notice import read_notice
from programmes.models import ConductSignature, Event
from programmes.tests.test_notices import DATA
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_leader, make_school, make_user
from students.models import Guardian, Household, PortraitNote
from students.tests.factories import make_student
from visits.models import Opinion
from visits.tests.factories import at, make_visit
from visits.tests.test_brief import note, places, planned, promise

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
PHONE, DESKTOP = (390, 844), (1440, 900)


@pytest.fixture
def place(settings):
    settings.HOMEVISIT_CLOCK = "2023-09-18T10:00+08:00"
    programme = open_programme(load_programme(read_notice(DATA / "wujin-2023.toml")).programme, by=None)
    school_class = make_class(make_school(programme.authority, short_name="青禾路小学"), school_year=2023)
    return programme, school_class


@pytest.fixture
def head(place):
    return make_class_head(place[1], name="陈思远")


@pytest.fixture
def leader(place):
    return make_leader(place[1].school, name="沈文清")


@pytest.fixture
def pupil(place, head):
    """A family with everything on its brief."""
    programme, school_class = place
    pupil = make_student(school_class, name="顾梓涵", household=Household.objects.create())
    make_student(make_class(school_class.school, number=7, school_year=2023), name="顾小明", household=pupil.household)
    Guardian.objects.create(student=pupil, name="顾爷爷", relation="paternal", lives_with=True)
    day = at("2023-09-03 12:00").date()
    for aspect, text in (
        ("strengths", "主动借书给同桌"), ("strengths", "运动会报了800米"), ("study", "数学跟得上"), ("peers", "足球小组愿意收"),
        ("mind", "愿意和体育老师聊"), ("life", "会扫地"), ("family", "父母每周视频两次"),
    ):  # fmt: skip
        note(pupil, head, text, aspect=aspect, on=day)
    visit = make_visit(pupil, by=head, programme=programme, day="2023-09-10", conduct_read=True)
    promise(visit, "每晚一起阅读20分钟")
    promise(visit, "周五通一次电话", 2, who="teacher")
    Opinion.objects.create(visit=visit, category="课后服务", text="能否延到18:30", answerer="school", **places(visit))
    planned(pupil, head, programme, day="2023-09-20")
    ConductSignature.objects.all().delete()
    return pupil


@pytest.fixture
def shown(axe):
    def look(page):
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    return look


def signed_in(page_at, sign_in, user, size, **options):
    page = page_at(*size, **options)
    sign_in(page, user)
    return page


@pytest.mark.seed("W64", "W75")
@pytest.mark.parametrize(
    "size", [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop", marks=pytest.mark.prove)]
)
def test_class_head_reads_the_brief_signs_and_prepares(page_at, sign_in, shown, head, pupil, size):
    page = signed_in(page_at, sign_in, head, size)
    page.goto(reverse("students:detail", args=[pupil.pk]))
    page.get_by_role("link", name="家访准备").click()
    shown(page)
    first = page.locator(".takealong > li").first
    assert "先说优点" in first.inner_text() and "主动借书给同桌" in first.inner_text()

    page.get_by_role("button", name="我已读过，会照着做").click()
    page.wait_for_load_state()
    assert page.url.endswith(reverse("visits:brief", args=[pupil.pk]))
    assert page.get_by_role("button", name="我已读过，会照着做").count() == 0
    page.fill("#id_text", "先说借书，再聊作业")
    page.get_by_role("button", name="记下备课").click()
    page.get_by_text("备课记下了").wait_for()
    assert page.input_value("#id_text") == "先说借书，再聊作业"
    shown(page)


@pytest.mark.prove
def test_brief_prints_on_one_page(page_at, sign_in, head, pupil):
    page = signed_in(page_at, sign_in, head, DESKTOP)
    page.goto(reverse("visits:brief", args=[pupil.pk]))

    paper = pypdfium2.PdfDocument(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    text = paper[0].get_textpage().get_text_range()
    assert len(paper) == 1
    assert all(words in text for words in ("顾梓涵", "主动借书给同桌", "要守时", "双减", "致家长的一封信"))


@pytest.mark.parametrize(
    "size", [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop", marks=pytest.mark.prove)]
)
def test_leader_registers_a_training_and_ticks_who_came(page_at, sign_in, shown, place, leader, head, pupil, size):
    school = place[1].school
    for name in ("罗一鸣", "丁宁", "何静"):
        make_user(Role.TEACHER, school=school, name=name)
    page = signed_in(page_at, sign_in, leader, size)
    page.goto(reverse("visits:school", args=[school.pk]))
    shown(page)
    page.get_by_role("link", name="看名单和安排").click()
    shown(page)
    page.get_by_role("link", name="登记一场培训").click()
    page.wait_for_selector("[name=kind]")
    assert page.is_checked("[name=kind][value=training]")
    shown(page)
    page.fill("#id_place", "阶梯教室")
    page.get_by_label("心理研判").check()
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="登记到会").click()
    shown(page)

    page.get_by_role("button", name="全部勾上").click()
    assert page.locator("[data-ticks-count]").inner_text() == "5"
    page.fill("[data-ticks-search]", "丁")
    assert page.locator("[data-tick]:visible").count() == 1
    page.locator("[data-tick]:visible input").uncheck()
    assert page.locator("[data-ticks-count]").inner_text() == "4"
    page.get_by_role("button", name="保存").click()
    page.get_by_text("到会4人，记好了").wait_for()
    shown(page)
    event = Event.objects.get()
    assert (event.place, event.topics) == ("阶梯教室", ["心理研判"])
    assert set(event.attendances.values_list("user__name", flat=True)) == {"罗一鸣", "何静", "沈文清", "陈思远"}
    page.goto(reverse("programmes:events"))
    shown(page)
    assert "到会4人" in page.inner_text("main")


@pytest.mark.prove
@pytest.mark.parametrize(
    "size", [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop", marks=pytest.mark.prove)]
)
def test_class_head_adds_to_the_portrait_and_takes_it_back(page_at, sign_in, shown, head, pupil, size):
    page = signed_in(page_at, sign_in, head, size)
    page.goto(reverse("students:detail", args=[pupil.pk]))
    page.get_by_text("记一条", exact=True).click()
    shown(page)
    page.get_by_role("button", name="记下").click()
    page.get_by_text("写一句看到的事").first.wait_for()
    shown(page)
    page.fill("#id_note-text", "会炒番茄蛋")
    page.get_by_label("劳动与生活").check()
    page.get_by_role("button", name="记下").click()
    page.locator(".pt-note", has_text="会炒番茄蛋").wait_for()

    page.locator(".pt-note", has_text="会炒番茄蛋").get_by_role("button", name="撤下").click()
    page.locator("dialog").get_by_role("button", name="撤下").click()
    page.get_by_text("已撤下").wait_for()
    assert PortraitNote.objects.filter(text="会炒番茄蛋", removed_at__isnull=False).exists()


@pytest.mark.prove
def test_without_script_the_code_is_signed_and_everybody_ticked(page_at, sign_in, place, leader, head):
    school = place[1].school
    event = Event.objects.create(
        programme=place[0], authority_id=place[0].authority_id, school=school, kind="training", title="家访培训",
        held_on="2023-09-01", created_by=leader,
    )  # fmt: skip
    page = signed_in(page_at, sign_in, head, PHONE, java_script_enabled=False)
    page.goto(reverse("programmes:conduct"))
    page.get_by_role("button", name="我已读过，会照着做").click()
    page.wait_for_selector("main >> text=签过了")

    page = signed_in(page_at, sign_in, leader, PHONE, java_script_enabled=False)
    page.goto(reverse("programmes:attendance", args=[event.pk]))
    page.get_by_role("button", name="全部到会").click()
    assert set(event.attendances.values_list("user", flat=True)) == {leader.pk, head.pk}
