"""What one submission of the record form costs the database (performance.md: at most 14 queries).

Thirteen statements read or write; a transaction around them is two more on the wire (here a savepoint of the test's
own transaction). Nothing is nested: a savepoint more would show. Lines that most visits do not have cost one statement
a kind.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programmes.tests.factories import CONFIG, make_programme
from schools.tests.factories import make_class
from students.actions.assign import assign
from students.models import Household
from students.tests.factories import make_student
from visits.actions.register import check, open_register
from visits.models import Visit, VisitDraft
from visits.tests.factories import make_visit
from visits.tests.test_log_views import typed

BASE = 13
NO_OPINION = {"opinion-0-text": "", "opinion-0-category": ""}
LINES = {"promise-TOTAL_FORMS": 1, "promise-INITIAL_FORMS": 0, "help-TOTAL_FORMS": 1, "help-INITIAL_FORMS": 0}


@pytest.fixture
def page(client, head):
    client.force_login(head)
    return client


def statements(page, data):
    """Verbs of the statements of one POST, without the transaction's own."""
    with CaptureQueriesContext(connection) as caught:
        response = page.post(reverse("visits:log"), data)
    assert response.status_code == 302
    verbs = [query["sql"].strip().split()[0] for query in caught.captured_queries]
    assert [verb for verb in verbs if verb in ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")] == ["SAVEPOINT", "RELEASE"]
    return [verb for verb in verbs if verb not in ("SAVEPOINT", "RELEASE")]


def test_a_record_is_thirteen_statements(page, programme, student):
    open_register(programme)
    verbs = statements(page, typed(student, **NO_OPINION))

    # session, user, posts, notice, family with form and rights; visit, visitor, pupil; lock, facts, due, counter; log
    assert verbs == ["SELECT"] * 5 + ["INSERT"] * 3 + ["SELECT"] * 2 + ["INSERT", "UPDATE", "INSERT"]
    assert len(verbs) == BASE
    assert check(programme) == []


@pytest.mark.parametrize(
    ("more", "extra"),
    [
        ({}, 1),  # one opinion
        ({**NO_OPINION, **LINES, "promise-0-text": "每晚八点写作业", "promise-0-who": "family"}, 1),
        ({**NO_OPINION, **LINES, "help-0-kind": "物品", "help-0-text": "两本书"}, 1),
        ({**NO_OPINION, "follow_up_on": "2022-10-08", "follow_up_note": "看作业"}, 0),
        ({**NO_OPINION, "preparation": "先说优点"}, 0),
    ],
    ids=["opinion", "promise", "help", "follow-up", "preparation"],
)
def test_each_kind_of_line_is_one_statement_more(page, programme, student, more, extra):
    open_register(programme)
    assert len(statements(page, typed(student, **more))) == BASE + extra


def test_colleagues_strengths_and_an_assignment_are_one_statement_each(page, programme, head, teacher, student):
    open_register(programme)
    data = typed(student, others=[teacher.pk], **{f"strengths_{student.pk}": "会修自行车"}, **NO_OPINION)
    assert len(statements(page, data)) == BASE + 2

    other = make_student(student.school_class)
    assign(programme, [other], teacher, by=head)
    open_register(programme)
    assert len(statements(page, typed(other, **NO_OPINION))) == BASE + 1


def test_siblings_cost_nothing_more(page, programme, school, student):
    home = Household.objects.create()
    student.household = home
    student.save()
    sisters = [make_student(make_class(school, grade=grade), household=home) for grade in (1, 2)]
    open_register(programme)
    verbs = statements(page, typed(student, siblings=[sister.pk for sister in sisters], **NO_OPINION))

    assert len(verbs) == BASE + 2  # a counter for each class
    assert check(programme) == []


def test_a_second_visit_and_a_draft(page, programme, head, student):
    make_visit(student, by=head, programme=programme, day="2022-09-10")
    data = typed(student, **NO_OPINION)
    VisitDraft.objects.create(user=head, programme=programme, student=student, client_uuid=data["client_uuid"])

    assert len(statements(page, data)) == BASE - 1 + 1  # the class stands at its count; the draft goes
    assert VisitDraft.objects.count() == 0


def test_the_same_submission_again_finds_the_first(page, programme, student):
    data = typed(student)
    page.post(reverse("visits:log"), data)
    with CaptureQueriesContext(connection) as caught:
        page.post(reverse("visits:log"), data)

    assert Visit.objects.count() == 1
    assert len(caught.captured_queries) <= 10


def test_a_signed_code_is_read_with_the_family(page, school, head, student):
    conduct = {"title": "五要五不能", "rules": [{"kind": "do", "text": "准时"}]}
    programme = make_programme(school.authority, code="with-code", config={**CONFIG, "conduct": conduct})
    page.post(reverse("visits:log"), typed(student, programme=programme.code, conduct_read="on"))
    assert Visit.objects.get().programme == programme
    other = make_student(student.school_class)
    open_register(programme)
    assert len(statements(page, typed(other, programme=programme.code, **NO_OPINION))) == BASE
