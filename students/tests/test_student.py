"""Numbers and telephones: encrypted in the table, found by blind index, unique, last four at hand."""

import pytest
from django.db import IntegrityError, connection, transaction

from core.fields import blind_index
from students.models import Guardian, Student
from students.tests.factories import make_student

pytestmark = pytest.mark.django_db
NUMBER = "G990101201203040011"


def stored(table, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return cursor.fetchone()[0]


def test_a_number_is_found_without_standing_in_the_table(school_class):
    student = make_student(school_class, national_no=NUMBER, aux_no="3199000420220162692")
    assert Student.objects.get(national_no_index=blind_index(NUMBER, "national_no")) == student
    assert Student.objects.get(aux_no_index=blind_index("3199000420220162692", "aux_no")) == student
    assert student.national_no_tail == "0011"
    assert NUMBER[1:] not in stored("students_student", "national_no")
    assert Student.objects.get().national_no == NUMBER


def test_two_pupils_never_share_a_number_and_many_have_none(school_class):
    make_student(school_class, national_no=NUMBER)
    make_student(school_class)
    make_student(school_class)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_student(school_class, national_no=NUMBER)


def test_a_telephone_is_found_by_its_index(school_class):
    make_student(school_class, guardian=("许建国", "19900001234"))
    assert Guardian.objects.get(phone_index=blind_index("19900001234", "phone")).name == "许建国"
    assert "19900001234" not in stored("students_guardian", "phone")
