"""Figures as of an instant, told from a million visits: ten schools, all of them, and a package's chunks of ten together,
each against one plain grouped count of the same visits."""

from datetime import datetime, time, timedelta

from django.db.models import prefetch_related_objects
from django.utils import timezone

from benchmarks.output import line, say
from benchmarks.recount import recount
from benchmarks.timing import side_by_side
from programmes.queries.past import notice_as_of
from reports.queries.as_of import Frozen, school_lines
from visits.queries.as_of import calls_as_of, school_ids_as_of, schools_as_of

CHUNK = 10  # schools a message of a package
PAGE = 50  # schools a page of 按时刻看
BEFORE = timedelta(days=24)  # the last day: a sixth of the visits comes after the instant
ROUNDS = 2


def looked_back(districts):
    programme = districts.big
    at = timezone.make_aware(datetime.combine(programme.ends_on - BEFORE, time.min))
    ids = school_ids_as_of(programme)
    _is_right(programme, ids)
    plain, ten, page, district, package = side_by_side(
        lambda: recount(programme, programme.due_on),
        lambda: schools_as_of(programme, at, school_ids=ids[20 : 20 + CHUNK]),
        lambda: school_lines(programme, at, ids[:PAGE], frozen=Frozen()),
        lambda: schools_as_of(programme, at),
        lambda: _package(programme, at, ids),
        rounds=ROUNDS, warm_up=1,
    )  # fmt: skip
    say(f"  as of {at:%Y-%m-%d}: plain {plain:.0f}, ten {ten:.0f}, page {page:.0f}, all {district:.0f}, package {package:.0f} ms")
    line("as_of_ten_schools", ten, "ms", baseline=plain)
    line("as_of_page", page, "ms", baseline=plain)
    line("as_of_district", district, "ms", baseline=plain)
    line("as_of_package", package, "ms", baseline=plain)


def _package(programme, at, ids):
    """What the workers of a package read of visits and pupils."""
    programme = notice_as_of(programme, at)
    prefetch_related_objects([programme], "categories")
    for first in range(0, len(ids), CHUNK):
        chunk = ids[first : first + CHUNK]
        calls = calls_as_of(programme, at, school_ids=chunk)
        for pk in chunk:
            schools_as_of(programme, at, school_ids=[pk], calls=calls)


def _is_right(programme, ids):
    """As of the end, with everything known that was ever recorded, it is what a plain count says."""
    end = timezone.make_aware(datetime.combine(programme.ends_on + timedelta(days=1), time.min))
    told = {
        school.school_id: [(row.due, row.visited) for row in school.class_rows if row.dimension == 0]
        for school in schools_as_of(programme, end, school_ids=ids[:PAGE], known_at=end + timedelta(days=365))
    }
    counted = recount(programme, programme.due_on)
    for pk in ids[:PAGE]:
        due, visited = (sum(column) for column in zip(*told[pk], strict=True))
        if (due, visited) != counted[pk]:
            raise SystemExit(f"as of the end school {pk} has {due} due, {visited} visited; counted anew {counted[pk]}")
