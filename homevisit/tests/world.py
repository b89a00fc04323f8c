"""Two authorities, three schools, four classes, one row of every kind at each place; one person per role.

Places, as seen from people at class "c": c the own class, s another class of the same school, o another school
of the same authority, x another authority.
"""

from dataclasses import dataclass, field
from datetime import date

from django.core.files.base import ContentFile

from core.audit import record
from core.clock import now
from core.jobs import create
from homevisit.tests.world_deadlines import what_deadlines_make, what_was_true_before
from homevisit.tests.world_up import what_goes_up
from homevisit.tests.world_visit import around_visit
from programmes.enums import DeadlineKind
from programmes.models import Category, ProgrammeCategory, SchoolForm
from programmes.tests.factories import make_programme
from reports.models import Compilation, SchoolSnapshot, Snapshot
from schools.enums import Role
from schools.tests.factories import make_authority, make_class, make_class_head, make_school, make_user
from students.models import Household, RosterUpload
from students.tests.factories import make_change, make_mark, make_mentor, make_student
from visits.actions.register import open_register
from visits.models import Opinion
from visits.tests.rows import add_visit

UPLOAD_COUNTS = dict.fromkeys(
    ("create", "update", "move", "leave", "unchanged", "guardians", "households_joined", "held", "suggestions"), 0
)
FIGURES = [f.name for f in SchoolSnapshot._meta.fields if f.get_internal_type() == "PositiveIntegerField"]


@dataclass
class Place:
    """Everything that stands at one place."""

    tag: str
    school_class: object
    head: object = None
    rows: dict = field(default_factory=dict)  # model label → row


class World:
    CLOCK = "2022-09-18T10:00+08:00"

    def __init__(self):
        here, there = make_authority("here"), make_authority("there")
        school, other = make_school(here), make_school(here)
        classes = {
            "c": make_class(school, number=1),
            "s": make_class(school, number=2),
            "o": make_class(other, number=1),
            "x": make_class(make_school(there), number=1),
        }
        self.here, self.school, self.school_class = here, school, classes["c"]
        self.programmes = {a: make_programme(a, code=f"{a.code}-2022") for a in (here, there)}
        for programme in self.programmes.values():
            secret = Category.objects.create(
                authority=programme.authority, code="PSY", name="心理", restricted=True, psych=True
            )
            ProgrammeCategory.objects.create(programme=programme, category=secret, position=2, label="心理")
        self.places = {tag: self._fill(tag, school_class) for tag, school_class in classes.items()}
        for programme in self.programmes.values():
            open_register(programme)
        for place in self.places.values():
            self._count(place)
        self.people = self._people()

    def _fill(self, tag, school_class):
        school = school_class.school
        programme = self.programmes[school.authority]
        head = make_class_head(school_class)
        student = make_student(
            school_class, guardian=("示例家长", "19900001234"), household=Household.objects.create(), name=f"示例生{tag}"
        )
        visit = add_visit(programme, [student], on=date(2022, 9, 2), lead=head)
        admin = make_user(Role.SCHOOL_ADMIN, school=school)
        rows = {
            "schools.Authority": school.authority,
            "schools.School": school,
            "schools.SchoolClass": school_class,
            "schools.User": head,
            "schools.Post": head.posts.get(),
            "programmes.Programme": programme,
            "programmes.Deadline": programme.deadlines.get(),
            "programmes.Phase": programme.phases.get_or_create(
                code="visits", defaults={"name": "走访", "starts_on": programme.starts_on, "ends_on": programme.ends_on}
            )[0],
            "programmes.Category": Category.objects.get(authority=school.authority, code="STUDY"),
            "programmes.ProgrammeCategory": programme.categories.get(position=0),
            "programmes.SchoolForm": SchoolForm.objects.get_or_create(programme=programme, school=school)[0],
            "students.Student": student,
            "students.Household": student.household,
            "students.Enrolment": student.enrolments.get(),
            "students.Guardian": student.guardians.get(),
            "students.CategoryMark": make_mark(student, "HARDSHIP", by=head),
            "restricted mark": make_mark(student, "PSY", by=head),
            "students.ChangeEvent": make_change(student, by=head),
            "students.MentorLink": make_mentor(student, head),
            "students.RosterUpload": RosterUpload.objects.get_or_create(
                school=school, defaults={"uploaded_by": admin, "checksum": tag, "file": ContentFile("姓名,班级\n", "r.csv")}
            )[0],
            "visits.Visit": visit,
            "visits.VisitStudent": visit.visit_students.get(),
            "visits.VisitVisitor": visit.visitors.get(),
            "visits.Opinion": Opinion.objects.create(
                visit=visit, authority_id=school.authority_id, school=school, category="作业", text="示例意见"
            ),
            "core.AuditEntry": record(school, "test.look", by=None),
            "core.Job": create("test", label="试", authority_id=school.authority_id, school_id=school.pk, shared=True),
            **around_visit(visit, student, head, tag),
        }
        rows |= what_goes_up(visit, head, tag)
        return Place(tag, school_class, head, rows)

    def _count(self, place):
        rows, school = place.rows, place.school_class.school
        programme = rows["programmes.Programme"]
        rows["visits.Due"] = programme.due_rows.get(student=rows["students.Student"])
        rows["visits.ClassCount"] = programme.class_counts.get(school_class=place.school_class, dimension=0)
        compilation, _ = Compilation.objects.get_or_create(
            programme=programme,
            kind=DeadlineKind.COVERAGE,
            defaults={
                "authority": school.authority, "as_of": now(), "known_at": now(), "deadline_at": now(), "job": rows["core.Job"],
            },
        )  # fmt: skip
        at = {"authority": school.authority, "school": school}
        rows["reports.Compilation"] = compilation
        rows["reports.Snapshot"] = Snapshot.objects.create(
            compilation=compilation, school_class=place.school_class, dimension=0, due=1, visited=1, **at
        )
        rows["reports.SchoolSnapshot"] = SchoolSnapshot.objects.get_or_create(
            compilation=compilation, defaults=dict.fromkeys(FIGURES, 0), **at
        )[0]
        rows |= what_deadlines_make(compilation, place.head, place.tag, at)
        rows |= what_was_true_before(rows)

    def _people(self):
        mine = self.places["c"]
        mentor = make_user(Role.TEACHER, school=self.school)
        make_mentor(mine.rows["students.Student"], mentor)
        people = {"nobody": make_user(), "mentor": mentor, "class_head": mine.head}
        people["named_leader"] = make_user(Role.SCHOOL_LEADER, school=self.school)
        people["named_leader"].posts.update(reads_restricted=True)
        for role in Role:
            if role in (Role.TEACHER, Role.PSYCH_TEACHER, Role.SCHOOL_LEADER, Role.SCHOOL_ADMIN):
                people[role.value] = make_user(role, school=self.school)
            elif role != Role.CLASS_HEAD:
                people[role.value] = make_user(role, authority=self.here)
        RosterUpload.objects.filter(school=self.school).update(
            uploaded_by=people["school_admin"], report={"counts": UPLOAD_COUNTS}
        )
        return people
