"""按时刻看: the district by school, a school by class and by name."""

import re
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from programmes.tests.factories import make_programme
from reports.actions.compile import run_compilation, start_compilation
from reports.models import Compilation
from schools.enums import Role
from schools.tests.factories import (
    make_authority,
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.actions.review import void_visit
from visits.tests.factories import make_visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
DEADLINE = timezone.make_aware(datetime(2022, 10, 1))
AT = "2022年9月30日24:00"
DISTRICT, OF_SCHOOL = 19, 17  # queries
AFTER = "截至2022年9月30日24:00，应访的学生里有3人还没有走访记录。之后补录1人，补访1人，还没走到1人。"
DESK, SCHOOL, ROWS = "/desk/as-of/", "/reports/as-of/", "/reports/as-of/rows/"


def at(text):
    return timezone.make_aware(datetime.fromisoformat(text))


@pytest.fixture
def turn(settings):
    def to(text):
        settings.HOMEVISIT_CLOCK = at(text).isoformat()

    return to


def make_place(turn):
    """Five pupils in two classes: two reached by the deadline, one written late, one called on late, one missing."""
    turn("2022-09-01T08:00")
    cache.clear()
    programme = make_programme()
    school = make_school(programme.authority, short_name="晨曦小学")
    classes = [make_class(school, number=1), make_class(school, number=2)]
    heads = [make_class_head(one) for one in classes]
    names = ["顾嘉树", "唐予安", "沈知夏", "陆一鸣", "何望舒"]
    pupils = [make_student(classes[number // 3], name=name) for number, name in enumerate(names)]
    open_register(programme)
    for number, (recorded, visited) in enumerate(
        (("2022-09-20", "2022-09-19"), ("2022-09-30", "2022-09-30"), ("2022-10-02", "2022-09-30"), ("2022-10-06", "2022-10-05"))
    ):
        turn(f"{recorded}T20:00")
        make_visit(pupils[number], by=heads[number // 3], programme=programme, started_at=at(f"{visited}T18:00"))
    turn("2022-10-08T10:00")
    return SimpleNamespace(
        programme=programme, school=school, classes=classes, heads=heads, pupils=pupils, leader=make_leader(school),
        officer=make_officer(programme.authority),
    )  # fmt: skip


@pytest.fixture
def place(turn):
    return make_place(turn)


def numbers(text):
    """Cells of the table's rows as words; ｜ stands before a rate."""
    text = text.replace('<span class="sec ms-2">', "｜")
    rows = re.findall(r"<tr>(.*?)</tr>", text, re.S)
    clean = [[re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in rows]
    return [row for row in clean if len(row) > 3]


def freeze(programme):
    compilation = start_compilation(programme, "coverage")
    run_compilation(compilation.job_id)
    return Compilation.objects.get(pk=compilation.pk)


@pytest.mark.seed("S23", "S57")
def test_the_district_reads_recorded_visited_and_what_came_after_beside_each_other(client, place):
    client.force_login(place.officer)
    page = client.get(DESK)  # the last deadline that has passed
    assert page.context["as_of"] == AT
    (_, row, total) = numbers(page.text)
    assert row == ["晨曦小学", "5", "2｜40.0%", "3｜60.0%", "3", "1", "1", "1"]
    assert total[1:] == row[1:]


def test_beside_a_frozen_package_stands_the_difference(client, place):
    assert freeze(place.programme).revision == 1
    client.force_login(place.officer)
    page = client.get(DESK, {"at": AT})
    (head, row, _) = numbers(page.text)
    assert head[4:6] == ["冻结（第1版）", "比冻结多"]
    assert row[1:6] == ["5", "2｜40.0%", "3｜60.0%", "2｜40.0%", "+1"]
    assert "按这个时刻汇编" not in page.text


def test_a_void_since_takes_from_what_is_known_now_alone(client, place, turn):
    freeze(place.programme)
    first = place.pupils[0].visit_students.get().visit
    void_visit(first, by=place.leader, reason="重复")
    second = place.pupils[1].visit_students.get().visit
    void_visit(second, by=place.leader, reason="重复")
    turn("2022-10-08T10:01")
    client.force_login(place.officer)
    (_, row, _) = numbers(client.get(DESK, {"at": AT}).text)
    assert row[2:6] == ["2｜40.0%", "1｜20.0%", "2｜40.0%", "-1"]


def test_a_school_reads_its_classes_and_the_pupils_behind_each_number(client, place):
    client.force_login(place.leader)
    page = client.get(SCHOOL, {"at": AT})
    (_, one, two, whole) = numbers(page.text)
    assert one[1:] == ["3", "2｜66.6%", "3｜100%", "1", "1", "0", "0"]
    assert two[1:] == ["2", "0｜0.0%", "0｜0.0%", "2", "0", "1", "1"]
    assert whole[1:] == ["5", "2｜40.0%", "3｜60.0%", "3", "1", "1", "1"]
    told = {}
    for what in ("due", "recorded", "visited", "missing", "written", "called", "still"):
        rows = client.get(ROWS, {"at": AT, "what": what}).context["rows"]
        told[what] = [row[1] for row in rows]
    assert told == {
        "due": ["顾嘉树", "唐予安", "沈知夏", "陆一鸣", "何望舒"], "recorded": ["顾嘉树", "唐予安"],
        "visited": ["顾嘉树", "唐予安", "沈知夏"], "missing": ["沈知夏", "陆一鸣", "何望舒"], "written": ["沈知夏"],
        "called": ["陆一鸣"], "still": ["何望舒"],
    }  # fmt: skip
    (row,) = client.get(ROWS, {"at": AT, "what": "still", "class": place.classes[1].pk}).context["rows"]
    assert row[1:] == ("何望舒", "", f"/students/{place.pupils[4].pk}/")
    assert client.get(ROWS, {"at": AT, "what": "still", "class": place.classes[0].pk}).context["rows"] == []


def test_every_number_of_the_page_opens_as_many_rows_as_it_says(client, place):
    client.force_login(place.leader)
    found = re.findall(r'<td class="n"><a href="([^"]+)">(\d+)</a>', client.get(SCHOOL, {"at": AT}).text)
    assert len(found) > 10
    for address, number in found:
        assert client.get(address.replace("&amp;", "&")).context["number"] == int(number), address
    pupil = place.pupils[0]
    assert client.get(f"/students/{pupil.pk}/").status_code == 200  # and each name its pupil


def test_who_left_the_school_is_a_row_without_a_name(client, place):
    other = make_school(place.programme.authority)
    type(place.pupils[4]).objects.filter(pk=place.pupils[4].pk).update(school=other, school_class=None)
    client.force_login(place.leader)
    (row,) = client.get(ROWS, {"at": AT, "what": "still"}).context["rows"]
    assert row[1:] == ("（已不在本校）", "", "")


def test_the_district_sees_classes_and_no_name(client, place):
    client.force_login(place.officer)
    page = client.get(reverse("desk:as_of_school", args=[place.school.pk]), {"at": AT})
    assert len(numbers(page.text)) == 4
    assert not any(pupil.name in page.text for pupil in place.pupils)
    assert client.get(ROWS, {"at": AT, "what": "still"}).status_code == 403


@pytest.mark.sqlite  # what a form says is made in Python: once is enough
@pytest.mark.parametrize("text", ["明天", "2022年13月1日", "10月9日", "9月30日25:00", "x" * 99])
def test_a_wrong_instant_says_what_to_write_and_keeps_the_words(client, place, text):
    for user, address in ((place.officer, DESK), (place.leader, SCHOOL)):
        client.force_login(user)
        page = client.get(address, {"at": text})
        assert page.status_code == 422
        assert "时刻" in page.context["error"] and page.context["written"] == text[:40]


def test_the_rows_of_no_figure_are_missing(client, place):
    client.force_login(place.leader)
    assert client.get(ROWS, {"at": AT, "what": "names"}).status_code == 404
    assert client.get(ROWS, {"at": "明天", "what": "still"}).status_code == 404
    assert client.get(ROWS, {"at": AT, "what": "still", "class": "1; DROP"}).status_code == 200
    assert client.get(ROWS, {"at": AT, "what": "still", "school": "x"}).status_code == 404


def test_another_schools_and_another_authoritys_are_missing(client, place):
    other = make_school(place.programme.authority)
    client.force_login(place.leader)
    assert client.get(SCHOOL, {"school": other.pk}).status_code == 404
    far = make_school(make_authority("far"))
    client.force_login(place.officer)
    assert client.get(reverse("desk:as_of_school", args=[far.pk])).status_code == 404


def test_others_may_not_ask(client, place):
    teacher = make_user(Role.TEACHER, school=place.school)
    for user in (teacher, place.heads[0]):
        client.force_login(user)
        assert {client.get(address).status_code for address in (DESK, SCHOOL, ROWS)} == {403}


@pytest.mark.seed("S57")
def test_a_long_run_is_compiled_as_of_the_instant_once(client, place, django_capture_on_commit_callbacks):
    client.force_login(place.officer)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(reverse("desk:as_of_compile"), {"at": "9月20日"})
        assert response["Location"] == reverse("reports:files")
    compilation = Compilation.objects.get()
    assert (compilation.as_of, compilation.stage) == (at("2022-09-21T00:00"), "阶段性")
    (_, row, _) = numbers(client.get(DESK, {"at": "9月20日"}).text)
    assert row[1:6] == ["5", "1｜20.0%", "1｜20.0%", "1｜20.0%", "0"]


def test_an_instant_to_come_is_not_compiled(client, place):
    client.force_login(place.officer)
    assert client.post(reverse("desk:as_of_compile"), {"at": "12月31日"})["Location"] == DESK
    assert not Compilation.objects.exists()


def test_the_desks_line_says_what_came_after_the_deadline(client, place, turn):
    client.force_login(place.officer)
    line = client.get(reverse("desk:since")).text
    assert AFTER in line and "看各校" in line
    client.force_login(place.leader)
    assert AFTER in client.get(reverse("reports:since")).text
    cache.clear()
    turn("2022-09-30T10:00")
    assert client.get(reverse("reports:since")).text.strip() == ""
    client.force_login(place.officer)
    assert client.get(reverse("desk:since")).text.strip() == ""


def test_a_package_says_what_came_after_it(client, place):
    package = freeze(place.programme)
    client.force_login(place.officer)
    assert AFTER in client.get(reverse("desk:since"), {"package": package.pk}).text
    for pk in ("0", "x", "9" * 30):
        assert client.get(reverse("desk:since"), {"package": pk}).status_code == 404
    client.force_login(make_officer(make_programme(make_authority("far"), code="far-2022").authority))
    assert client.get(reverse("desk:since"), {"package": package.pk}).status_code == 404


def test_a_district_without_schools_says_so(client, turn):
    turn("2022-10-08T10:00")
    programme = make_programme()
    client.force_login(make_officer(programme.authority))
    page = client.get(DESK)
    assert "还没有学校" in page.text and page.status_code == 200


@pytest.mark.parametrize("schools", (1, 3))
def test_the_page_costs_the_same_for_any_number_of_schools(client, place, schools, django_assert_num_queries):
    for _ in range(schools):
        make_student(make_class(make_school(place.programme.authority)))
    client.force_login(place.officer)
    client.get(DESK)
    with django_assert_num_queries(DISTRICT):
        assert len(client.get(DESK).context["page"]) == schools + 1


@pytest.mark.parametrize("classes", (1, 3))
def test_the_schools_page_costs_the_same_for_any_number_of_classes(client, place, classes, django_assert_num_queries):
    for number in range(classes):
        make_student(make_class(place.school, number=number + 5))
    client.force_login(place.leader)
    client.get(SCHOOL)
    with django_assert_num_queries(OF_SCHOOL):
        client.get(SCHOOL)

def test_a_day_of_the_first_call_stands_beside_the_missing(client, place):
    client.force_login(place.leader)
    rows = client.get(ROWS, {"at": AT, "what": "missing"}).context["rows"]
    assert [row[2] for row in rows] == ["9月30日", "10月5日", ""]
    assert date(2022, 10, 5) not in [row[2] for row in rows]
