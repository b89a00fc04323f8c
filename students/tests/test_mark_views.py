"""The class head's pages: set, change, confirm, dismiss, end; changes; what rosters suggest for the class."""

from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from core.models import AuditEntry
from programmes.models import Category, ProgrammeCategory
from schools.tests.factories import make_authority, make_class, make_class_head
from students.models import CategoryMark, ChangeEvent
from students.tests.factories import make_mark, make_mentor, make_student

pytestmark = pytest.mark.django_db
TODAY = date(2022, 9, 18)


@pytest.fixture
def web(client, head):
    client.force_login(head)
    return client


@pytest.fixture
def hardship(programme):
    return Category.objects.get(authority=programme.authority, code="HARDSHIP")


@pytest.fixture
def suggestion(student, hardship):
    return CategoryMark.objects.create(student=student, category=hardship, source="roster", starts_on=date(2022, 9, 1))


def post(client, name, *ids, **data):
    return client.post(reverse(f"students:{name}", args=ids), data)


def in_force():
    return list(CategoryMark.objects.in_force(TODAY).values_list("category__code", "level"))


@pytest.mark.seed("S16", "S17")
def test_a_class_head_marks_a_pupil(web, student, hardship):
    response = post(web, "mark_set", student.pk, category=hardship.pk, level=1)
    assert response["Location"] == reverse("students:marks", args=[student.pk])
    assert in_force() == [("HARDSHIP", 1)]
    post(web, "mark_set", student.pk, category=hardship.pk, level=3)
    assert in_force() == [("HARDSHIP", 3)]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [({}, "还没有选类别"), ({"level": 2}, "还没有选类别"), ({"level": 9, "category": 0}, "没有这个类别")],
)
def test_what_is_missing_is_said(web, student, data, sentence):
    response = post(web, "mark_set", student.pk, **data)
    assert (response.status_code, sentence in unescape(response.content.decode())) == (422, True)
    assert in_force() == []


def test_categories_of_another_authority_or_from_changes_cannot_be_set(web, student, programme):
    foreign = Category.objects.create(authority=make_authority("elsewhere"), code="ECON", name="别区的类别")
    change = Category.objects.create(authority=programme.authority, code="MAJOR_CHANGE", name="有重大变化")
    ProgrammeCategory.objects.create(programme=programme, category=change, position=7, label="变化", from_changes=True)
    text = web.get(reverse("students:marks", args=[student.pk])).content.decode()
    assert "别区的类别" not in text and "有重大变化" not in text
    for category in (foreign, change):
        assert post(web, "mark_set", student.pk, category=category.pk, level=2).status_code == 422
    assert in_force() == []


def test_a_suggestion_is_confirmed_or_dismissed(web, student, suggestion):
    assert "名册建议" in web.get(reverse("students:marks", args=[student.pk])).content.decode()
    post(web, "mark_confirm", student.pk, suggestion.pk, level=2)
    assert in_force() == [("HARDSHIP", 2)]
    for name, data in (("mark_confirm", {"level": 1}), ("mark_dismiss", {})):
        assert post(web, name, student.pk, suggestion.pk, **data).status_code == 409
    assert in_force() == [("HARDSHIP", 2)]


def test_a_level_that_is_none_is_refused(web, student, suggestion):
    response = post(web, "mark_confirm", student.pk, suggestion.pk, level=7)
    assert response.status_code == 422
    assert in_force() == []


def test_an_ended_mark_no_longer_counts_and_ends_once(web, head, student):
    mark = make_mark(student, by=head)
    assert post(web, "mark_end", student.pk, mark.pk).status_code == 302
    assert in_force() == []
    assert post(web, "mark_end", student.pk, mark.pk).status_code == 409


def test_a_mark_belongs_to_its_pupil(web, head, student, school_class):
    mark = make_mark(make_student(school_class), by=head)
    assert post(web, "mark_end", student.pk, mark.pk).status_code == 404


def test_the_head_of_another_class_marks_nobody_here_not_even_as_mentor(client, student, hardship, school):
    stranger = make_class_head(make_class(school, number=1))
    client.force_login(stranger)
    assert post(client, "mark_set", student.pk, category=hardship.pk, level=1).status_code == 404
    make_mentor(student, stranger)
    assert post(client, "mark_set", student.pk, category=hardship.pk, level=1).status_code == 403
    assert client.get(reverse("students:marks", args=[student.pk])).status_code == 403
    assert in_force() == []


@pytest.mark.seed("S18", "W52")
def test_a_change_is_written_down_with_its_day(web, student):
    post(web, "change_add", student.pk, kind="family", occurred_on="2022-09-10")
    assert [(c.kind, c.occurred_on) for c in ChangeEvent.objects.open()] == [("family", date(2022, 9, 10))]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": "family", "occurred_on": "2022-09-19"}, "这是将来的日期。今天是9月18日。"),
        ({"kind": "family", "occurred_on": "soon"}, "日期写成"),
        ({"kind": "weather", "occurred_on": "2022-09-10"}, "没有这一项"),
        ({}, "还没有选是哪方面的变化"),
    ],
)
def test_a_change_that_is_not_whole_is_refused_with_the_repair(web, student, data, sentence):
    response = post(web, "change_add", student.pk, **data)
    assert (response.status_code, sentence in unescape(response.content.decode())) == (422, True)
    assert ChangeEvent.objects.count() == 0


def test_suggestions_of_the_class_are_decided_in_one_place(web, student, suggestion, school_class):
    here = reverse("students:suggestions", args=[school_class.pk])
    assert student.name in web.get(here).content.decode()
    assert post(web, "mark_dismiss", student.pk, suggestion.pk, to="class")["Location"] == here
    assert "没有待认定的建议" in web.get(here).content.decode()


def test_suggestions_of_another_class_are_not_there(client, school, school_class, suggestion):
    client.force_login(make_class_head(make_class(school, number=1)))
    assert client.get(reverse("students:suggestions", args=[school_class.pk])).status_code == 404


def test_a_restricted_suggestion_in_the_list_leaves_a_line(web, student, school_class, programme):
    secret = Category.objects.create(authority=programme.authority, code="PSY", name="心理", restricted=True)
    CategoryMark.objects.create(student=student, category=secret, source="roster")
    web.get(reverse("students:suggestions", args=[school_class.pk]))
    assert AuditEntry.objects.get(action="mark.read_restricted").facts == {"school_class": school_class.pk}


@pytest.mark.parametrize("rows", [1, 3])
def test_marks_page_query_count(web, head, student, programme, rows, django_assert_num_queries):
    for n in range(rows):
        Category.objects.create(authority=programme.authority, code=f"C{n}", name=f"类别{n}")
        make_mark(student, f"C{n}", by=head)
    with django_assert_num_queries(9):
        web.get(reverse("students:marks", args=[student.pk]))


@pytest.mark.parametrize("rows", [1, 3])
def test_suggestions_page_query_count(web, school_class, hardship, rows, django_assert_num_queries):
    for _ in range(rows):
        CategoryMark.objects.create(student=make_student(school_class), category=hardship, source="roster")
    with django_assert_num_queries(6):
        web.get(reverse("students:suggestions", args=[school_class.pk]))
