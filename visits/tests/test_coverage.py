"""One coverage function for every page: Σ/Σ, scope, categories only for those who may count them, shares."""

import copy

import pytest

from programmes.models import Category, ProgrammeCategory
from programmes.tests.factories import CONFIG, make_programme
from schools.enums import Role, SchoolKind
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
from visits.queries.coverage import Count, Figure, coverage, priority_waiting, total
from visits.tests.rows import add_visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"


@pytest.fixture
def programme():
    return make_programme()


def fill(school_class, pupils, visited, programme):
    students = [make_student(school_class) for _ in range(pupils)]
    for student in students[:visited]:
        add_visit(programme, [student], on=programme.starts_on)
    return students


def test_district_rate_is_the_sum_and_never_the_mean_of_rates(programme):
    small, large = (make_class(make_school(programme.authority)) for _ in range(2))
    fill(small, 1, 1, programme)
    fill(large, 9, 0, programme)
    open_register(programme)
    officer = make_officer(programme.authority)
    schools = coverage(programme, user=officer, by="school")
    assert [f.all for f in schools] == [Count(1, 1), Count(9, 0)]
    assert total(schools).all.rate() == "10.0%"  # the mean of 100% and 0% would be 50%
    assert coverage(programme, user=officer, by="authority")[0].all == total(schools).all


def test_a_hundred_percent_only_when_everybody_is_reached(programme):
    assert Count(200_000, 199_999).rate() == "99.9%"
    assert not Count(200_000, 199_999).complete
    assert Count(3, 3).rate() == "100%" and Count(3, 3).complete
    assert Count(0, 0).rate() == "–" and not Count(0, 0).complete


def test_school_is_the_sum_of_its_classes(programme):
    school = make_school(programme.authority)
    for number in (1, 2):
        fill(make_class(school, number=number), 2, number - 1, programme)
    open_register(programme)
    leader = make_leader(school)
    classes = coverage(programme, user=leader, by="school_class", school=school)
    assert [f.all for f in classes] == [Count(2, 0), Count(2, 1)]
    assert coverage(programme, user=leader, by="school")[0].all == total(classes).all == Count(4, 1)


def test_nobody_sees_figures_of_another_authority(programme):
    fill(make_class(make_school(programme.authority)), 1, 0, programme)
    open_register(programme)
    assert coverage(programme, user=make_officer(make_authority("there")), by="school") == []


@pytest.fixture
def marked(programme):
    """One pupil in a plain and in a restricted category."""
    authority = programme.authority
    secret = Category.objects.create(authority=authority, code="PSY", name="心理", restricted=True)
    ProgrammeCategory.objects.create(programme=programme, category=secret, position=2, label="心理")
    school_class = make_class(make_school(authority))
    head = make_class_head(school_class)
    student = make_student(school_class)
    make_mark(student, "STUDY", by=head)
    make_mark(student, "PSY", by=head)
    open_register(programme)
    return school_class, head


def positions(programme, user, by="school_class"):
    return sorted(p for figure in coverage(programme, user=user, by=by) for p in figure.categories)


def test_category_figures_are_for_those_who_may_count_them(programme, marked):
    school_class, head = marked
    school = school_class.school
    named = make_leader(school)
    named.posts.update(reads_restricted=True)
    assert positions(programme, head) == [1, 2]
    assert positions(programme, make_officer(programme.authority)) == [1, 2]
    assert positions(programme, make_leader(school)) == [1]
    assert positions(programme, named) == [1, 2]
    assert positions(programme, make_user(Role.TEACHER, school=school)) == []
    assert positions(programme, make_user(Role.SCHOOL_ADMIN, school=school)) == []


@pytest.mark.seed("S16", "S17")
def test_priority_waiting_counts_each_priority_category_not_yet_reached(programme, marked):
    figure = total(coverage(programme, user=make_officer(programme.authority), by="school"))
    waiting = {use.label: number for use, number in priority_waiting(programme, figure).items()}
    assert waiting == {"HARDSHIP": 0, "STUDY": 1, "心理": 1}


def test_a_notice_may_ask_for_a_share_by_stage_and_class_size():
    config = copy.deepcopy(CONFIG)
    config["shares"] = [{"share": 0.5, "stage": "junior"}, {"share": 0.6, "class_size_over": 4}]
    programme = make_programme(config=config)
    primary = make_school(programme.authority)
    junior = make_school(programme.authority, kind=SchoolKind.JUNIOR)
    fill(make_class(primary, number=1), 4, 4, programme)  # no tier fits: all of them
    fill(make_class(primary, number=2), 5, 2, programme)  # 60% of 5 is 3
    fill(make_class(junior, grade=7), 3, 2, programme)  # half of 3, rounded up
    open_register(programme)
    figures = coverage(programme, user=make_officer(programme.authority), by="school")
    assert figures == [
        Figure(primary.pk, Count(9, 6), target=7),
        Figure(junior.pk, Count(3, 2), target=2),
    ]
    assert [f.reached_target for f in figures] == [False, True]


@pytest.mark.parametrize("classes", (1, 3))
def test_coverage_query_count(programme, classes, django_assert_num_queries):
    school = make_school(programme.authority)
    for number in range(1, classes + 1):
        fill(make_class(school, number=number), 1, 1, programme)
    open_register(programme)
    officer, leader = make_officer(programme.authority), make_leader(school)
    officer.reach, leader.reach, programme.rules  # noqa: B018 - the request has asked these already
    with django_assert_num_queries(1):
        coverage(programme, user=officer, by="school_class")
    with django_assert_num_queries(2):
        coverage(programme, user=leader, by="school_class")
    with django_assert_num_queries(1):  # nobody asks which categories are restricted
        bare = coverage(programme, user=leader, by="school_class", only_all=True)
    assert [(one.place_id, one.all, one.categories) for one in bare] == [
        (one.place_id, one.all, {}) for one in coverage(programme, user=leader, by="school_class")
    ]
