"""Plans and reports, settled, filed, returned, accepted: state × verb × role, twice, in the wrong place, too late."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from core.clock import now
from core.states import WrongState
from programmes.enums import ProgrammeState
from programmes.models import LatePass, Programme
from programmes.tests.upward import make_upward
from reports.actions import filing as acts
from reports.actions.filing import (
    accept_filing,
    approve_filing,
    file_filing,
    open_filing,
    recall_filing,
    recommend_filing,
    reopen_filing,
    return_filing,
    undo_filing,
)
from reports.enums import FILING_MOVES, FilingState
from reports.models import SchoolPlan, SchoolReport
from reports.queries.text import as_filed
from reports.tests.filed import make_filing
from schools.enums import Role
from schools.models import Decision, Message
from schools.tests.factories import make_authority, make_leader, make_officer, make_school, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.seed("S56")]
F = FilingState
MODELS = [SchoolPlan, SchoolReport]
ROLES = ("leader", "admin", "teacher", "officer", "reviewer", "other_leader", "other_officer")
VERBS = {
    "approve": lambda row, by: approve_filing(row, by=by),
    "reopen": lambda row, by: reopen_filing(row, by=by),
    "file": lambda row, by: file_filing(row, by=by),
    "recall": lambda row, by: recall_filing(row, by=by),
    "accept": lambda row, by: accept_filing(row, by=by),
    "return": lambda row, by: return_filing(row, by=by, reason="缺时间安排"),
    "recommend": lambda row, by: recommend_filing(row, by=by),
}
ALLOWED = {
    "approve": {"leader"}, "reopen": {"leader", "admin"}, "file": {"leader", "admin"}, "recall": {"leader", "admin"},
    "accept": {"officer", "reviewer"}, "return": {"officer", "reviewer"}, "recommend": {"officer", "reviewer"},
}  # fmt: skip
ONCE = {("file", F.FILED), ("accept", F.ACCEPTED), ("approve", F.APPROVED)}  # the same act again is no error


@pytest.fixture
def place(settings):
    settings.HOMEVISIT_CLOCK = "2022-08-30T10:00+08:00"
    programme = make_upward()
    school = make_school(programme.authority)
    people = {
        "leader": make_leader(school, name="沈文清"),
        "admin": make_user(Role.SCHOOL_ADMIN, school=school),
        "teacher": make_user(Role.TEACHER, school=school),
        "officer": make_officer(programme.authority),
        "reviewer": make_user(Role.REVIEWER, authority=programme.authority),
        "other_leader": make_leader(make_school(programme.authority)),
        "other_officer": make_officer(make_upward(make_authority("elsewhere"), code="other-2022").authority),
    }
    return programme, school, people


def made(model, place, state, **fields):
    programme, school, people = place
    return make_filing(model, programme, school, state=state, by=people["leader"], officer=people["officer"], **fields)


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("state", FilingState)
def test_state_verb_role(place, model, state):
    """Every verb from every state by every role: done, refused by state, or not this person's."""
    row, wrong = made(model, place, state), []
    for verb, act in VERBS.items():
        for role in ROLES:
            point = transaction.savepoint()
            try:
                act(row, place[2][role])
                got = "done"
            except PermissionDenied:
                got = "denied"
            except WrongState:
                got = "state"
            transaction.savepoint_rollback(point)
            if role not in ALLOWED[verb]:
                expected = "denied"
            elif state in FILING_MOVES[verb][0] or ((verb, state) in ONCE and (verb != "approve" or role == "leader")):
                expected = "done"
            else:
                expected = "state"
            if got != expected:
                wrong.append(f"{verb} {role}: {got}, not {expected}")
    assert wrong == []


@pytest.mark.parametrize("model", MODELS)
def test_the_whole_way_with_a_return_and_a_second_filing(place, model, settings):
    programme, school, people = place
    row, created = open_filing(model, programme, school, by=people["admin"])
    again, twice = open_filing(model, programme, school, by=people["leader"])
    assert (created, twice, row.pk) == (True, False, again.pk)
    with pytest.raises(ValidationError):  # nothing written yet
        approve_filing(row, by=people["leader"])
    row.delete()
    row = made(model, place, F.DRAFT)
    approve_filing(row, by=people["leader"])
    first = file_filing(row, by=people["admin"])
    assert (first.version, first.late, first.receipt) == (1, False, f"{letters(model)}20220830-{row.pk:05d}-1")
    return_filing(row, by=people["reviewer"], reason="缺分工", version=1)
    row.refresh_from_db()
    row.sections = {**row.sections, "目标": "写具体了"} if model is SchoolPlan else [*row.sections[:3], "写具体了"]
    row.save()
    approve_filing(row, by=people["leader"])
    second = file_filing(row, by=people["leader"])
    assert (second.version, second.return_reason) == (2, "")
    accepted = accept_filing(row, by=people["officer"], version=2)
    assert accepted.state == F.ACCEPTED
    data = list(row.versions.values_list("number", "data"))
    assert [number for number, _ in data] == [1, 2]
    assert ["写具体了" in str(content) for _, content in data] == [False, True]
    verbs = Decision.objects.filter(about_id=row.pk).order_by("pk").values_list("verb", "level")
    assert list(verbs) == [
        ("approve", "school"), ("file", "school"), ("return", "district"), ("approve", "school"), ("file", "school"),
        ("accept", "district"),
    ]  # fmt: skip


def letters(model):
    return "FA" if model is SchoolPlan else "BG"


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("verb", "state", "role"),
    [("approve", F.DRAFT, "leader"), ("file", F.APPROVED, "admin"), ("accept", F.FILED, "officer"),
     ("return", F.FILED, "officer"), ("recommend", F.FILED, "officer")],
)  # fmt: skip
def test_the_same_act_twice_is_one(place, model, verb, state, role):
    row, by = made(model, place, state), place[2][role]
    VERBS[verb](row, by)
    VERBS[verb](row, by)
    assert Decision.objects.filter(verb=verb).count() == 1
    assert row.versions.count() == (0 if verb == "approve" else 1)


@pytest.mark.parametrize("model", MODELS)
def test_a_long_reason_twice_is_one_return(place, model):
    row, officer = made(model, place, F.FILED), place[2]["officer"]
    for _ in range(2):
        return_filing(row, by=officer, reason="改" * 600)
    assert Decision.objects.filter(verb="return").count() == 1


@pytest.mark.parametrize("model", MODELS)
def test_a_return_says_why(place, model):
    with pytest.raises(ValidationError):
        return_filing(made(model, place, F.FILED), by=place[2]["officer"], reason="  ")


@pytest.mark.parametrize("model", MODELS)
def test_who_read_an_older_filing_is_told(place, model):
    row = made(model, place, F.FILED, version=2)
    for act in (accept_filing, recommend_filing):
        with pytest.raises(WrongState, match="重新报送过"):
            act(row, by=place[2]["officer"], version=1)
    with pytest.raises(WrongState, match="重新报送过"):
        return_filing(row, by=place[2]["officer"], reason="旧的", version=1)


@pytest.mark.parametrize("model", MODELS)
def test_who_read_an_older_text_does_not_settle_the_new_one(place, model):
    row = made(model, place, F.DRAFT, revision=4)
    with pytest.raises(WrongState, match="刚有人改过"):
        approve_filing(row, by=place[2]["leader"], revision=3)
    assert approve_filing(row, by=place[2]["leader"], revision=4).state == F.APPROVED


@pytest.mark.parametrize("model", MODELS)
def test_after_the_deadline_only_with_more_time_and_marked_late(place, model, settings):
    programme, school, people = place
    row = made(model, place, F.APPROVED)
    settings.HOMEVISIT_CLOCK = "2022-10-20T10:00+08:00"
    with pytest.raises(WrongState, match="报送时间过了"):
        file_filing(row, by=people["admin"])
    given = LatePass.objects.create(
        programme=programme, authority=programme.authority, school=school, submission=acts.CODES[model], reason="停电",
        until=now() + timedelta(days=1), given_by=people["officer"],
    )  # fmt: skip
    settings.HOMEVISIT_CLOCK = "2022-10-21T10:00:00+08:00"  # the pass ends at this instant
    with pytest.raises(WrongState):
        file_filing(row, by=people["admin"])
    settings.HOMEVISIT_CLOCK = "2022-10-21T09:59:59+08:00"
    assert file_filing(row, by=people["admin"]).late is True
    LatePass.objects.filter(pk=given.pk).update(revoked_at=now())
    recall_filing(row, by=people["admin"])
    with pytest.raises(WrongState):
        file_filing(row, by=people["admin"])


@pytest.mark.seed("S57")
@pytest.mark.parametrize(("clock", "late"), [("2022-10-08T23:59:59", False), ("2022-10-09T00:00:00", None)])
def test_the_last_day_of_a_report_is_whole(place, settings, clock, late):
    row = made(SchoolReport, place, F.APPROVED)
    settings.HOMEVISIT_CLOCK = f"{clock}+08:00"
    if late is None:
        with pytest.raises(WrongState):
            file_filing(row, by=place[2]["admin"])
    else:
        assert file_filing(row, by=place[2]["admin"]).late is late


@pytest.mark.parametrize("model", MODELS)
def test_what_the_school_takes_back_leaves_the_desk(place, model):
    _, _, people = place
    row = made(model, place, F.FILED)
    seen = [model.objects.visible_to(people[role]).filter(pk=row.pk).exists() for role in ("officer", "teacher")]
    recalled = recall_filing(row, by=people["admin"])
    gone = [model.objects.visible_to(people[role]).filter(pk=row.pk).exists() for role in ("officer", "teacher", "admin")]
    assert (seen, gone, recalled.receipt) == ([True, True], [False, False, True], "")
    assert file_filing(row, by=people["admin"]).version == 2


@pytest.mark.parametrize("model", MODELS)
def test_while_the_school_rewrites_a_returned_paper_others_read_what_was_filed(place, model):
    row = made(model, place, F.FILED)
    return_filing(row, by=place[2]["officer"], reason="缺分工")
    row.refresh_from_db()
    row.title = "还没有写完"
    row.save()
    assert (as_filed(row).title, row.title) == ("", "还没有写完")


@pytest.mark.parametrize("model", MODELS)
def test_reopening_takes_the_leaders_word_back(place, model):
    row = reopen_filing(made(model, place, F.APPROVED), by=place[2]["admin"])
    assert (row.state, row.approved_at, row.approved_by) == (F.DRAFT, None, None)


# ── Undo ──


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("verb", ["accept", "return", "recommend"])
def test_within_ten_seconds_the_decision_is_as_if_it_had_not_been(place, model, verb, settings):
    settings.HOMEVISIT_CLOCK = "2022-08-30T10:00:00+08:00"
    row, officer = made(model, place, F.FILED), place[2]["officer"]
    before = model.objects.filter(pk=row.pk).values().get()
    VERBS[verb](row, officer)
    assert Message.objects.filter(about_id=row.pk).count() == 2  # leader and administrator, not yet arrived
    settings.HOMEVISIT_CLOCK = "2022-08-30T10:00:09+08:00"
    undo_filing(row, by=officer)
    assert model.objects.filter(pk=row.pk).values().get() == before
    assert not Message.objects.filter(about_id=row.pk).exists()


@pytest.mark.parametrize("model", MODELS)
def test_after_ten_seconds_the_notice_has_left_and_nothing_is_undone(place, model, settings):
    settings.HOMEVISIT_CLOCK = "2022-08-30T10:00:00+08:00"
    row, officer = made(model, place, F.FILED), place[2]["officer"]
    accept_filing(row, by=officer)
    settings.HOMEVISIT_CLOCK = "2022-08-30T10:00:12+08:00"
    with pytest.raises(WrongState, match="10秒"):
        undo_filing(row, by=officer)
    assert Message.objects.arrived().filter(about_id=row.pk).count() == 2


@pytest.mark.parametrize("model", MODELS)
def test_another_persons_decision_is_not_undone(place, model):
    row = made(model, place, F.FILED)
    accept_filing(row, by=place[2]["officer"])
    with pytest.raises(WrongState):
        undo_filing(row, by=place[2]["reviewer"])
    with pytest.raises(PermissionDenied):
        undo_filing(row, by=place[2]["leader"])


@pytest.mark.parametrize("model", MODELS)
def test_a_filing_is_taken_back_by_recall_not_by_undo(place, model):
    """It has left a version and a receipt: an undo would leave the next filing without its number."""
    programme, school, people = place
    row = made(model, place, F.APPROVED)
    both = make_user(Role.SCHOOL_ADMIN, school=school)
    file_filing(row, by=both)
    with pytest.raises(PermissionDenied):
        undo_filing(row, by=both)
    with pytest.raises(WrongState, match="撤回报送"):
        undo_filing(row, by=people["officer"])


def test_a_draft_of_a_notice_moves_nothing(place):
    programme, school, people = place
    row = made(SchoolReport, place, F.APPROVED)
    Programme.objects.update(state=ProgrammeState.DRAFT)
    with pytest.raises(WrongState, match="还没有开始"):
        file_filing(row, by=people["admin"])


def test_another_school_cannot_open_a_report(place):
    programme, school, people = place
    with pytest.raises(ValueError, match="another school"):
        open_filing(SchoolReport, programme, school, by=people["other_leader"])
    with pytest.raises(PermissionDenied):
        open_filing(SchoolReport, programme, school, by=people["teacher"])


# ── What the database holds ──


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "values",
    [
        {"state": F.APPROVED, "approved_at": None},
        {"state": F.FILED, "receipt": ""},
        {"state": F.FILED, "version": 0},
        {"state": F.RETURNED, "return_reason": ""},
        {"state": F.ACCEPTED, "accepted_at": None},
        {"state": F.FILED, "recommended_at": "2022-08-30T10:00+08:00"},
    ],
)
def test_each_state_is_tied_to_its_dates_persons_and_reasons(place, model, values):
    row = made(model, place, values["state"])
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**values)


@pytest.mark.parametrize("model", MODELS)
def test_one_paper_a_school_and_programme(place, model):
    made(model, place, F.DRAFT)
    with pytest.raises(IntegrityError), transaction.atomic():
        made(model, place, F.DRAFT)
