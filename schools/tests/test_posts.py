from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from schools.enums import Role
from schools.models import Post
from schools.scope import Reach
from schools.tests.factories import add_post, make_authority, make_class, make_school, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"


def test_a_person_without_a_post_reaches_nothing():
    user = make_user()
    assert user.reach == Reach(user_id=user.pk)
    assert not user.is_staff


def test_reach_collects_every_post_of_today():
    school_class = make_class()
    school = school_class.school
    user = make_user(Role.CLASS_HEAD, school_class=school_class)
    add_post(user, Role.SCHOOL_LEADER, school=school)
    reach = user.reach
    assert (reach.classes, reach.leader_schools, reach.staff_schools) == ({school_class.pk}, {school.pk}, {school.pk})
    assert reach.roles == {Role.CLASS_HEAD, Role.SCHOOL_LEADER}


def test_a_post_that_ended_or_has_not_begun_opens_nothing():
    school = make_school()
    user = make_user()
    Post.objects.create(user=user, role=Role.SCHOOL_LEADER, school=school, starts_on="2021-08-01", ends_on="2022-09-17")
    Post.objects.create(user=user, role=Role.SCHOOL_ADMIN, school=school, starts_on="2022-09-19")
    assert user.reach == Reach(user_id=user.pk)


def test_a_post_holds_through_its_last_day(settings):
    user = make_user()
    Post.objects.create(
        user=user, role=Role.SCHOOL_LEADER, school=make_school(), starts_on="2021-08-01", ends_on="2022-09-18"
    )
    assert user.holds(Role.SCHOOL_LEADER)


def test_a_city_officer_reaches_the_districts_below():
    city = make_authority("city")
    district = make_authority("district", parent=city)
    assert make_user(Role.DISTRICT_ADMIN, authority=city).reach.authorities == {city.pk, district.pk}
    assert make_user(Role.DISTRICT_ADMIN, authority=district).reach.authorities == {district.pk}


@pytest.mark.parametrize("role", [Role.CLASS_HEAD, Role.TEACHER, Role.DISTRICT_ADMIN])
def test_a_post_must_stand_at_the_place_its_role_belongs_to(role):
    right = {Role.CLASS_HEAD: "school_class", Role.TEACHER: "school", Role.DISTRICT_ADMIN: "authority"}[role]
    school_class = make_class()
    places = {"school_class": school_class, "school": school_class.school, "authority": school_class.school.authority}
    user = make_user()
    for name, place in places.items():
        if name != right:
            with pytest.raises(IntegrityError), transaction.atomic():
                Post.objects.create(user=user, role=role, starts_on=date(2022, 8, 1), **{name: place})


def test_nobody_holds_two_of_the_three_administrators():
    authority = make_authority()
    user = make_user(Role.DISTRICT_ADMIN, authority=authority)
    second = Post(user=user, role=Role.AUDITOR, authority=authority, starts_on=date(2022, 8, 1))
    with pytest.raises(ValidationError, match="只能担任一个"):
        second.full_clean()


def test_reach_costs_one_query_and_a_second_look_none(django_assert_num_queries):
    school_class = make_class()
    user = make_user(Role.CLASS_HEAD, school_class=school_class)
    add_post(user, Role.TEACHER, school=school_class.school)
    with django_assert_num_queries(1):
        assert user.reach.classes and user.holds(Role.TEACHER) and user.home_authority_id
