"""按时刻看 of a long district: the sum of all schools beside the page's; a notice that was changed since."""

from copy import deepcopy
from datetime import date

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from programmes.actions.past import keep_notice, lock_notice
from programmes.actions.state import programme_edited
from programmes.models import Category, Programme, ProgrammeCategory
from reports.actions.compile import restart_compilation, run_compilation
from reports.models import SchoolSnapshot, Snapshot
from reports.tests.test_as_of import AT, DESK, SCHOOL, at, freeze, make_place, numbers
from reports.tests.test_compile_parts import fails_for
from reports.views import as_of as views
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_school, make_user
from students.tests.factories import make_mark, make_student
from visits.actions.register import open_register
from visits.tests.factories import make_visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
WHOLE = "/desk/as-of/whole/"


@pytest.fixture
def turn(settings):
    def to(text):
        settings.HOMEVISIT_CLOCK = at(text).isoformat()

    return to


@pytest.fixture
def place(turn):
    """The place of five pupils, and two more schools of two pupils, one of each called on in time."""
    found = make_place(turn)
    turn("2022-09-10T08:00")
    for _ in range(2):
        school_class = make_class(make_school(found.programme.authority))
        head, pupils = make_class_head(school_class), [make_student(school_class) for _ in range(2)]
        open_register(found.programme)
        make_visit(pupils[0], by=head, programme=found.programme, started_at=at("2022-09-09T18:00"))
    turn("2022-10-08T10:00")
    return found


@pytest.fixture
def pages(monkeypatch):
    monkeypatch.setattr(views, "PAGE", 2)


@transaction.atomic
def rewrite(programme, fields, change):
    """As the administration does."""
    stood = lock_notice(programme.pk)
    programme = Programme.objects.get(pk=programme.pk)
    change(programme)
    programme.save()
    keep_notice(programme.pk, stood)
    programme_edited(programme, fields=fields, by=None)


def longer(programme):
    """Visits count three days longer, and a call by telephone counts."""
    programme.ends_on = date(2022, 10, 3)
    programme.config = deepcopy(programme.config)
    programme.config["visit"]["modes"][4]["counts"] = True


def shorter(programme):
    programme.ends_on = date(2022, 9, 18)


# ── The whole district ──


@pytest.mark.seed("S23")
def test_the_sum_of_all_schools_stands_above_the_pages_and_the_pages_own_below(client, place, pages):
    client.force_login(place.officer)
    sums = [0, 0]
    for number in ("1", "2"):
        page = client.get(DESK, {"at": AT, "page": number})
        *_, foot = numbers(page.text)
        assert foot[0] == f"本页{3 - int(number)}所合计"
        sums[0] += int(foot[1])
        sums[1] += int(foot[2].split("｜")[0])
    whole = client.get(WHOLE, {"at": AT})
    line = whole.context["strip"]["line"]
    assert [line.recorded.due, line.recorded.visited] == sums == [9, 4]
    assert (line.visited.visited, line.since.missing, line.since.written_later, line.since.called_later) == (5, 5, 1, 1)
    assert "3所学校，10:00 算出" in whole.text and "<html" not in whole.text


def test_the_page_asks_for_the_sum_and_tells_it_itself_without_a_script(client, place, pages):
    client.force_login(place.officer)
    page = client.get(DESK, {"at": AT})
    address = reverse("desk:as_of_whole")
    assert f'hx-get="{address}?at=2022' in page.text and "全区应访" not in page.text
    page = client.get(DESK, {"at": AT, "whole": "1"})
    assert "全区应访" in page.text and "要算几秒" not in page.text


def test_where_all_schools_stand_on_the_page_their_sum_is_its_foot(client, place):
    client.force_login(place.officer)
    page = client.get(DESK, {"at": AT})
    *_, foot = numbers(page.text)
    assert foot[:2] == ["合计", "9"] and WHOLE not in page.text


def test_the_sum_is_counted_once_in_ten_minutes_and_what_is_frozen_read_anew(client, place, pages, turn):
    client.force_login(place.officer)
    client.get(WHOLE, {"at": AT})
    freeze(place.programme)
    turn("2022-10-08T10:05")
    again = client.get(WHOLE, {"at": AT})
    assert "10:00 算出" in again.text and "冻结（第1版）4人" in again.text
    cache.clear()
    assert "10:05 算出" in client.get(WHOLE, {"at": AT}).text


def test_the_sum_of_no_instant_is_missing_and_others_may_not_ask(client, place):
    client.force_login(place.officer)
    assert client.get(WHOLE, {"at": "明天"}).status_code == 404
    for user in (place.leader, place.heads[0], make_user(Role.TEACHER, school=place.school)):
        client.force_login(user)
        assert client.get(WHOLE, {"at": AT}).status_code == 403


# ── A notice that was changed ──


@pytest.mark.seed("S23", "S57")
@pytest.mark.parametrize(("change", "visited"), [(longer, "3｜60.0%"), (shorter, "0｜0.0%")])
def test_a_notice_changed_since_leaves_what_was_told_and_the_page_says_so(client, place, turn, change, visited):
    client.force_login(place.leader)
    before = numbers(client.get(SCHOOL, {"at": AT}).text)
    turn("2022-10-08T10:01")
    rewrite(place.programme, {"ends_on", "config"}, change)
    turn("2022-10-08T10:02")
    page = client.get(SCHOOL, {"at": AT})
    after = numbers(page.text)
    assert [row[:3] for row in after] == [row[:3] for row in before]
    assert after[-1][3] == visited
    assert "之后改过活动的设置" in page.text
    assert "之后改过活动的设置" not in client.get(SCHOOL, {"at": "现在"}).text


def test_a_new_title_is_no_other_way_of_counting(client, place, turn):
    rewrite(place.programme, {"title"}, lambda programme: setattr(programme, "title", "新的名称"))
    turn("2022-10-08T10:02")
    client.force_login(place.leader)
    assert "之后改过活动的设置" not in client.get(SCHOOL, {"at": AT}).text


def test_a_school_tried_again_after_the_notice_was_changed_writes_what_stood(place, turn, monkeypatch):
    programme = place.programme
    make_mark(place.pupils[0], Category.objects.get(code="HARDSHIP"), by=place.heads[0])
    fails_for(monkeypatch, place.school)
    package = freeze(programme)
    assert package.state == "incomplete"
    monkeypatch.undo()
    turn("2022-10-08T11:00")
    rewrite(programme, {"ends_on", "config"}, shorter)
    category = Category.objects.create(authority=programme.authority, code="MORE", name="更多")
    stood = lock_notice(programme.pk)
    ProgrammeCategory.objects.create(programme=programme, category=category, position=2, label="更多")
    keep_notice(programme.pk, stood)
    restart_compilation(package, by=place.officer)
    run_compilation(package.job_id)
    package.refresh_from_db()
    assert package.state == "ready"
    rows = Snapshot.objects.filter(compilation=package, school=place.school, dimension=0)
    assert sum(row.visited for row in rows) == 2 and sum(row.due for row in rows) == 5
    assert SchoolSnapshot.objects.filter(compilation=package).count() == 3
