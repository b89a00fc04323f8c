"""The figure asked for at an instant is the same before and after any later change."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from core.clock import now
from visits.models import ClassCount
from visits.queries.as_of import class_counts_as_of, schools_as_of
from visits.tests.histories import HISTORY, LONG_HISTORY, START, Walk, figures


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = START.isoformat()


in_a_test = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


@pytest.mark.seed("S23")
@pytest.mark.django_db
@settings(max_examples=6, **in_a_test)
@given(history=HISTORY)
def test_a_figure_of_an_instant_stays_as_it_was_told(history):
    stays(history)


@pytest.mark.prove
@pytest.mark.walk
@pytest.mark.django_db
@settings(max_examples=25, **in_a_test)
@given(history=LONG_HISTORY)
def test_a_figure_of_an_instant_stays_as_it_was_told_through_long_histories(history):
    stays(history)


def stays(history):
    """After each act everything is asked as it stands, and everything that was told before is asked again."""
    with transaction.atomic():
        walk = Walk()
        first = now()
        told = {(first, first): figures(walk.programme, first)}
        for hours, (name, *arguments) in history:
            if not walk.do(hours, name, *arguments):
                continue
            at = now()
            told[at, at] = figures(walk.programme, at)
            told[first, at] = figures(walk.programme, first, at)  # visited by the first, as known now
            is_what_the_register_says(walk.programme, at)
            adds_up(walk.programme, at)
        for (at, known_at), said in told.items():
            assert figures(walk.programme, at, known_at) == said
        transaction.set_rollback(True)


def is_what_the_register_says(programme, at):
    """Both count apart from each other: history here, what holds now there."""
    register = {
        (c.school_class_id, c.dimension): (c.due, c.visited, c.declined)
        for c in ClassCount.objects.filter(programme=programme)
        if c.due
    }
    counts = class_counts_as_of(programme, at)
    assert {(c.school_class_id, c.dimension): (c.due, c.visited, c.declined) for c in counts} == register


def adds_up(programme, at):
    """Σ classes = school = district, and a school asked alone says the same."""
    schools = schools_as_of(programme, at)
    alone = [row for school in schools for row in schools_as_of(programme, at, school_ids=[school.school_id])]
    assert alone == schools
    everybody = [row for school in schools for row in school.class_rows if row.dimension == 0]
    assert sum(row.due for row in everybody) <= sum(school.pupils for school in schools)
    assert class_counts_as_of(programme, at) == [row for school in schools for row in school.class_rows]
