"""What in a school's records is worth a question: the measures on an invented school of 3,300 records, in a process of
their own for the memory, and a whole look at a school of the district against reading its rows."""

import json
import os
import subprocess
import sys
from time import perf_counter, process_time

from benchmarks.output import line, say
from benchmarks.register_file import memory

RECORDS, FIELDS, LENGTH, TEACHERS = 3_300, ("process", "measures", "reflection"), 300, 90
MASS = 500  # records that hold one text with other names
PHOTOS = 10_000
SAMPLE = 300  # of which every pair is compared; the rest is reckoned
MOST_MEMORY = 100  # MB above a process that has the texts and has done nothing yet
EDITS = (0, 0.03, 0.1)


def looked_through(districts):
    found = json.loads(_child())
    say(f"  {found}")
    line("honesty_texts", found["texts"], "s", baseline=found["all_pairs"])
    line("honesty_texts_mass_copy", found["mass"], "s", baseline=found["texts"])
    line("honesty_texts_memory", found["memory"], "MB", baseline=MOST_MEMORY)
    for share in EDITS:
        line(f"honesty_copies_met_{round(share * 100)}_percent", found[f"met_{share}"], "share", baseline=1)
    line("honesty_strangers_taken_for_copies", found["strangers"], "texts", baseline=1)
    line("honesty_photos", found["photos"], "s", baseline=found["all_photos"])
    _school(districts.big)


def _child():
    command = [sys.executable, "-m", "benchmarks.honesty"]
    done = subprocess.run(command, env=os.environ, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()[-1]


def _school(programme):
    from django.db import connection
    from django.db.models import Count
    from django.test.utils import CaptureQueriesContext

    from honesty.actions.look import find
    from honesty.queries.records import records_of
    from schools.models import School
    from visits.models import Visit

    rows = Visit.objects.filter(programme=programme).order_by()
    most = rows.values("school").annotate(count=Count("pk")).order_by("-count", "school").first()
    school = School.objects.get(pk=most["school"])
    find(programme, school)
    with CaptureQueriesContext(connection) as captured:
        hints, whole = _timed(lambda: find(programme, school), perf_counter)
    _, reading = _timed(lambda: records_of(programme, school), perf_counter)
    say(f"  {most['count']} records of a school: {len(hints)} findings, {len(captured)} queries, {reading:.2f} s to read")
    line("honesty_school", whole, "s", baseline=reading)


def _timed(call, clock=process_time):
    """process_time: seconds of this process alone; perf_counter: with those of the database."""
    begun = clock()
    answer = call()
    return answer, clock() - begun


# ── In the other process ──


def _measure():
    from random import Random

    from honesty.signs import alike
    from programmes.config.schema import Hints

    hints, rng = Hints(), Random(1)
    plain, mass = _school_of_texts(rng, copied=False), _school_of_texts(rng, copied=True)
    before = memory()
    findings, seconds = _timed(lambda: alike.find(plain, hints))
    found = {"strangers": sum(hint.facts["records"] for hint in findings), "texts": seconds, "memory": memory() - before}
    findings, found["mass"] = _timed(lambda: alike.find(mass, hints))
    if {hint.facts["all"] for hint in findings} != {MASS}:
        raise SystemExit(f"one text in {MASS} records is found as {[hint.facts for hint in findings]}")
    found["all_pairs"] = _every_pair(plain)
    for share in EDITS:
        found[f"met_{share}"] = _met(rng, share)
    return found | _photos(rng)


def _school_of_texts(rng, *, copied):
    from honesty.signs.found import Text
    from honesty.tests.invented import invented, renamed

    first = invented(rng, LENGTH)
    return [
        Text(visit, visit % TEACHERS, field, renamed(rng, first) if copied and visit < MASS else invented(rng, LENGTH), None)
        for field in FIELDS
        for visit in range(RECORDS)
    ]


def _every_pair(texts):
    """Seconds rapidfuzz alone would take on every pair of each field, from a sample."""
    from rapidfuzz import fuzz

    some = [text.text for text in texts[:SAMPLE]]
    _, sample = _timed(lambda: [fuzz.ratio(one, other, score_cutoff=90) for one in some for other in some if one != other])
    return sample * len(FIELDS) * RECORDS * (RECORDS - 1) / 2 / (SAMPLE * (SAMPLE - 1))


def _met(rng, share):
    """Of pairs of a text and its edited copy that are alike by the measure, how many are met among 2,000 texts."""
    from rapidfuzz import fuzz

    from honesty.signs import alike
    from honesty.signs.found import Text
    from honesty.tests.invented import edited, invented
    from programmes.config.schema import Hints

    first = [invented(rng, LENGTH) for _ in range(1000)]
    second = [edited(rng, text, share) for text in first]
    truly = [at for at, (one, other) in enumerate(zip(first, second, strict=True)) if fuzz.ratio(one, other) >= 90]
    texts = [Text(2 * at + turn, at, "process", row[at], None) for turn, row in enumerate((first, second)) for at in truly]
    found = {hint.teacher for hint in alike.find(texts, Hints(similar_records=2))}
    return len(found) / len(truly)


def _photos(rng):
    """Each another photo, but for a hundred that were sent on; looks are drawn as those of photos are, a third of bits set."""
    from datetime import UTC, datetime

    from honesty.signs import photos
    from honesty.signs.found import Photo
    from programmes.config.schema import Hints

    when = datetime(2026, 9, 13, tzinfo=UTC)
    looks = [sum(1 << bit for bit in range(128) if rng.random() < 0.35) for _ in range(PHOTOS - 100)]
    looks += [look ^ 1 << rng.randrange(128) for look in looks[:100]]
    rows = [
        Photo(at, at, at % TEACHERS, frozenset({at}), f"{at}", f"{look:032x}", when) for at, look in enumerate(looks)
    ]
    findings, seconds = _timed(lambda: photos.find(rows, Hints()))
    if sum(len(hint.visits) for hint in findings) < 100:
        raise SystemExit(f"{len(findings)} photos known again of 100")
    some = looks[:1000]
    _, sample = _timed(lambda: sum((one ^ other).bit_count() <= photos.LIMIT for one in some for other in some))
    every = sample * PHOTOS * (PHOTOS - 1) / 2 / len(some) ** 2
    return {"photos": seconds, "all_photos": every}


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(_measure()))
