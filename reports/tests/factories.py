"""A small district in September 2022 with visits, for tests of this room."""

from datetime import date

from programmes.tests.factories import make_programme
from schools.tests.factories import make_class, make_class_head, make_school
from students.tests.factories import make_mark, make_student
from visits.actions.register import open_register
from visits.tests.rows import add_visit


def make_district(*, schools=2, classes=1, pupils=4, visited=2, **programme_fields):
    """(programme, [school]): the first `visited` pupils of each class were visited at home on 2 September."""
    programme = make_programme(**programme_fields)
    made = []
    for _ in range(schools):
        school = make_school(programme.authority)
        for number in range(1, classes + 1):
            school_class = make_class(school, number=number)
            head = make_class_head(school_class)
            students = [make_student(school_class) for _ in range(pupils)]
            if students and "HARDSHIP" in [use.label for use in programme.categories.all()]:
                make_mark(students[0], "HARDSHIP", by=head)
            for student in students[:visited]:
                add_visit(programme, [student], on=date(2022, 9, 2), lead=head)
        made.append(school)
    open_register(programme)
    return programme, made
