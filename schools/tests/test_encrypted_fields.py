import pytest
from django.db import connection

from core.fields import CannotDecrypt, blind_index, decrypt, encrypt
from schools.models import User
from schools.tests.factories import make_user

NEW = "t2:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="
OLD = "t1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def test_encrypt_gives_another_text_each_time_and_decrypts():
    one, two = encrypt("19900001234", "a.b"), encrypt("19900001234", "a.b")
    assert one != two
    assert decrypt(one, "a.b") == decrypt(two, "a.b") == "19900001234"


def test_a_value_moved_to_another_column_does_not_open():
    with pytest.raises(CannotDecrypt):
        decrypt(encrypt("19900001234", "schools.user.phone"), "students.student.phone")


def test_a_new_key_encrypts_and_the_old_one_still_opens(settings):
    settings.FIELD_KEYS = [OLD]
    sealed, index = encrypt("晨曦路", "a.b"), blind_index("晨曦路", "p")
    settings.FIELD_KEYS = [NEW, OLD]
    assert decrypt(sealed, "a.b") == "晨曦路"
    assert encrypt("晨曦路", "a.b").startswith("t2:")
    assert blind_index("晨曦路", "p") == index


def test_blind_index_differs_by_purpose_and_is_empty_for_nothing():
    assert blind_index("19900001234", "phone") != blind_index("19900001234", "national_no")
    assert blind_index("", "phone") == ""


@pytest.mark.django_db
def test_database_holds_no_readable_phone_and_the_index_finds_it():
    user = make_user(phone="19900001234")
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, phone_index FROM schools_user WHERE id = %s", [user.pk])
        stored, index = cursor.fetchone()
    assert "1990000" not in stored + index
    assert User.objects.get(phone_index=blind_index("19900001234", "phone")).phone == "19900001234"


@pytest.mark.django_db
def test_an_encrypted_column_cannot_be_searched():
    with pytest.raises(TypeError, match="blind index"):
        User.objects.filter(phone__startswith="199").exists()


@pytest.mark.django_db
def test_saving_the_phone_alone_moves_its_index_too():
    user = make_user(phone="19900001234")
    user.phone = "19900005678"
    user.save(update_fields=["phone"])
    user.refresh_from_db()
    assert user.phone_index == blind_index("19900005678", "phone")
