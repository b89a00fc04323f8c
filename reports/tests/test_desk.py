"""The district's desk: who may see it, what it says, how it is filtered, sorted, exported."""

from datetime import date, datetime
from fractions import Fraction
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from programmes.models import Deadline
from reports.forms.desk import DeskFilter
from reports.queries.desk import chosen, class_lines, desk, even_share
from reports.tests.factories import make_district
from schools.enums import Role, SchoolKind
from schools.models import School
from schools.tests.factories import (
    make_authority,
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.tests.factories import make_mark, make_student
from visits.actions.register import open_register
from visits.tests.rows import add_visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T16:30+08:00"


def place(programme, *, due, visited, **fields):
    """A school with one class."""
    school = make_school(programme.authority, **fields)
    school_class = make_class(school)
    head = make_class_head(school_class)
    for number in range(due):
        student = make_student(school_class)
        if number < visited:
            add_visit(programme, [student], on=date(2022, 9, 2), lead=head)
    return school


@pytest.fixture
def programme():
    """Four schools: 1 of 4 reached in a town, 4 of 4, 2 of 3, and one without a roster."""
    programme, _ = make_district(schools=0)
    place(programme, due=4, visited=1, short_name="望江湾学校", town="顾村镇", kind=SchoolKind.NINE_YEAR)
    place(programme, due=4, visited=4, short_name="云杉路小学", town="大场镇")
    place(programme, due=3, visited=2, short_name="临溪小学", town="顾村镇")
    make_school(programme.authority, short_name="空白小学", town="")
    open_register(programme)
    return programme


@pytest.fixture
def officer(programme):
    return make_officer(programme.authority)


def names(page):
    return [line.school.short_name for line in page.context["page"]]


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize(
    ("who", "status"),
    [("officer", 200), ("other_officer", 200), ("teacher", 403), ("leader", 403), ("school_admin", 403), ("reviewer", 403),
     ("anonymous", 302)],
)  # fmt: skip
def test_the_desk_is_for_district_officers(programme, client, who, status):
    school = School.objects.first()
    users = {
        "officer": lambda: make_officer(programme.authority),
        "other_officer": lambda: make_officer(make_authority("elsewhere")),
        "teacher": lambda: make_user(Role.TEACHER, school=school),
        "leader": lambda: make_leader(school),
        "school_admin": lambda: make_user(Role.SCHOOL_ADMIN, school=school),
        "reviewer": lambda: make_user(Role.REVIEWER, authority=programme.authority),
    }
    if who in users:
        client.force_login(users[who](), backend="schools.backends.StaffBackend")
    for name in ("desk:home", "reports:files"):
        assert client.get(reverse(name)).status_code == status


def test_an_officer_of_another_district_sees_none_of_this_one(programme, as_user):
    client = as_user(make_officer(make_authority("elsewhere")))
    school = School.objects.first()
    assert school.short_name not in client.get("/desk/").content.decode()
    assert client.get(reverse("desk:school", args=[school.pk])).status_code == 404
    assert client.post("/desk/compile/", {"programme": programme.code}).status_code == 404


def test_worst_school_first_and_those_without_due_pupils_last(as_user, officer):
    page = as_user(officer).get("/desk/")
    assert names(page) == ["望江湾学校", "临溪小学", "云杉路小学", "空白小学"]
    text = page.content.decode()
    assert "7 / 11人，应达77.3%" in text
    assert '<b>25.0%</b>' in text and "<b>100%</b>" in text
    assert 'aria-sort="ascending"' in text


def test_the_even_pace_counts_workdays_of_the_window_both_ends_in(programme):
    days = ((7, 31), (8, 1), (9, 17), (9, 18), (9, 30), (10, 5))
    shares = [even_share(programme, date(2022, month, day)) for month, day in days]
    assert shares == [0, Fraction(1, 44), Fraction(34, 44), Fraction(34, 44), 1, 1]


def test_behind_is_below_the_even_pace_and_far_more_than_fifteen_points(programme, officer):
    levels = {line.school.short_name: (line.level, line.is_behind) for line in desk(programme, user=officer).lines}
    assert levels == {
        "望江湾学校": ("far", True), "云杉路小学": ("ok", False), "临溪小学": ("behind", True), "空白小学": ("ok", False),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=云杉", ["云杉路小学"]),
        ("q=nothing", []),
        ("town=顾村镇", ["望江湾学校", "临溪小学"]),
        ("town=顾村镇&kind=primary", ["临溪小学"]),
        ("behind=1", ["望江湾学校", "临溪小学"]),
        ("sort=-coverage", ["云杉路小学", "临溪小学", "望江湾学校", "空白小学"]),
        ("sort=-waiting", ["望江湾学校", "临溪小学", "云杉路小学", "空白小学"]),
        ("sort=due", ["临溪小学", "望江湾学校", "云杉路小学", "空白小学"]),
    ],
)
def test_filters_and_order_are_in_the_address(as_user, officer, query, expected):
    assert names(as_user(officer).get(f"/desk/?{query}")) == expected


def test_search_finds_a_code(as_user, officer):
    school = School.objects.get(short_name="临溪小学")
    assert names(as_user(officer).get(f"/desk/?q={school.code}")) == ["临溪小学"]


@pytest.mark.sqlite  # what a form says is made in Python: once is enough
@pytest.mark.parametrize(
    "query", ["sort=birth", "sort=--due", "sort=c99", "kind=%27", "town=x", "page=0", "page=999", "page=x", "behind=yes", "q=%00"]
)
def test_parameters_without_sense_are_as_if_not_there(as_user, officer, query):
    page = as_user(officer).get(f"/desk/?{query}")
    assert page.status_code == 200
    assert names(page) == ["望江湾学校", "临溪小学", "云杉路小学", "空白小学"]


def test_fifty_schools_a_page_and_the_sum_is_of_all(as_user, programme, officer):
    for number in range(48):
        make_school(programme.authority, short_name=f"示例新{number}小")
    client = as_user(officer)
    first, second = client.get("/desk/"), client.get("/desk/?page=2")
    assert (len(names(first)), len(names(second))) == (50, 2)
    for page in (first, second):
        assert "<td class=\"n\">11</td><td class=\"n\">7</td>" in page.content.decode()


def test_the_sum_of_a_filtered_table_is_the_sum_of_its_rows(as_user, officer):
    text = as_user(officer).get("/desk/?town=顾村镇").content.decode()
    assert '合计 2所</th><td class="n">7</td><td class="n">3</td>' in text


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("2022-09-18T16:30+08:00", ["9月30日 走访截止", "12<small> 天"]),
        ("2022-09-30T23:59+08:00", ["今天<small> 24:00截止"]),
        ("2022-10-03T08:00+08:00", ["过 </small>3<small> 天"]),
    ],
)
def test_days_to_the_deadline(as_user, officer, settings, clock, words):
    settings.HOMEVISIT_CLOCK = clock
    text = as_user(officer).get("/desk/").content.decode()
    assert [word for word in words if word not in text] == []


def test_the_next_deadline_stands_beside_coverage(as_user, programme, officer):
    for kind, title, day in (("submissions", "材料报送", 9), ("essays", "征文", 21)):
        Deadline.objects.create(
            programme=programme, kind=kind, title=title, at=timezone.make_aware(datetime(2022, 10, day))
        )
    text = as_user(officer).get("/desk/").content.decode()
    assert "10月8日 材料报送" in text and "之后10月20日 征文" in text


@pytest.mark.parametrize("schools", (1, 3))
def test_the_desk_takes_six_queries_whatever_the_number_of_schools(
    as_user, settings, schools, django_assert_num_queries
):
    programme, _ = make_district(schools=schools)
    client = as_user(make_officer(programme.authority))
    client.get("/desk/")
    # session, user, posts, authorities below; programmes, deadlines, categories, figures, workdays, schools,
    # compilations; who reads for a school, opinions, the reader's views. This notice asks for no papers.
    with django_assert_num_queries(4 + 7 + 3):
        client.get("/desk/")


@pytest.mark.parametrize("classes", (1, 3))
def test_a_schools_page_takes_the_same_queries_for_any_number_of_classes(
    as_user, classes, django_assert_num_queries
):
    programme, (school,) = make_district(schools=1, classes=classes)
    client = as_user(make_officer(programme.authority))
    # session, user, posts, authorities below; programmes, deadlines, categories, school, classes, figures,
    # figures of all schools, workdays
    with django_assert_num_queries(4 + 8):
        client.get(reverse("desk:school", args=[school.pk]))


def test_a_schools_page_names_no_pupil(as_user):
    programme, (school,) = make_district(schools=1, classes=2, pupils=3, visited=1)
    page = as_user(make_officer(programme.authority)).get(reverse("desk:school", args=[school.pk]))
    text = page.content.decode()
    assert [line.label for line in page.context["lines"]] == ["五（1）班", "五（2）班"]
    assert "学生1" not in text and "/students/" not in text and "/visits/" not in text


def test_small_categories_of_a_class_are_not_told_to_the_district(programme, officer):
    school = make_school(programme.authority)
    for number, marked in ((1, 3), (2, 6), (3, 8), (4, 0)):
        school_class = make_class(school, number=number)
        head = make_class_head(school_class)
        for n in range(8):
            student = make_student(school_class)
            if n < marked:
                make_mark(student, "HARDSHIP", by=head)
            if n < 3 and number < 3:
                make_mark(student, "STUDY", by=head)
    open_register(programme)
    lines, whole = class_lines(programme, school, user=officer)
    # HARDSHIP: one class under five would follow from the sum, so the next smallest goes too. STUDY: two classes under five.
    assert [line.hidden for line in lines] == [{1: "<5", 2: "<5"}, {1: "…", 2: "<5"}, {}, {}]
    assert (whole.hidden, whole.category(1).due, whole.category(2).due) == ({}, 17, 6)


def small_categories(programme):
    """Marked with HARDSHIP and due at four schools: 3, 6, 8 and none."""
    schools = []
    for marked, town in ((3, "顾村镇"), (6, "顾村镇"), (8, "大场镇"), (0, "大场镇")):
        schools.append(make_school(programme.authority, town=town))
        school_class = make_class(schools[-1])
        head = make_class_head(school_class)
        for n in range(9):
            student = make_student(school_class)
            if n < marked:
                make_mark(student, "HARDSHIP", by=head)
                add_visit(programme, [student], on=date(2022, 9, 2), lead=head)
    open_register(programme)
    return schools


def test_small_categories_of_a_school_are_not_told_by_any_table(programme, officer):
    schools = small_categories(programme)
    lines = {line.school.pk: line for line in desk(programme, user=officer).lines}
    told = [(lines[school.pk].hidden, lines[school.pk].hidden_visited) for school in schools]
    assert told == [({1: "<5"}, {1: "<5"}), ({1: "…"}, {1: "…"}), ({}, {}), ({}, {})]
    # What the table leaves out of a school, the school's own page leaves out: its sum, and the class that would tell it.
    classes, whole = class_lines(programme, schools[1], user=officer)
    assert ([line.hidden for line in classes], whole.hidden) == ([{1: "…"}], {1: "…"})


def test_a_filtered_table_and_its_workbook_leave_out_the_same(as_user, programme, officer):
    schools = small_categories(programme)
    page = as_user(officer).get("/desk/?cols=visits&town=顾村镇&sort=-c1").content.decode()
    assert '<span class="sec">&lt;5</span>' in page and page.count('<span class="sec">…</span>') == 2
    sheets = {}
    for town in ("顾村镇", ""):
        answer = as_user(officer).get(f"/desk/export/?town={town}")
        sheet = openpyxl.load_workbook(BytesIO(answer.getvalue())).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        sheets[town] = {row[1]: row[10:12] for row in rows if row[0]}
    names = [school.name for school in schools]
    assert [sheets[""][name] for name in names] == [["<5", "<5"], ["…", "…"], [8, 8], [0, 0]]
    assert (sheets[""]["8所学校"], sheets["顾村镇"]["4所学校"]) == ([17, 17], ["…", "…"])


@pytest.mark.parametrize(
    ("sort", "labels"),
    [
        ("", ["五（1）班", "五（2）班"]),
        ("-waiting", ["五（2）班", "五（1）班"]),
        ("coverage", ["五（2）班", "五（1）班"]),
        ("nonsense", ["五（1）班", "五（2）班"]),
        ("-c1", ["五（1）班", "五（2）班"]),  # the order of hidden counts would tell them
    ],
)
def test_a_schools_classes_are_sorted_by_what_is_shown(as_user, sort, labels):
    programme, (school,) = make_district(schools=1, pupils=4, visited=2)
    other = make_class(school, number=2)
    for _ in range(3):
        make_mark(make_student(other), "HARDSHIP", by=make_class_head(other))
    open_register(programme)
    page = as_user(make_officer(programme.authority)).get(reverse("desk:school", args=[school.pk]) + f"?sort={sort}")
    assert [line.label for line in page.context["lines"]] == labels


def test_a_school_without_due_pupils_says_what_to_do(as_user, officer):
    school = School.objects.get(short_name="空白小学")
    assert "还没有应访的学生" in as_user(officer).get(reverse("desk:school", args=[school.pk])).content.decode()


def test_the_table_is_exported_as_it_is_filtered(as_user, programme, officer):
    School.objects.filter(short_name="临溪小学").update(name="=1+1")
    answer = as_user(officer).get("/desk/export/?town=顾村镇&sort=-coverage")
    assert answer["Cache-Control"] == "no-store, private"
    sheet = openpyxl.load_workbook(BytesIO(answer.getvalue())).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    start = next(i for i, row in enumerate(rows) if row[0] == "序号") + 2
    assert [row[1:2] + row[5:10] for row in rows[start : start + 3]] == [
        ["=1+1", 3, 2, "66.66%", 1, 0],
        [School.objects.get(short_name="望江湾学校").name, 4, 1, "25.00%", 3, 0],
        ["2所学校", 7, 3, "42.85%", 4, 0],
    ]
    assert rows[1][0] == "数据截至2022年9月18日16:30　筛选：顾村镇"
    entry = AuditEntry.objects.get(action="desk.export")
    assert (entry.actor_id, entry.facts["rows"], entry.facts["filters"]["town"]) == (officer.pk, 2, "顾村镇")
    assert entry.facts["number"] in sheet.oddFooter.left.text


def test_no_programme_yet_is_said_plainly(as_user):
    client = as_user(make_officer(make_authority("elsewhere")))
    for url in ("/desk/", "/reports/"):
        page = client.get(url)
        assert (page.status_code, "还没有" in page.content.decode()) == (200, True)
    assert client.get("/desk/export/").status_code == 302


def test_chosen_keeps_equal_schools_in_the_order_of_their_codes(programme, officer):
    lines = desk(programme, user=officer).lines
    query = DeskFilter(sort="declined")
    assert [line.school.short_name for line in chosen(lines[::-1], query)][:3] == ["望江湾学校", "云杉路小学", "临溪小学"]
