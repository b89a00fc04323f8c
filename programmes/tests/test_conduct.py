"""The code is signed once per programme and version; gaps of a school are lists of people, not counts of guilt."""

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from core.clock import now
from core.models import AuditEntry
from core.states import WrongState
from programmes.actions.conduct import sign
from programmes.actions.load import load_programme
from programmes.actions.state import close_programme, open_programme
from programmes.config.notice import read_notice
from programmes.models import Attendance, ConductSignature, Event
from programmes.queries.ready import has_signed, is_trained, unsigned, untrained
from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import (
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2023-09-18T10:00:00+08:00"


@pytest.fixture
def programme():
    return open_programme(load_programme(read_notice(DATA / "wujin-2023.toml")).programme, by=None)


@pytest.fixture
def school(programme):
    return make_school(programme.authority)


def new_version(programme):
    programme.config["conduct"]["version"] += 1
    programme.save()


def train(programme, school, *users, kind="training", **fields):
    event = Event.objects.create(
        programme=programme, authority_id=programme.authority_id, school=school, kind=kind, title="家访培训",
        **{"held_on": "2023-09-01", "created_by": users[0], **fields},
    )  # fmt: skip
    for user in users:
        Attendance.objects.create(event=event, school=school, user=user, marked_by=users[0])
    return event


# ── the code ──


def test_signing_keeps_who_when_which_version_and_leaves_a_line(programme, school, teacher):
    signature = sign(programme, by=teacher)

    assert (signature.user, signature.school, signature.version, signature.signed_at) == (teacher, school, 1, now())
    assert has_signed(programme, teacher)
    line = AuditEntry.objects.get(action="conduct.sign")
    assert (line.school_id, line.authority_id, line.facts["version"]) == (school.pk, programme.authority_id, 1)


def test_signing_twice_is_once(programme, teacher):
    assert sign(programme, by=teacher) == sign(programme, by=teacher)
    assert ConductSignature.objects.count() == AuditEntry.objects.filter(action="conduct.sign").count() == 1


def test_a_new_version_asks_again(programme, teacher):
    sign(programme, by=teacher)
    new_version(programme)

    assert not has_signed(programme, teacher)
    assert sign(programme, by=teacher).version == 2
    assert has_signed(programme, teacher)


def test_one_programme_does_not_sign_for_another(programme, teacher):
    sign(programme, by=teacher)
    config = programme.config
    other = make_programme(programme.authority, code="another", config=config)

    assert not has_signed(other, teacher)


def test_a_notice_without_a_code_asks_for_nothing(teacher, school):
    plain = make_programme(school.authority, code="plain")

    assert sign(plain, by=teacher) is None
    assert has_signed(plain, teacher)
    assert unsigned(plain, school) == []


def test_a_programme_that_is_over_is_not_signed_any_more_and_old_signatures_stay(programme, school, teacher):
    late = make_user(Role.TEACHER, school=school)
    signature = sign(programme, by=teacher)
    close_programme(programme, by=None)

    assert sign(programme, by=teacher) == signature
    with pytest.raises(WrongState, match="不在进行中"):
        sign(programme, by=late)


@pytest.mark.parametrize("who", ["officer", "stranger"])
def test_only_people_of_the_authoritys_schools_sign(programme, who):
    far = make_school(make_programme(code="far").authority)
    user = make_officer(programme.authority) if who == "officer" else make_user(Role.TEACHER, school=far)

    with pytest.raises(PermissionDenied):
        sign(programme, by=user)


# ── gaps ──


def test_visitors_are_people_with_a_visiting_post_and_whoever_else_visits(programme, school, teacher):
    head = make_class_head(make_class(school, school_year=2023), name="陈晓")
    psych = make_user(Role.PSYCH_TEACHER, school=school, name="何静")
    leader = make_leader(school, name="沈文清")
    make_user(Role.SCHOOL_ADMIN, school=school)
    make_user(Role.TEACHER, school=school, is_active=False)
    make_user(Role.TEACHER, school=make_school(programme.authority))
    gone = make_user(Role.TEACHER, school=school)
    gone.posts.update(ends_on="2023-07-31")

    assert set(untrained(programme, school)) == set(unsigned(programme, school)) == {teacher, head, psych}
    assert leader in untrained(programme, school, users=[leader])


def test_who_was_at_a_training_is_trained(programme, school, teacher):
    other = make_user(Role.TEACHER, school=school)
    train(programme, school, teacher)

    assert (is_trained(programme, teacher), is_trained(programme, other)) == (True, False)
    assert untrained(programme, school) == [other]


@pytest.mark.parametrize(
    "fields", [{"kind": "mobilisation"}, {"cancelled_at": "2023-08-31T08:00+08:00"}, {"held_on": "2023-09-19"}]
)
def test_other_cancelled_and_coming_meetings_train_nobody(programme, school, teacher, fields):
    train(programme, school, teacher, **fields)

    assert not is_trained(programme, teacher)


def test_a_notice_that_requires_no_training_has_no_gap(school, teacher):
    plain = make_programme(school.authority, code="plain")

    assert is_trained(plain, teacher)
    assert untrained(plain, school) == []


def test_a_list_is_one_query(programme, school, teacher, django_assert_num_queries):
    for _ in range(3):
        make_user(Role.TEACHER, school=school)
    with django_assert_num_queries(1):
        untrained(programme, school)
    with django_assert_num_queries(1):
        unsigned(programme, school, users=[teacher])
