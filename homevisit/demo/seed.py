"""Puts a big invented district behind one notice."""

from dataclasses import dataclass
from random import Random
from time import monotonic

from django.conf import settings
from django.db import transaction

from core.audit import record
from core.states import move
from homevisit.demo.big import build_district
from homevisit.demo.big_calls import write_visits
from homevisit.demo.build import NotEmpty
from homevisit.demo.tables import quick_writes
from programmes.actions.load import load_programme
from programmes.config.notice import read_notice
from programmes.enums import PROGRAMME_MOVES, ProgrammeState
from programmes.models import Programme
from schools.models import School
from visits.actions.register import open_register


@dataclass(frozen=True)
class Seeded:
    """figures: how many of what; seconds: by step."""

    programme: Programme
    figures: dict
    seconds: dict


@transaction.atomic
def seed_district(code, *, schools, students, visits, seed=1, authority_code=None):
    """The district of the notice `code` (programmes/data), or a copy of it under another authority code.

    The same arguments give the same rows, but for ciphertexts. Raises NotEmpty, NoticeError.
    """
    notice = read_notice(settings.BASE_DIR / "programmes" / "data" / f"{code}.toml")
    if authority_code:
        notice = elsewhere(notice, authority_code)
    if School.objects.filter(authority__code=notice.authority.code).exists():
        raise NotEmpty(notice.authority.short_name)
    programme = load_programme(notice).programme
    if programme.state != ProgrammeState.OPEN:
        move(programme, PROGRAMME_MOVES, "open")
        programme.save(update_fields=["state"])
    rng, seconds, clock = Random(f"{seed} {programme.code}"), {}, Stopwatch()
    with quick_writes():
        district = build_district(rng, programme, schools=schools, students=students)
        seconds["people"] = clock.lap()
        done = write_visits(rng, district, visits)
        seconds["visits"] = clock.lap()
    due = open_register(programme)
    seconds["open_register"] = clock.lap()
    figures = {**district.counts, **done, "due": due}
    record(programme, "district.seed", by=None, seed=seed, **figures)
    return Seeded(programme, figures, seconds)


def elsewhere(notice, code):
    """The same notice for another, empty authority."""
    authority = notice.authority.model_copy(update={"code": code, "short_name": f"{notice.authority.short_name}·{code}"})
    programme = notice.programme.model_copy(update={"code": f"{notice.programme.code}-{code}"})
    return notice.model_copy(update={"authority": authority, "programme": programme})


class Stopwatch:
    def __init__(self):
        self.since = monotonic()

    def lap(self):
        before, self.since = self.since, monotonic()
        return round(self.since - before, 2)
