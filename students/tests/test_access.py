"""Role × address → answer. Wrong role 403, out of sight 404; a stranger never learns whether a pupil exists."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from programmes.models import Category
from schools.enums import Role
from schools.tests.factories import (
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.actions.upload import receive
from students.models import CategoryMark, PortraitNote
from students.tests.books import PUPIL, pupil, roster
from students.tests.factories import make_mark, make_mentor
from students.urls import urlpatterns

pytestmark = pytest.mark.django_db
ROLES = ["head", "other_head", "mentor", "psych", "leader", "admin", "other_admin", "colleague", "teacher", "district", "auditor"]
# GET of pages, POST (without data) of verbs; "." stands for 404
TABLE = {
    #                      head o_hd ment psyc lead admi o_ad coll teac dist audi
    "import":             "403 403 403 403 403 200 200 200 403 403 403",
    "import_template":    "403 403 403 403 403 200 200 200 403 403 403",
    "import_preview":     "403 403 403 403 403 200 .   .   403 403 403",
    "import_confirm":     "403 403 403 403 403 302 .   .   403 403 403",
    "import_cancel":      "403 403 403 403 403 302 .   .   403 403 403",
    "import_held":        "403 403 403 403 403 200 .   .   403 403 403",
    "detail":             "200 .   200 200 200 200 .   200 .   403 403",
    "reveal":             "422 .   403 403 422 422 .   422 .   403 403",
    "reveal_number":      "403 .   403 403 403 422 .   422 .   403 403",
    "marks":              "200 .   403 403 403 403 403 403 403 403 403",
    "mark_set":           "422 .   403 403 403 403 403 403 403 403 403",
    "mark_confirm":       "422 .   403 403 403 403 403 403 403 403 403",
    "mark_dismiss":       "302 .   403 403 403 403 403 403 403 403 403",
    "mark_end":           "302 .   403 403 403 403 403 403 403 403 403",
    "change_add":         "422 .   403 403 403 403 403 403 403 403 403",
    "portrait_add":       "422 .   422 422 403 403 .   403 .   403 403",
    "portrait_remove":    "302 .   403 403 302 .   .   .   .   403 403",
    "suggestions":        "200 .   403 403 403 403 403 403 403 403 403",
}  # fmt: skip
PAGES = {"import", "import_template", "import_preview", "import_held", "detail", "marks", "suggestions"}


@pytest.fixture
def people(school, school_class, head, admin, student):
    other = make_school(school.authority)
    mentor = make_user(Role.TEACHER, school=school)
    make_mentor(student, mentor)
    return {
        "head": head,
        "other_head": make_class_head(make_class(school, number=1)),
        "mentor": mentor,
        "psych": make_user(Role.PSYCH_TEACHER, school=school),
        "leader": make_leader(school),
        "admin": admin,
        "other_admin": make_user(Role.SCHOOL_ADMIN, school=other),
        "colleague": make_user(Role.SCHOOL_ADMIN, school=school),
        "teacher": make_user(Role.TEACHER, school=school),
        "district": make_officer(school.authority),
        "auditor": make_user(Role.AUDITOR, authority=school.authority),
    }


@pytest.fixture
def addresses(client, people, programme, school_class, student, head, media):
    """Address of each name, with rows behind it that the right person may act on."""
    psych = Category.objects.create(authority=programme.authority, code="PSY", name="心理", psych=True)
    mark = make_mark(student, "PSY", by=head)
    hardship = Category.objects.exclude(pk=psych.pk).first()
    suggestion = CategoryMark.objects.create(student=student, category=hardship, source="roster")
    file = SimpleUploadedFile("roster.xlsx", roster(PUPIL, pupil(学籍号="G1")))
    upload = receive(file, school=school_class.school, scope="classes", by=people["admin"])
    note = PortraitNote.objects.create(student=student, text="会修自行车", written_by=head)
    ids = {
        "portrait_remove": [note.pk],
        "import": [], "import_template": [], "suggestions": [school_class.pk], "mark_end": [student.pk, mark.pk],
        "mark_confirm": [student.pk, suggestion.pk], "mark_dismiss": [student.pk, suggestion.pk],
    }  # fmt: skip
    return {
        name: reverse(
            f"students:{name}",
            args=ids.get(name, [upload.token] if name.startswith("import_") else [student.pk]),
        )
        for name in TABLE
    }


def test_every_address_has_its_row():
    assert {pattern.name for pattern in urlpatterns} == set(TABLE)


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("name", TABLE)
def test_role_by_address(client, people, addresses, name):
    answers = {}
    for role in reversed(ROLES):  # those who may act come last
        client.force_login(people[role])
        method = client.get if name in PAGES else client.post
        answers[role] = method(addresses[name]).status_code
    expected = [404 if code == "." else int(code) for code in TABLE[name].split()]
    assert answers == dict(zip(ROLES, expected, strict=True))


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("name", TABLE)
def test_nobody_gets_in_without_signing_in(client, addresses, name):
    response = client.get(addresses[name])
    assert (response.status_code, response["Location"].split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("name", sorted(set(TABLE) - PAGES))
def test_verbs_are_never_done_by_a_link(client, people, addresses, name):
    for person in ("head", "admin"):
        client.force_login(people[person])
        assert client.get(addresses[name]).status_code == 405
