"""What a programme row answers by itself."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from programmes.models import Deadline, Programme, ProgrammeCategory
from programmes.tests.factories import make_programme

pytestmark = pytest.mark.django_db


def test_rules_follow_the_row():
    programme = make_programme()
    assert programme.rules.visit.min_visitors == 2

    programme.config = {**programme.config, "visit": {**programme.config["visit"], "min_visitors": 3}}
    programme.save()
    assert programme.rules.visit.min_visitors == 3

    config = {**programme.config, "visit": {**programme.config["visit"], "min_visitors": 1}}
    Programme.objects.update(config=config)
    programme.refresh_from_db()
    assert programme.rules.visit.min_visitors == 1


@pytest.mark.parametrize(
    ("day", "counts"),
    [(date(2022, 7, 31), False), (date(2022, 8, 1), True), (date(2022, 9, 30), True), (date(2022, 10, 1), False)],
)
def test_visits_count_from_first_to_last_day(day, counts):
    assert make_programme().counts_on(day) is counts


@pytest.mark.parametrize(
    ("at", "last_day"),
    [
        (datetime(2022, 9, 30, 16, tzinfo=UTC), date(2022, 9, 30)),
        (datetime(2022, 9, 30, 15, 59, tzinfo=UTC), date(2022, 9, 30)),
        (datetime(2022, 9, 30, 16, 1, tzinfo=UTC), date(2022, 10, 1)),
    ],
)
def test_last_day_of_a_deadline_is_the_day_people_call_it(at, last_day):
    assert Deadline(at=at).last_day == last_day


def test_database_refuses_an_end_before_the_start():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_programme(starts_on=date(2022, 9, 2), ends_on=date(2022, 9, 1))


def test_database_refuses_two_categories_in_one_place_and_a_32nd_bit():
    programme = make_programme()
    for position in (0, 31):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProgrammeCategory.objects.filter(programme=programme, position=1).update(position=position)
