"""seed_district: as many schools, pupils and visits as asked, the same for the same seed, counted right."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from homevisit.demo.big import shared_out
from homevisit.demo.plan import DISTRICTS
from homevisit.demo.seed import seed_district
from programmes.actions.load import load_programme
from programmes.config.notice import read_notice
from programmes.models import Programme
from schools.models import Post, School, User
from schools.tests.factories import make_school
from students.models import CategoryMark, Enrolment, Guardian, Student
from visits.actions.register import check
from visits.models import Due, Opinion, Visit, VisitStudent, VisitVisitor

pytestmark = pytest.mark.django_db
SMALL = {"schools": 3, "students": 200, "visits": 600}
NEVER_THE_SAME = {"id", "created_at", "date_joined"}  # keys of the register are the sequence's


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-10-01T08:00+08:00"


def rows():
    models = (School, User, Post, Student, Enrolment, Guardian, CategoryMark, Visit, VisitStudent, VisitVisitor, Opinion, Due)
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in NEVER_THE_SAME}
            for row in model._base_manager.order_by("pk").values()
        ]
        for model in models
    }


def seeded_and_undone(seed):
    with transaction.atomic():
        seed_district("baoshan-2022", **SMALL, seed=seed)
        found = rows()
        transaction.set_rollback(True)
    return found


def test_same_seed_gives_the_same_district_and_another_seed_another():
    load_programme(read_notice(DISTRICTS[0].path))  # or sequences of PostgreSQL would tell the runs apart

    first, again, other = (seeded_and_undone(seed) for seed in (7, 7, 8))

    assert first == again
    assert first["Student"] != other["Student"]


def test_district_has_what_was_asked_for_and_the_register_agrees():
    out = StringIO()

    call_command("seed_district", programme="baoshan-2022", **SMALL, stdout=out)

    programme = Programme.objects.get(code="baoshan-2022")
    assert (School.objects.count(), Student.objects.count(), Visit.objects.count()) == (3, 200, 600)
    assert Due.objects.filter(programme=programme, in_scope=True).count() == 200
    assert check(programme) == []
    assert "学生 200" in out.getvalue() and "应访名单" in out.getvalue()


def test_visits_are_on_evenings_and_weekends_and_several_a_pupil():
    seed_district("wujin-2023", **SMALL)

    for visit in Visit.objects.all():
        start = timezone.localtime(visit.started_at)
        assert 9 <= start.hour if start.weekday() > 4 else 17 <= start.hour <= 20
        assert start.date() == visit.visited_on
        assert visit.started_at < visit.ended_at <= visit.recorded_at
    assert max(Due.objects.values_list("visits", flat=True)) > 1


def test_new_rows_go_on_where_the_seed_stopped():
    seed_district("baoshan-2022", **SMALL)

    assert make_school().pk == School.objects.exclude(authority__code="binhe").order_by("-pk")[0].pk + 1


def test_an_authority_with_schools_is_refused_unless_another_is_named():
    seed_district("baoshan-2022", **SMALL)

    with pytest.raises(CommandError, match="--authority-code"):
        call_command("seed_district", programme="baoshan-2022", **SMALL)
    call_command("seed_district", programme="baoshan-2022", **SMALL, authority_code="beside", stdout=StringIO())

    beside = Programme.objects.get(code="baoshan-2022-beside")
    assert (beside.authority.code, check(beside)) == ("beside", [])


@pytest.mark.parametrize("wrong", [{"schools": 0}, {"students": 20}, {"visits": -1}])
def test_impossible_sizes_are_refused(wrong):
    with pytest.raises(CommandError, match="至少1所学校"):
        call_command("seed_district", programme="baoshan-2022", **SMALL | wrong)


def test_shares_are_whole_and_add_up():
    assert shared_out(10, [1, 1, 1]) == [3, 4, 3]
    assert sum(shared_out(200_000, [0.3, 2.7, 11.1, 0.01])) == 200_000
