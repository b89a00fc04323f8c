"""Which household a pupil is in. The one place that changes it, so that what held before can be told."""

from django.db import connection

from students.models import PastHousehold, Student

BATCH = 1000


def put_in_households(homes, *, at):
    """{student id: household id}. The caller is inside its transaction and holds the school's lock.

    A pupil who was made at this instant was in no other household before: that is no history.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("put_in_households() outside a transaction: household and history would part")
    everybody = sorted(homes)
    for start in range(0, len(everybody), BATCH):
        ids = everybody[start : start + BATCH]
        rows = Student.objects.filter(pk__in=ids).values_list("pk", "household_id", "created_at")
        changed = [(pk, was, made_at) for pk, was, made_at in rows if was != homes[pk]]
        _remember({pk: was for pk, was, made_at in changed if made_at < at}, at)
        members = [Student(pk=pk, household_id=homes[pk]) for pk, _, _ in changed]
        Student.objects.bulk_update(members, ["household"])


def _remember(was, at):
    since = {}
    for row in PastHousehold.objects.filter(student_id__in=was).order_by("until"):
        since[row.student_id] = row.until
    PastHousehold.objects.bulk_create(
        [PastHousehold(student_id=pk, household_id=home, since=since.get(pk), until=at) for pk, home in was.items()]
    )
