"""The data everything is measured on: the same district twice, with a tenth of the visits and with all of them."""

import os
from dataclasses import dataclass

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
    seconds: dict


def districts():
    """BENCH_VISITS makes everything smaller in proportion, for a quick look whether it runs."""
    visits = int(os.environ.get("BENCH_VISITS", VISITS))
    students = max(SCHOOLS * 20, min(STUDENTS, STUDENTS * visits // VISITS))
    say(f"{SCHOOLS} schools, {students} pupils, {visits // 10} and {visits} visits …")
    small = seed_district(NOTICE, schools=SCHOOLS, students=students, visits=visits // 10, authority_code="small")
    say(f"  {small.figures} {small.seconds}")
    big = seed_district(NOTICE, schools=SCHOOLS, students=students, visits=visits)
    say(f"  {big.figures} {big.seconds}")
    return Measured(small.programme, big.programme, big.seconds)


def officer(programme):
    return User.objects.get(posts__role=Role.DISTRICT_ADMIN, posts__authority=programme.authority)
