"""The demonstration: invented throughout, the same on a second run, a login for every role."""

import json
import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.db.models import Q
from django.test import override_settings
from django.urls import reverse
from django.utils.timezone import localtime

from homevisit.demo.build import build
from homevisit.demo.logins import demo_logins, logins
from homevisit.demo.staff import LOGIN_ROLES, MENTOR
from honesty.actions.look import look
from honesty.enums import HintKind
from honesty.models import Hint
from programmes.enums import DeadlineKind, ProgrammeState
from programmes.models import Event, Programme
from programmes.queries.ready import signatures, trainings, untrained
from reminders.models import Delivery, Digest, RobotHook
from reports.models import SchoolReport, Statement
from schools.calendar import is_workday
from schools.enums import Role
from schools.models import School, User
from students.models import CategoryMark, Enrolment, Guardian, MentorLink, PortraitNote, Student
from visits.actions.register import check
from visits.models import ClassCount, Due, Visit, VisitVisitor
from works.models import Round, Sheet, Showing, Work

PASSWORD = "a-long-demo-password"
NOW = "2026-11-22T10:00+08:00"
CODES = ["baoshan-2022", "baoshan-2026-demo", "wujin-2023", "wujin-2026-demo"]
ID_NUMBER = re.compile(r"(?<!\d)\d{6}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)")
PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")

pytestmark = [pytest.mark.sqlite, pytest.mark.xdist_group("demo")]  # it runs on the embedded default


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """Built once, in a transaction that is taken back at the end; each test takes back what it wrote."""
    with django_db_blocker.unblock(), override_settings(HOMEVISIT_CLOCK=NOW), transaction.atomic():
        yield build(password=PASSWORD, small=True)
        transaction.set_rollback(True)


@pytest.fixture
def demo(built, db, settings):
    settings.HOMEVISIT_CLOCK = NOW
    return built


def everything():
    """All rows of our own rooms but the log, as plain values."""
    rooms = ("schools", "programmes", "students", "visits", "honesty", "works", "reports", "reminders")
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for room in rooms
        for model in apps.get_app_config(room).get_models()
    }


def texts():
    """Every text that stands in the database, decrypted."""
    for model in apps.get_models():
        kinds = (models.CharField, models.TextField, models.JSONField)
        names = [f.name for f in model._meta.concrete_fields if isinstance(f, kinds) and not f.name.endswith("_index")]
        for row in model._base_manager.values_list(*names) if names else ():
            yield from (str(value) for value in row if value)


def test_demo_twice_changes_nothing(demo):
    before = everything()

    again = build(password=PASSWORD, small=True)

    assert demo.created and not again.created
    assert again.programmes == demo.programmes
    assert everything() == before


def test_demo_is_not_copied_anew_the_next_day(demo, settings):
    settings.HOMEVISIT_CLOCK = "2026-11-23T10:00+08:00"

    build(password=PASSWORD, small=True)

    assert sorted(Programme.objects.values_list("code", flat=True)) == CODES


def test_demo_has_both_notices_closed_and_a_running_copy_of_each(demo):
    states = dict(Programme.objects.order_by("code").values_list("code", "state"))

    assert states == dict(
        zip(CODES, [ProgrammeState.CLOSED, ProgrammeState.OPEN, ProgrammeState.CLOSED, ProgrammeState.OPEN], strict=True)
    )
    closed = Programme.objects.get(code="baoshan-2022")
    assert (closed.starts_on, closed.ends_on) == (date(2022, 8, 1), date(2022, 9, 30))


@pytest.mark.parametrize("code", ["baoshan-2026-demo", "wujin-2026-demo"])
def test_demo_copy_has_twelve_days_left(demo, code):
    copy = Programme.objects.get(code=code)

    assert copy.ends_on - date(2026, 11, 22) == timedelta(days=12)
    assert copy.deadlines.get(kind=DeadlineKind.COVERAGE).at.isoformat() == "2026-12-04T16:00:00+00:00"


@pytest.mark.parametrize("code", CODES)
def test_demo_register_equals_the_visits(demo, code):
    programme = Programme.objects.get(code=code)

    assert check(programme) == []
    assert Due.objects.filter(programme=programme, in_scope=True, visits__gt=0).exists()


def test_demo_then_is_nearly_complete_and_now_is_not(demo):
    rates = {}
    for code in CODES:
        sums = ClassCount.objects.filter(programme__code=code, dimension=0).aggregate(
            due=models.Sum("due"), visited=models.Sum("visited")
        )
        rates[code] = sums["visited"] / sums["due"]

    assert all(0.9 < rates[code] <= 1 for code in ("baoshan-2022", "wujin-2023"))
    assert all(0.4 < rates[code] < 1 for code in ("baoshan-2026-demo", "wujin-2026-demo"))


def test_demo_visits_lie_in_their_own_time(demo):
    for programme in Programme.objects.all():
        days = Visit.objects.filter(programme=programme).aggregate(
            first=models.Min("visited_on"), last=models.Max("visited_on"), told=models.Max("recorded_at")
        )
        assert programme.starts_on <= days["first"] <= days["last"] <= programme.ends_on
        assert days["told"].isoformat() < "2026-11-22T02:00:01"


def test_demo_every_role_at_two_schools_of_each_authority_can_sign_in(demo, client):
    accounts = logins(PASSWORD)

    places = {tuple(key.split("/")) for key in accounts}
    for authority in ("baoshan", "wujin"):
        full = [
            school
            for school in School.objects.filter(authority__code=authority).values_list("code", flat=True)
            if {role for a, s, role in places if (a, s) == (authority, school)} == set(LOGIN_ROLES)
        ]
        assert len(full) == 2
    assert set(LOGIN_ROLES) == {*Role.values, MENTOR}
    for key, login in accounts.items():
        role = key.split("/")[2]
        response = client.post(
            reverse("account_login"), {"login": login["username"], "password": login["password"]}
        )
        assert (key, response.status_code) == (key, 302)
        user = User.objects.get(pk=client.session["_auth_user_id"])
        if role == MENTOR:
            assert MentorLink.objects.filter(teacher=user, ends_on__isnull=True).exists()
        else:
            assert user.holds(role)
        client.logout()


def test_demo_holds_no_id_number_and_only_numbers_of_nobody(demo):
    found = [text for text in texts() if ID_NUMBER.search(text)]
    phones = {match for text in texts() for match in PHONE.findall(text)}

    assert found == []
    assert phones and all(phone.startswith("1990000") for phone in phones)


def test_demo_pupils_have_history_and_siblings(demo):
    assert Enrolment.objects.filter(ends_on__isnull=False).exists()
    assert Student.objects.filter(enrolments__ends_on__isnull=False, status="active").exists()  # went on to junior school
    assert Student.objects.filter(status="graduated", school_class__isnull=False).count() == 0
    shared = Student.objects.filter(household__isnull=False).values("household").annotate(n=models.Count("pk"))
    assert {row["n"] for row in shared} == {2}
    assert Guardian.objects.values("student").distinct().count() == Student.objects.count()
    assert CategoryMark.objects.filter(confirmed_by__isnull=False).exists()


def test_demo_schools_got_ready_with_a_few_missing(demo):
    for code in CODES:
        programme = Programme.objects.get(code=code)
        came, signed = trainings(programme).count(), signatures(programme).count()
        visitors = User.objects.filter(visits_made__visit__programme=programme).distinct().count()
        assert came > visitors / 2 and signed > visitors / 2
        assert Event.objects.filter(programme=programme, kind="mobilisation", held_on__lt=programme.starts_on).exists()
    running = Programme.objects.get(code="wujin-2026-demo")
    assert any(untrained(running, school) for school in School.objects.filter(authority=running.authority))
    assert Event.objects.filter(programme=running, held_on__gt=date(2026, 11, 22)).exists()
    assert PortraitNote.objects.values("aspect").distinct().count() == 6


def test_demo_has_appointments_follow_ups_and_a_word_to_give(demo):
    visits = Visit.objects.filter(programme__code__endswith="-demo")
    planned = visits.filter(state="planned")
    assert planned.filter(planned_at__date=date(2026, 11, 22)).exists()
    assert planned.filter(planned_at__date__gt=date(2026, 11, 22)).exists()
    assert planned.filter(confirmed_at=None).exists() and planned.exclude(confirmed_at=None).exists()
    assert visits.filter(follow_up_on__lt=date(2026, 11, 22)).exists()
    along = VisitVisitor.objects.filter(role="other")
    assert along.filter(visit__state="recorded", confirmed_at=None).exists()
    assert not along.filter(visit__programme__code="baoshan-2022", confirmed_at=None).exists()


def test_demo_shows_what_goes_up_in_every_state(demo):
    states = set(Work.objects.values_list("state", flat=True))
    assert states >= {"draft", "submitted", "returned", "approved", "filed", "accepted", "awarded", "published"}
    assert not Work.objects.filter(submitted_at__lt=models.F("visit__recorded_at")).exists()
    further = Work.objects.filter(programme__authority__code="wujin", kind="case", state="awarded")
    assert further.filter(sent_up_at=None).exists() and further.filter(sent_up_at__isnull=False, upper_award="").exists()
    assert further.exclude(upper_award="").exists()
    assert Showing.objects.exists() and Sheet.objects.filter(state="scored").exists()
    assert set(Statement.objects.values_list("state", flat=True)) == {"counted", "shown", "objected", "final"}
    assert not SchoolReport.objects.filter(figures={}).exists()


def test_demo_has_a_round_of_each_state_a_page_can_show(demo):
    assert set(Round.objects.values_list("state", flat=True)) == {"open", "closed"}
    over = Round.objects.filter(state="closed").first()
    assert over.entries.exists() and not over.entries.filter(Q(place=None) | Q(score=None)).exists()


def test_demo_accounts_are_told_what_is_due_and_no_robot_speaks(demo):
    told = Digest.objects.exclude(lines=[])
    assert told.filter(user__posts__role="class_head").exists() and told.filter(user__posts__role="district_admin").exists()
    kinds = {line["kind"] for digest in told for line in digest.lines}
    assert len(kinds) >= 6, kinds
    assert RobotHook.objects.exists() and not RobotHook.objects.filter(is_active=True).exists()
    said = Delivery.objects.filter(hook__isnull=False)
    assert said and all(is_workday(one.on) and localtime(one.claimed_at).hour == 8 for one in said)


def test_demo_has_hints_of_each_kind_on_their_way(demo):
    hints = Hint.objects.filter(programme__code__endswith="-demo")
    assert set(hints.values_list("kind", flat=True)) == set(HintKind)
    assert set(hints.values_list("state", flat=True)) == {"told", "answered", "concluded"}
    assert hints.filter(teacher__username__endswith=".class_head").exists()
    assert hints.count() <= 12  # a few, so that each can be read


def test_demo_hints_stand_when_the_records_are_looked_through_once_more(demo):
    before = list(Hint.objects.order_by("pk").values())

    for school in School.objects.filter(hints__isnull=False).distinct():
        for programme in Programme.objects.filter(hints__school=school).distinct():
            assert look(programme, school) == []

    assert list(Hint.objects.order_by("pk").values()) == before


def test_demo_writes_logins_for_its_owner_only(demo, tmp_path, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    path = tmp_path / "logins.json"
    path.write_text("old")
    path.chmod(0o644)
    out = StringIO()

    call_command("demo", logins=str(path), stdout=out)

    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text()) == logins(PASSWORD)
    assert "没有改动" in out.getvalue()


def test_demo_refresh_moves_the_copy_and_its_visits_to_today(demo, settings, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    copy = Programme.objects.get(code="baoshan-2026-demo")
    made = Visit.objects.filter(programme=copy, visited_on__isnull=False)
    planned = Visit.objects.filter(programme=copy, state="planned").order_by("planned_at", "pk")
    days = sorted(made.values_list("visited_on", flat=True))
    appointments = list(planned.values_list("planned_at", flat=True))
    closed = list(Visit.objects.filter(programme__code="baoshan-2022").order_by("pk").values())
    settings.HOMEVISIT_CLOCK = "2026-12-02T10:00+08:00"

    call_command("demo", refresh=True, verbosity=0)

    copy.refresh_from_db()
    later = timedelta(days=10)
    assert copy.ends_on == date(2026, 12, 14)
    assert sorted(made.values_list("visited_on", flat=True)) == [d + later for d in days]
    assert list(planned.values_list("planned_at", flat=True)) == [moment + later for moment in appointments]
    assert list(Visit.objects.filter(programme__code="baoshan-2022").order_by("pk").values()) == closed
    assert check(copy) == []
    assert [look(copy, school) for school in School.objects.filter(hints__programme=copy).distinct()] == [[], []]
    assert not Hint.objects.filter(state="gone").exists()


def test_demo_refresh_stops_at_a_new_school_year(demo, settings, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    settings.HOMEVISIT_CLOCK = "2027-08-02T10:00+08:00"

    with pytest.raises(CommandError, match="新学年"):
        call_command("demo", refresh=True)


def test_sign_in_page_names_demo_accounts_only_on_a_demonstration(demo, client, settings, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    assert PASSWORD not in client.get(reverse("account_login")).content.decode()
    settings.DEMO = True

    page = client.get(reverse("account_login")).content.decode()

    assert ("班主任", "青禾路小学", "qinghe.class_head") in demo_logins()
    assert "qinghe.class_head" in page and PASSWORD in page
