from datetime import date

from schools.tests.factories import make_class, make_class_head
from students.tests.factories import make_mark, make_student
from visits.actions.due import set_declined, set_exempt
from visits.actions.register import open_register
from visits.models import Due
from visits.tests.rows import add_visit


def fill_school(programme, school):
    """Three classes with every state: {"51": …, "52": …, "41": …}.

    五（1）: 4 due, 1 visited, one 重点 (HARDSHIP) waiting, one declined. 五（2）: 2 due, both visited.
    四（1）: 2 due, one of them 重点 (STUDY) and visited; a third is exempt.
    """
    places = (("51", 5, 1), ("52", 5, 2), ("41", 4, 1))
    classes = {key: make_class(school, grade=grade, number=number) for key, grade, number in places}
    head = make_class_head(classes["51"])
    first, seen, declined, _ = (make_student(classes["51"]) for _ in range(4))
    both = [make_student(classes["52"]) for _ in range(2)]
    fourth, exempt, _ = (make_student(classes["41"]) for _ in range(3))
    make_mark(first, by=head)
    make_mark(fourth, "STUDY", by=head)
    for student in (seen, *both, fourth):
        add_visit(programme, [student], on=date(2022, 9, 2), lead=head)
    open_register(programme)
    set_declined(Due.objects.get(student=declined), by=head)
    set_exempt(Due.objects.get(student=exempt), by=head, reason="abroad")
    return classes
