"""The doorway to Due and ClassCount. Every write that can change them ends here, in its own transaction.

Rule (performance.md): lock the due rows in key order, then recompute them from the visits in a new statement.
Never ±1 from Python, never an update without the lock: both gave wrong rows under concurrent writers.
"""

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass

from django.db import connection, transaction
from django.db.models import F, Max, Q

from core.clock import now
from programmes.enums import ProgrammeState
from programmes.models import Programme
from students.models import Student
from visits.models import ClassCount, Due, PastDue
from visits.models.register import ALL
from visits.queries.facts import COLUMNS, read_facts, select_facts

CHUNK = 1000  # pupils a statement: keeps IN lists and memory small
VISIT_FIELDS = ("visits", "first_on", "last_on")
LIVE_FIELDS = ("authority_id", "school_id", "school_class_id", "categories", "priority", "in_scope", *VISIT_FIELDS)


def recompute(keys):
    """Bring the rows of (programme id, student id) in line with the visits. Twice changes nothing.

    Rows that do not exist yet are made first, out of scope, so that there is always a row to lock.
    """
    by_programme = defaultdict(set)
    for programme_id, student_id in keys:
        by_programme[programme_id].add(student_id)
    with transaction.atomic():
        for programme in Programme.objects.filter(pk__in=by_programme).order_by("pk"):
            recompute_pupils(programme, by_programme[programme.pk])


def recompute_pupils(programme, student_ids):
    """recompute for one programme that is at hand, inside the caller's transaction → {student id: Fact}."""
    if not connection.in_atomic_block:
        raise RuntimeError("recompute_pupils() outside a transaction: its locks would not hold")
    ids, facts = sorted(student_ids), {}
    for start in range(0, len(ids), CHUNK):
        facts |= _recompute(programme, ids[start : start + CHUNK])
    return facts


def _recompute(programme, ids):
    rows = _locked(programme, ids)
    if len(rows) < len(ids):
        known = {row.student_id for row in rows}
        facts = read_facts(programme, [pk for pk in ids if pk not in known])
        Due.objects.bulk_create(
            [
                Due(programme=programme, student_id=f.student_id, authority_id=f.authority_id, school_id=f.school_id,
                    school_class_id=f.school_class_id, in_scope=False)
                for f in facts.values()
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        rows = _locked(programme, ids)
    facts = read_facts(programme, ids)
    # A closed programme keeps its places and categories: only voids and corrections of visits still count.
    fields = VISIT_FIELDS if programme.state == ProgrammeState.CLOSED else LIVE_FIELDS
    changed, difference = [], Counter()
    for row in rows:
        fact = facts[row.student_id]
        if all(getattr(row, name) == getattr(fact, name) for name in fields):
            continue
        _weigh(difference, row, -1)
        for name in fields:
            setattr(row, name, getattr(fact, name))
        _weigh(difference, row, +1)
        changed.append(row)
    # An upsert of whole rows: bulk_update's CASE per row and column takes ten times as long.
    names = [name.removesuffix("_id") for name in fields]
    Due.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=names)
    _apply(programme, difference)
    return facts


def _locked(programme, ids):
    return list(
        Due.objects.select_for_update(of=("self",), no_key=True)
        .filter(programme=programme, student_id__in=ids)
        .order_by("student_id")
    )


def _weigh(difference, row, sign):
    """Add one due row to the counters it stands in: everybody, and each of its categories."""
    if not row.in_scope or row.school_class_id is None:
        return
    dimensions = [ALL] + [bit + 1 for bit in range(31) if row.categories >> bit & 1]
    for dimension in dimensions:
        key = (row.school_class_id, dimension, row.authority_id, row.school_id)
        difference[*key, "due"] += sign
        if row.visits:
            difference[*key, "visited"] += sign
        elif row.declined:
            difference[*key, "declined"] += sign


def _apply(programme, difference):
    moves = defaultdict(dict)
    for (*key, column), by in difference.items():
        if by:
            moves[tuple(key)][column] = by
    for (class_id, dimension, authority_id, school_id), change in sorted(moves.items()):
        row = ClassCount.objects.filter(programme=programme, school_class_id=class_id, dimension=dimension)
        update = {column: F(column) + by for column, by in change.items()}
        if not row.update(**update):
            ClassCount.objects.bulk_create(
                [ClassCount(programme=programme, authority_id=authority_id, school_id=school_id,
                            school_class_id=class_id, dimension=dimension)],
                ignore_conflicts=True,
            )  # fmt: skip
            row.update(**update)


def set_due_facts(due, **values):
    """Set exempt_reason or declined on one locked row and everything that follows from it; what it said stays told."""
    with transaction.atomic():
        row = _locked(due.programme, [due.student_id])[0]
        _remember(row, values)
        difference = Counter()
        _weigh(difference, row, -1)
        for name, value in values.items():
            setattr(row, name, value)
        Due.objects.filter(pk=row.pk).update(**values)
        fact = read_facts(due.programme, [row.student_id])[row.student_id]
        row.in_scope = fact.in_scope
        Due.objects.filter(pk=row.pk).update(in_scope=row.in_scope)
        _weigh(difference, row, +1)
        _apply(due.programme, difference)
    return row


def _remember(row, values):
    if all(getattr(row, name) == value for name, value in values.items()):
        return
    before = row.past.aggregate(last=Max("until"))["last"]
    PastDue.objects.create(
        due=row, exempt_reason=row.exempt_reason, declined=row.declined, since=before, until=now()
    )


def on_students_changed(sender, student_ids, **kwargs):
    """Class, status, marks or change events moved: open programmes of these pupils follow."""
    ids = list(student_ids)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        # Two subqueries, not joins: rows × pupils of an authority would be their product.
        programmes = Programme.objects.filter(
            Q(pk__in=Due.objects.filter(student_id__in=chunk).values("programme_id"))
            | Q(authority_id__in=Student.objects.filter(pk__in=chunk).values("authority_id")),
            state=ProgrammeState.OPEN,
        ).values_list("pk", flat=True)
        recompute([(programme_id, pk) for programme_id in programmes for pk in chunk])


def open_register(programme):
    """The register of a programme in one set-based statement, and its counters in another.

    Also brings an existing register in line: a second run changes nothing. Returns the number of pupils due.
    """
    with transaction.atomic():
        _lock_all(programme)
        sql, params = select_facts(programme)
        columns = ", ".join(COLUMNS)
        fields = ("authority_id", "school_id", "school_class_id", "categories", "priority", "in_scope", *VISIT_FIELDS)
        changes = ", ".join(f"{name} = excluded.{name}" for name in fields)
        differs = " OR ".join(_differs(name) for name in fields)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO visits_due ({columns}) {sql} "
                f"ON CONFLICT (programme_id, student_id) DO UPDATE SET {changes} WHERE {differs}",
                params,
            )
        recount(programme)
    return Due.objects.filter(programme=programme, in_scope=True).count()


def _differs(name):
    different = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    return f"visits_due.{name} {different} excluded.{name}"


def _lock_all(programme):
    """Writers wait until the register is whole again; on SQLite the transaction itself is the lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM visits_due WHERE programme_id = %s ORDER BY student_id FOR NO KEY UPDATE", [programme.pk]
            )


COUNTS = """
SELECT d.programme_id, d.authority_id, d.school_id, d.school_class_id, {dimension}, COUNT(*) AS due,
       SUM(CASE WHEN d.visits > 0 THEN 1 ELSE 0 END) AS visited,
       SUM(CASE WHEN d.visits = 0 AND d.declined THEN 1 ELSE 0 END) AS declined
FROM visits_due d {join}
WHERE d.programme_id = %(programme)s AND d.in_scope AND d.school_class_id IS NOT NULL
GROUP BY d.programme_id, d.authority_id, d.school_id, d.school_class_id{group}
"""
COUNT_ROWS = (
    COUNTS.format(dimension=ALL, group="", join="")
    + " UNION ALL "
    + COUNTS.format(
        dimension="pc.position + 1",
        group=", pc.position",
        join="JOIN programmes_programmecategory pc ON pc.programme_id = d.programme_id "
        "AND (d.categories & (1 << pc.position)) <> 0",
    )
)


def recount(programme):
    """ClassCount as the sums of Due, in one statement; counters of classes without due pupils become 0."""
    ClassCount.objects.filter(programme=programme).update(due=0, visited=0, declined=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO visits_classcount (programme_id, authority_id, school_id, school_class_id, dimension, due, "
            f"visited, declined) SELECT * FROM ({COUNT_ROWS}) counts WHERE true "
            "ON CONFLICT (programme_id, school_class_id, dimension) DO UPDATE SET authority_id = excluded.authority_id, "
            "school_id = excluded.school_id, due = excluded.due, visited = excluded.visited, declined = excluded.declined",
            {"programme": programme.pk},
        )


def rebuild(programme):
    """The register anew from the visits, with the same answer (rebuild_due). A closed one keeps its places."""
    if programme.state == ProgrammeState.CLOSED:
        ids = Due.objects.filter(programme=programme).values_list("student_id", flat=True)
        recompute((programme.pk, pk) for pk in ids)
        recount(programme)
        return Due.objects.filter(programme=programme, in_scope=True).count()
    return open_register(programme)


@dataclass(frozen=True)
class Difference:
    """One place where register or counters disagree with the visits."""

    what: str  # "due" | "count"
    key: tuple  # (student id,) | (class id, dimension)
    stands: dict
    should: dict


def check(programme):
    """Compare register and counters with the visits; reports, never repairs."""
    fields = VISIT_FIELDS if programme.state == ProgrammeState.CLOSED else LIVE_FIELDS
    facts = read_facts(programme)
    differences, stands = [], {}
    for row in Due.objects.filter(programme=programme).iterator():
        stands[row.student_id] = {name: getattr(row, name) for name in fields}
    for student_id in sorted(facts.keys() | stands.keys()):
        should = {name: value for name, value in asdict(facts[student_id]).items() if name in fields}
        is_now = stands.get(student_id, {})
        if is_now != should:
            differences.append(Difference("due", (student_id,), is_now, should))
    with connection.cursor() as cursor:
        cursor.execute(COUNT_ROWS, {"programme": programme.pk})
        sums = {(row[3], row[4]): tuple(row[5:8]) for row in cursor.fetchall()}
    counts = {
        (c.school_class_id, c.dimension): (c.due, c.visited, c.declined)
        for c in ClassCount.objects.filter(programme=programme)
    }
    names = ("due", "visited", "declined")
    for key in sorted(sums.keys() | counts.keys()):
        is_now, should = counts.get(key, (0, 0, 0)), sums.get(key, (0, 0, 0))
        if is_now != should:
            differences.append(
                Difference("count", key, dict(zip(names, is_now, strict=True)), dict(zip(names, should, strict=True)))
            )
    return differences
