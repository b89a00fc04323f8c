"""The pupils somebody is near to: read anew each time."""

import pytest

from schools.tests.factories import make_class, make_class_head, make_school, make_user
from students.models import Student
from students.models.near import near_pupils
from students.tests.factories import make_mentor, make_student

pytestmark = pytest.mark.django_db


def near(user):
    return set(Student.objects.filter(pk__in=near_pupils(user.reach)).values_list("pk", flat=True))


def test_whoever_becomes_near_is_near_at_the_next_question():
    school = make_school()
    first, second = (make_class(school, number=number) for number in (1, 2))
    own, other = make_student(first), make_student(second)
    head = make_class_head(first)
    assert near(head) == {own.pk}

    make_mentor(other, head)
    assert near(head) == {own.pk, other.pk}


def test_every_question_has_an_answer_of_its_own():
    school = make_school()
    pupil = make_student(make_class(school))
    head = make_class_head(pupil.school_class)
    reach = head.reach

    def asked(**how):
        return set(Student.objects.filter(pk__in=near_pupils(reach, **how)).values_list("pk", flat=True))

    elsewhere = make_student(make_class(make_school(authority=school.authority)))
    assert asked() == asked(to_visit=False) == asked(referrals=False) == {pupil.pk}
    assert asked(schools={elsewhere.school_id}) == {pupil.pk, elsewhere.pk}
    assert asked() == {pupil.pk}


def test_who_mentors_today_is_told_by_the_clock_of_the_question(settings):
    pupil = make_student(make_class(make_school()))
    teacher = make_user()
    make_mentor(pupil, teacher)
    assert near(teacher) == {pupil.pk}

    settings.HOMEVISIT_CLOCK = "2022-07-31T10:00+08:00"
    assert near(teacher) == set()
