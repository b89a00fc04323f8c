"""What is known about pupils beyond the roster: categories, what a roster suggests, major changes, mentors."""

from datetime import timedelta

from homevisit.demo.pupils import morning
from students.enums import ChangeKind, MarkSource, RosterFlag
from students.models import CategoryMark, ChangeEvent, MentorLink, Student

MARKED, SUGGESTED, CHANGED = 0.085, 0.03, 0.025
LEVELS = (1, 2, 3)
LEVEL_WEIGHTS = (1, 7, 3)
FLAG_VALUES = {RosterFlag.LEFT_BEHIND: "2", RosterFlag.DISABILITY: "听力"}  # others are True
PUPILS_A_MENTOR = 15


def mark(rng, programme, pupils, staff, *, today):
    """Confirmed marks for about a twelfth of the pupils, unconfirmed suggestions for a few of today's."""
    categories = [use.category for use in programme.categories.select_related("category") if not use.from_changes]
    weights = [1 if category.restricted else 3 for category in categories]
    rows = []
    for pupil in pupils:
        if rng.random() >= MARKED:
            continue
        enrolment = pupil.enrolments[0]
        head = staff[enrolment.school.pk].head_of(enrolment.school_class)
        for category in dict.fromkeys(rng.choices(categories, weights, k=2 if rng.random() < 0.15 else 1)):
            day = min(enrolment.starts_on + timedelta(days=rng.randint(0, 40)), today)
            row = CategoryMark(
                student=pupil.student, category=category, level=rng.choices(LEVELS, LEVEL_WEIGHTS)[0], starts_on=day,
                source=MarkSource.CLASS_HEAD, confirmed_by=head, confirmed_at=morning(day), created_at=morning(day),
            )  # fmt: skip
            pupil.marks.append(row)
            rows.append(row)
    rows += _suggestions(rng, categories, pupils)
    CategoryMark.objects.bulk_create(rows)


def _suggestions(rng, categories, pupils):
    suggested = [(flag, category) for category in categories for flag in category.suggested_by]
    rows, flagged, fields = [], [], set()
    for pupil in pupils if suggested else ():
        now_here = pupil.enrolments[-1]
        if now_here.ends_on or pupil.marks or rng.random() >= SUGGESTED:
            continue
        flag, category = rng.choice(suggested)
        setattr(pupil.student, flag, FLAG_VALUES.get(flag, True))
        flagged.append(pupil.student)
        fields.add(flag)
        rows.append(
            CategoryMark(
                student=pupil.student, category=category, source=MarkSource.ROSTER, starts_on=now_here.starts_on,
                created_at=morning(now_here.starts_on),
            )
        )  # fmt: skip
    if flagged:
        Student.objects.bulk_update(flagged, sorted(fields))
    return rows


def change(rng, pupils, staff, *, first, last):
    """Major changes between two days at pupils who are at school then. A visit answers them: calls.py."""
    span = (last - first).days
    for pupil in pupils:
        if rng.random() >= CHANGED or span < 1:
            continue
        day = first + timedelta(days=rng.randrange(span))
        place = pupil.place_on(day)
        if place is None:
            continue
        head = staff[place.school_id].head_of(place)
        pupil.changes.append(
            ChangeEvent(
                student=pupil.student, kind=rng.choice(ChangeKind.values), occurred_on=day, recorded_by=head,
                created_at=morning(day + timedelta(days=1)),
            )
        )  # fmt: skip


def mentor(rng, pupils, staff, *, today, share):
    """Today's pupils spread over the teachers of their school, at most fifteen each."""
    rows, load = [], {}
    for pupil in pupils:
        place = pupil.place_on(today)
        if place is None or not (pupil.marks or rng.random() < share):
            continue
        crew = staff[place.school_id]
        free = [t for t in crew.visitors if load.get(t, 0) < PUPILS_A_MENTOR]
        # The two showcase teachers first, so that their lists are not empty.
        first = [t for t in crew.teachers[:2] if load.get(t, 0) < 8]
        if not free:
            continue
        teacher = rng.choice(first) if first and rng.random() < 0.2 else rng.choice(free)
        load[teacher] = load.get(teacher, 0) + 1
        pupil.mentor = teacher
        day = max(pupil.enrolments[-1].starts_on, today - timedelta(days=80))
        rows.append(MentorLink(student=pupil.student, teacher=teacher, starts_on=day, created_at=morning(day)))
    MentorLink.objects.bulk_create(rows)
