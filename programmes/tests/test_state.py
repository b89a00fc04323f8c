"""Opening and closing: by the table, logged, told upwards inside the transaction."""

import pytest

from core.models import AuditEntry
from core.states import WrongState
from programmes.actions.state import close_programme, open_programme, programme_edited
from programmes.models import Programme
from programmes.signals import categories_changed, programme_changed, programme_opened
from programmes.tests.factories import make_programme
from schools.tests.factories import make_officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    return make_programme(state="draft")


@pytest.fixture
def officer(programme):
    return make_officer(programme.authority)


@pytest.fixture
def told():
    calls, receivers = [], []
    for name, signal in (("opened", programme_opened), ("changed", programme_changed), ("categories", categories_changed)):
        receivers.append((signal, lambda sender, signal, name=name, **facts: calls.append((name, facts))))
        signal.connect(receivers[-1][1], weak=False)
    yield calls
    for signal, receiver in receivers:
        signal.disconnect(receiver)


def log():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "object_id", "actor_id", "fields"))


def test_open_programme_moves_logs_and_tells(programme, officer, told):
    opened = open_programme(programme, by=officer)
    assert (opened.state, Programme.objects.get().state) == ("open", "open")
    assert log() == [("programme.open", str(programme.pk), officer.pk, [])]
    assert told == [("opened", {"programme_id": programme.pk})]


def test_closed_programme_can_be_opened_again(programme, officer):
    close_programme(open_programme(programme, by=officer), by=officer)
    assert open_programme(programme, by=officer).state == "open"


def test_open_programme_twice_is_refused_and_leaves_no_trace(programme, officer, told):
    open_programme(programme, by=officer)
    with pytest.raises(WrongState, match="现在是“进行中”"):
        open_programme(programme, by=officer)
    assert (len(log()), len(told)) == (1, 1)


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_close_programme_only_when_open(officer, programme, state):
    Programme.objects.update(state=state)
    with pytest.raises(WrongState):
        close_programme(programme, by=officer)
    assert (Programme.objects.get().state, log()) == (state, [])


def test_a_room_that_fails_takes_the_opening_back(programme, officer):
    def receiver(sender, **facts):
        raise RuntimeError("no register")

    programme_opened.connect(receiver)
    try:
        with pytest.raises(RuntimeError):
            open_programme(programme, by=officer)
    finally:
        programme_opened.disconnect(receiver)
    assert (Programme.objects.get().state, log()) == ("draft", [])


def test_edit_tells_of_categories_only_when_they_changed(programme, officer, told):
    programme_edited(programme, fields={"ends_on", "config.visit.photos"}, by=officer)
    programme_edited(programme, fields={"categories.STUDY.label"}, by=officer)
    assert told == [
        ("changed", {"programme_id": programme.pk, "fields": {"ends_on", "config"}}),
        ("changed", {"programme_id": programme.pk, "fields": {"categories"}}),
        ("categories", {"programme_id": programme.pk}),
    ]
