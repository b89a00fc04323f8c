"""The data everything is measured on: the same district twice, with a tenth of the visits and with all of them."""

import os
from dataclasses import dataclass

from django.db import connection

from benchmarks.output import say
from homevisit.demo.seed import seed_district
from programmes.models import Programme
from schools.enums import Role
from schools.models import User

NOTICE, SCHOOLS, STUDENTS, VISITS = "wujin-2023", 300, 200_000, 1_000_000


@dataclass(frozen=True)
class Measured:
    small: Programme
    big: Programme


def districts():
    """Seeds both, or takes them as they stand in the database of an earlier run.

    BENCH_VISITS makes everything smaller in proportion, for a quick look whether it runs.
    """
    visits = int(os.environ.get("BENCH_VISITS", VISITS))
    students = max(SCHOOLS * 20, min(STUDENTS, STUDENTS * visits // VISITS))
    say(f"{SCHOOLS} schools, {students} pupils, {visits // 10} and {visits} visits …")
    found = Measured(_district("small", students, visits // 10), _district("big", students, visits))
    with connection.cursor() as cursor:  # as autovacuum does within minutes; without it plans are guesses, ten times slower
        cursor.execute("VACUUM ANALYZE")
    return found


def _district(name, students, visits):
    standing = Programme.objects.filter(code=f"{NOTICE}-{name}").first()
    if standing is None:
        seeded = seed_district(NOTICE, schools=SCHOOLS, students=students, visits=visits, authority_code=name)
        say(f"  {seeded.figures} {seeded.seconds}")
        return seeded.programme
    if standing.visits.count() != visits:
        raise SystemExit(f"{standing.code} holds other data than asked for: give an empty database")
    return standing


def officer(programme):
    return User.objects.get(posts__role=Role.DISTRICT_ADMIN, posts__authority=programme.authority)
