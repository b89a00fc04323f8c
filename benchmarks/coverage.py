"""Coverage figures with ten times the visits: they are read from counters, so time must not grow."""

from benchmarks.district import officer
from benchmarks.output import line
from benchmarks.recount import recount
from benchmarks.timing import side_by_side
from visits.queries.coverage import coverage
from visits.queries.facts import deciding_day

ROUNDS = 200


def figures_growth(districts):
    small, big = districts.small, districts.big
    users = {programme: officer(programme) for programme in (small, big)}
    for programme, user in users.items():
        assert_right(programme, user)
    few, many = side_by_side(
        lambda: coverage(small, user=users[small], by="school"),
        lambda: coverage(big, user=users[big], by="school"),
        rounds=ROUNDS,
    )
    line("coverage_figures_growth", many, "ms", baseline=few)


def assert_right(programme, user):
    """A fast wrong answer is no answer."""
    told = {f.place_id: (f.all.due, f.all.visited) for f in coverage(programme, user=user, by="school")}
    counted = recount(programme, deciding_day(programme))
    if told != counted:
        wrong = sum(told.get(school) != counted.get(school) for school in told.keys() | counted.keys())
        raise SystemExit(f"{programme.code}: coverage differs from a recount of the visits at {wrong} schools")
