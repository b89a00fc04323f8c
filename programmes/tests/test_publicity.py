"""Publicity: noted by the school, read by its district, counted for the report."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from core.models import AuditEntry
from core.states import WrongState
from programmes.actions.event import cancel_event, create_event, mark_attendance
from programmes.actions.publicity import add_publicity, change_publicity, remove_publicity
from programmes.actions.state import close_programme
from programmes.models import EventPhoto, Publicity
from programmes.queries.publicity import counts
from programmes.tests.upward import UPWARD, make_upward
from schools.enums import Role
from schools.tests.factories import make_leader, make_officer, make_school, make_user

pytestmark = pytest.mark.django_db
LIST, NEW = "/programme/publicity/", "/programme/publicity/new/"
LINE = {
    "kind": "media", "title": "老师上门听心声", "channel": "示例日报", "on": date(2022, 9, 16), "link": "https://example.org/a",
    "copies": None, "note": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"


@pytest.fixture
def programme():
    return make_upward()


def add(programme, school, by, **changes):
    return add_publicity(programme, school, by=by, **LINE | changes)


def address(name, line):
    return reverse(f"programmes:publicity_{name}", args=[line.pk])


@pytest.mark.seed("W61")
def test_every_channel_of_the_notice_is_offered_and_any_other_may_be_written(as_user, programme, school, leader):
    page = as_user(leader).get(NEW).content.decode()
    for channel in UPWARD["channels"]:
        assert f'<option value="{channel}">' in page
    sent = {"kind": "school", "title": "每周一讲家访", "channel": "国旗下讲话", "on": "2022-09-12"}
    assert as_user(leader).post(NEW, sent).status_code == 302
    line = Publicity.objects.get()
    assert (line.get_kind_display(), line.channel, line.school) == ("校内宣传", "国旗下讲话", school)
    assert '<option value="国旗下讲话">' in as_user(leader).get(NEW).content.decode()


def test_the_same_line_twice_is_one(as_user, programme, school, leader):
    first, created = add(programme, school, leader)
    again, anew = add(programme, school, leader, note="另一句说明")
    assert (created, anew, again.pk) == (True, False, first.pk)
    answer = as_user(leader).post(NEW, LINE | {"on": "2022-09-16", "copies": ""}, follow=True)
    assert "没有重复记" in answer.content.decode() and Publicity.objects.count() == 1
    other, _ = add(programme, school, leader, on=date(2022, 9, 17))
    with pytest.raises(ValidationError, match="已经记过"):
        change_publicity(other, by=leader, **LINE)
    remove_publicity(first, by=leader)
    assert change_publicity(other, by=leader, **LINE).on == date(2022, 9, 16)


WRONG = {
    "kind": ("x", "选一下是哪一种。"),
    "title": ("", "写上标题。"),
    "on": ("2022-09-19", "还没到这一天，等有了再记。"),
    "link": ("javascript:alert(1)", "链接从地址栏整个复制过来，以 http:// 或 https:// 开头。"),
    "copies": ("30", "份数只记发放的材料，这一种不用填。"),
    "note": ("证件310101199001011234", "像是有身份证号，删去再保存。系统不存证件号。"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_is_told_at_its_field(as_user, leader, programme, name):
    value, told = WRONG[name]
    answer = as_user(leader).post(NEW, LINE | {"on": "2022-09-16", "copies": "", name: value})
    assert answer.status_code == 422 and answer.context["form"].errors[name] == [told]
    assert (value or "老师上门听心声" not in answer.content.decode()) and not Publicity.objects.exists()


@pytest.mark.parametrize("link", ["ftp://example.org/a", "//example.org", "example.org", "https://", "data:text/html,x"])
def test_a_link_is_an_address_of_the_web(as_user, programme, school, leader, link):
    assert as_user(leader).post(NEW, LINE | {"on": "2022-09-16", "copies": "", "link": link}).status_code == 422
    if not link.startswith("https://"):
        with pytest.raises(ValidationError):
            add(programme, school, leader, link=link)


def test_a_material_says_how_many_copies(as_user, leader, programme):
    sent = {"kind": "material", "title": "致家长的一封信", "on": "2022-09-12", "copies": ""}
    assert as_user(leader).post(NEW, sent).context["form"].errors["copies"] == ["写上发了多少份。"]
    assert as_user(leader).post(NEW, sent | {"copies": "1250"}).status_code == 302
    page = as_user(leader).get(LIST)
    assert "1,250份" in page.content.decode() and page.context["counts"].copies == 1250


def test_who_may_write(as_user, programme, school, leader):
    line, _ = add(programme, school, leader)
    strangers = [
        (make_leader(make_school(programme.authority)), 404),
        (make_user(Role.TEACHER, school=school), 403),
        (make_officer(programme.authority), 403),
        (make_user(Role.REVIEWER, authority=programme.authority), 403),
    ]
    for stranger, status in strangers:
        assert as_user(stranger).post(address("remove", line)).status_code == status
        with pytest.raises(PermissionDenied):
            change_publicity(line, by=stranger, title="改")
        with pytest.raises(PermissionDenied):
            add(programme, school, stranger, title="新的一条")
    assert Publicity.objects.get().removed_at is None


def test_edit_and_remove(as_user, programme, school, leader):
    line, _ = add(programme, school, leader)
    client = as_user(leader)
    assert client.post(address("edit", line), LINE | {"on": "2022-09-15", "copies": ""}).status_code == 302
    line.refresh_from_db()
    assert line.on == date(2022, 9, 15)
    assert client.post(address("remove", line)).status_code == 302
    assert client.post(address("remove", line)).status_code == 302  # twice is once
    assert client.get(address("edit", line)).status_code == 404
    assert "还没有记" in client.get(LIST).content.decode()
    log = AuditEntry.objects.filter(action__startswith="publicity.").order_by("pk").values_list("action", flat=True)
    assert list(log) == ["publicity.add", "publicity.change", "publicity.remove"]


def test_when_it_is_over_nothing_changes(as_user, programme, school, leader):
    line, _ = add(programme, school, leader)
    close_programme(programme, by=None)
    assert as_user(leader).post(address("remove", line)).status_code == 409
    with pytest.raises(WrongState):
        add(programme, school, leader, title="又一条")
    assert "记一条" not in as_user(leader).get(LIST).content.decode()


def test_the_desk_reads_every_school_and_filters(as_user, programme, school, leader):
    other = make_school(programme.authority, name="示例柳堤小学", short_name="柳堤小学")
    add(programme, school, leader)
    add(programme, other, make_leader(other), kind="material", title="致家长的一封信", copies=300, link="")
    far = make_upward(make_school().authority, code="far")
    for user in (make_officer(programme.authority), make_user(Role.REVIEWER, authority=programme.authority)):
        client = as_user(user)
        page = client.get(LIST).content.decode()
        assert "晨曦小学" in page and "柳堤小学" in page and "记一条" not in page
        assert [row.title for row in client.get(LIST, {"q": "柳堤"}).context["page"]] == ["致家长的一封信"]
        assert [row.title for row in client.get(LIST, {"kind": "media"}).context["page"]] == ["老师上门听心声"]
        assert "没有这样的记录" in client.get(LIST, {"kind": "reported"}).content.decode()
    assert far.publicity.count() == 0


def test_the_list_as_a_workbook_keeps_text_as_text(as_user, programme, school, leader):
    add(programme, school, leader, title="=1+1", note="@说明")
    add(programme, school, leader, kind="material", title="致家长的一封信", copies=300, link="")
    answer = as_user(make_officer(programme.authority)).get("/programme/publicity/list.xlsx?kind=media")
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    row = [cell.value for cell in sheet[4]]
    assert row == [1, "示例晨曦小学", "媒体报道", "=1+1", "示例日报", "2022年9月16日", None, "https://example.org/a", "@说明"]
    assert sheet["D4"].data_type == "s"
    entry = AuditEntry.objects.get(action="publicity.export")
    assert (entry.facts["rows"], entry.facts["filters"]) == (1, "媒体报道")
    teacher = make_user(Role.TEACHER, school=school)
    assert as_user(teacher).get("/programme/publicity/list.xlsx").status_code == 403


def test_the_list_costs_the_same_for_any_number_of_lines(as_user, programme, school, leader, django_assert_num_queries):
    client = as_user(leader)
    add(programme, school, leader)
    client.get(LIST)
    with django_assert_num_queries(12):
        client.get(LIST)
    for number in range(3):
        add(programme, school, leader, title=f"第{number}条")
    with django_assert_num_queries(12):
        client.get(LIST)


def test_fifty_lines_a_page(as_user, programme, school, leader):
    for number in range(51):
        add(programme, school, leader, title=f"第{number}条")
    assert len(as_user(leader).get(LIST).context["page"]) == 50
    assert len(as_user(leader).get(LIST, {"page": 2}).context["page"]) == 1


# ── For the report ──


@pytest.mark.seed("W29")
@pytest.mark.seed("W90")
def test_meetings_publicity_and_copies_are_counted(programme, school, leader, django_assert_num_queries):
    people = [make_user(Role.TEACHER, school=school) for _ in range(3)]
    for day, guests in ((9, 0), (16, 20)):
        fields = {"kind": "training", "title": "走访培训", "held_on": date(2022, 9, day), "guests": guests}
        event, _ = create_event(programme, school, by=leader, **fields)
        mark_attendance(event, by=leader, came=[person.pk for person in people[: 3 if guests else 2]])
    EventPhoto.objects.create(event=event, school=school, owner=leader, file="a", thumb="b", source_sha256="1")
    gone, _ = create_event(programme, school, by=leader, kind="mobilisation", title="动员会", held_on=date(2022, 9, 1))
    cancel_event(gone, by=leader)
    add(programme, school, leader)
    removed, _ = add(programme, school, leader, title="记错的")
    remove_publicity(removed, by=leader)
    for title, copies in (("致家长的一封信", 300), ("家庭教育小册子", 120)):
        add(programme, school, leader, kind="material", title=title, copies=copies, link="")
    other = make_school(programme.authority)
    add(programme, other, make_leader(other))
    with django_assert_num_queries(4):
        found = counts(programme, school)
    assert [(one.label, one.held, one.staff, one.guests) for one in found.meetings] == [("走访培训", 2, 5, 20)]
    assert (found.held, found.came, found.photos, found.copies) == (2, 25, 1, 420)
    assert found.publicity == {"media": 1, "school": 0, "material": 2, "reported": 0} and found.made_known == 1
    earlier = counts(programme, school, until=date(2022, 9, 10))
    assert (earlier.held, earlier.came, earlier.photos, earlier.made_known) == (1, 2, 0, 0)
