"""Writes a plan, in one transaction. What a plan does not mention stays as it is."""

from collections import defaultdict
from datetime import date, timedelta

from django.db import transaction

from core import audit
from core.clock import now
from schools.models import School, SchoolClass
from students.actions.household import put_in_households
from students.enums import MarkSource, Status
from students.models import CategoryMark, Enrolment, Guardian, Household, Student
from students.roster.report import counts
from students.signals import students_changed

BATCH = 1000
SETTLING = timedelta(days=14)  # held-back rows of a first import come within days: these pupils are not new arrivals


def lock_schools(schools):
    """One import a school at a time; call inside the transaction, before the plan is made."""
    return list(School.objects.select_for_update().filter(pk__in=[s.pk for s in schools]).order_by("pk"))


@transaction.atomic
def apply_plan(plan, *, by):
    """by: the user, None for the command line. Sends students_changed for pupils whose class or status moved."""
    if plan.refused or not plan.changes_anything:
        return
    writer = Writer(plan)
    writer.make_classes()
    writer.create()
    writer.update()
    writer.move()
    writer.leave()
    writer.join_households()
    writer.suggest()
    moved = sorted(writer.moved)
    if moved:
        students_changed.send(sender=Student, student_ids=moved)
    writer.record(by)


class Writer:
    def __init__(self, plan):
        self.plan, self.day, self.at = plan, plan.as_of, now()
        self.schools = {school.pk: school for school in plan.schools}
        self.moved = set()
        self.lost = defaultdict(int)  # another school's id → pupils who came from there

    def make_classes(self):
        SchoolClass.objects.bulk_create(
            [
                SchoolClass(school_id=p.school_id, stage=p.stage, entry_year=p.entry_year, number=p.number)
                for p in self.plan.new_classes
            ]
        )
        self.class_ids = {place: c.pk for place, c in self.plan.classes.items()}
        if self.plan.new_classes:
            made = SchoolClass.objects.filter(school__in=self.plan.schools)
            keys = made.values_list("school_id", "stage", "entry_year", "number", "pk")
            by_key = {key[:4]: key[4] for key in keys}
            for p in self.plan.new_classes:
                self.class_ids[p] = by_key[p.school_id, p.stage, p.entry_year, p.number]

    def create(self):
        """Pupils of a class we did not know were there before; into a known class somebody arrives."""
        settled = self._settled_classes()
        students = []
        for entry in self.plan.creates:
            school = self.schools[entry.to.school_id]
            class_id = self.class_ids[entry.to]
            arrived = self.day if class_id in settled else self._beginning(entry)
            entry.student = Student(
                authority_id=school.authority_id, school_id=school.pk, school_class_id=class_id, arrived_on=arrived,
                created_at=self.at, **entry.changes,
            ).seal()  # fmt: skip
            students.append(entry.student)
        Student.objects.bulk_create(students, batch_size=BATCH)
        Enrolment.objects.bulk_create([self._enrolment(s, s.arrived_on) for s in students], batch_size=BATCH)
        self._add_guardians(self.plan.creates)
        self.moved |= {student.pk for student in students}

    def _settled_classes(self):
        rows = Enrolment.objects.filter(school__in=self.plan.schools, created_at__lt=self.at - SETTLING)
        return set(rows.values_list("school_class_id", flat=True).distinct())

    def _beginning(self, entry):
        """入学年月, else the August the class began; never after the day of the import."""
        told = entry.changes.get("enrolled")
        day = date(int(told[:4]), int(told[4:]), 1) if told else date(entry.to.entry_year, 8, 1)
        return min(day, self.day)

    def _enrolment(self, student, starts_on):
        return Enrolment(
            student=student, authority_id=student.authority_id, school_id=student.school_id,
            school_class_id=student.school_class_id, starts_on=starts_on, created_at=self.at,
        )  # fmt: skip

    def _add_guardians(self, entries):
        Guardian.objects.bulk_create(
            [
                Guardian(student=entry.student, position=n, **person).seal()
                for entry in entries
                for n, person in enumerate(entry.new_guardians, start=1)
            ],
            batch_size=BATCH,
        )

    def update(self):
        """Facts of pupils we know, moved ones as well."""
        entries = [*self.plan.updates, *self.plan.moves]
        same_fields, same_guardian_fields = defaultdict(list), defaultdict(list)
        for entry in entries:
            if entry.changes:
                for name, value in entry.changes.items():
                    setattr(entry.student, name, value)
                entry.student.seal()
                same_fields[frozenset(entry.changes)].append(entry.student)
            for guardian, changed in entry.changed_guardians:
                for name, value in changed.items():
                    setattr(guardian, name, value)
                same_guardian_fields[frozenset(changed)].append(guardian.seal())
        for fields, students in same_fields.items():
            Student.objects.bulk_update(students, sorted(fields | sealed(fields)), batch_size=BATCH)
        for fields, guardians in same_guardian_fields.items():
            columns = fields | ({"phone_index"} if "phone" in fields else set())
            Guardian.objects.bulk_update(guardians, sorted(columns), batch_size=BATCH)
        self._add_guardians(entries)

    def move(self):
        """A move is a new row; the old one ends the day before."""
        students = []
        for entry in self.plan.moves:
            student, school = entry.student, self.schools[entry.to.school_id]
            if student.school_id != school.pk:
                self.lost[student.school_id, student.authority_id] += 1
                student.arrived_on = self.day
            student.school_id, student.authority_id = school.pk, school.authority_id
            student.school_class_id, student.status = self.class_ids[entry.to], Status.ACTIVE
            students.append(student)
        self._close_enrolments(students)
        fields = ["school", "authority", "school_class", "status", "arrived_on"]
        Student.objects.bulk_update(students, fields, batch_size=BATCH)
        Enrolment.objects.bulk_create([self._enrolment(s, self.day) for s in students], batch_size=BATCH)
        self.moved |= {student.pk for student in students}

    def leave(self):
        """Left, or graduated where the class has no grade any more."""
        grades = {c.pk: c.grade(self.plan.year) for c in self.plan.classes.values()}
        for student in self.plan.leaves:
            graduated = student.school_class_id in grades and grades[student.school_class_id] is None
            student.status = Status.GRADUATED if graduated else Status.LEFT
        self._close_enrolments(self.plan.leaves)
        Student.objects.bulk_update(self.plan.leaves, ["status"], batch_size=BATCH)
        self.moved |= {student.pk for student in self.plan.leaves}

    def _close_enrolments(self, students):
        ids = [student.pk for student in students]
        for start in range(0, len(ids), BATCH):
            Enrolment.objects.filter(student_id__in=ids[start : start + BATCH], ends_on=None).update(
                ends_on=self.day - timedelta(days=1), closed_at=self.at
            )

    def join_households(self):
        by_line = {entry.line.number: entry.student.pk for entry in self.plan.creates}
        new = [join for join in self.plan.joins if not join.households]
        made = iter(Household.objects.bulk_create([Household(created_at=self.at) for _ in new], batch_size=BATCH))
        homes, merged = {}, {}
        for join in self.plan.joins:
            household_id = join.households[0] if join.households else next(made).pk
            merged |= dict.fromkeys(join.households[1:], household_id)
            homes |= dict.fromkeys((*(by_line[number] for number in join.lines), *join.students), household_id)
        old = sorted(merged)
        for start in range(0, len(old), BATCH):
            rows = Student.objects.filter(household_id__in=old[start : start + BATCH])
            homes |= {pk: merged[home] for pk, home in rows.values_list("pk", "household_id")}
        put_in_households(homes, at=self.at)

    def suggest(self):
        CategoryMark.objects.bulk_create(
            [
                CategoryMark(
                    student=entry.student, category=category, starts_on=self.day, source=MarkSource.ROSTER,
                    created_at=self.at,
                )
                for entry, category in self.plan.suggestions
            ],
            batch_size=BATCH,
        )  # fmt: skip

    def record(self, by):
        """Counts only; a school that lost pupils to another reads it in its own log."""
        schools = self.plan.schools
        place = schools[0] if len(schools) == 1 else None
        audit.record(
            place, "roster.import", by=by, school_id=place and place.pk, authority_id=schools[0].authority_id,
            as_of=str(self.day), schools=len(schools), **counts(self.plan),
        )  # fmt: skip
        for (school_id, authority_id), number in sorted(self.lost.items()):
            audit.record(
                None, "roster.moved_away", by=by, school_id=school_id, authority_id=authority_id, students=number
            )


def sealed(fields):
    """Search columns that follow these."""
    columns = {"national_no": {"national_no_index", "national_no_tail"}, "aux_no": {"aux_no_index"}, "phone": {"phone_index"}}
    return frozenset().union(*(columns.get(name, ()) for name in fields))
