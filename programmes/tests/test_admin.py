"""Editing in the administration: readable errors, one line in the log, nobody else's programme."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from core.models import AuditEntry
from programmes.actions.load import load_programme
from programmes.config.notice import read_notice
from programmes.models import Category, Programme
from programmes.signals import categories_changed, programme_changed, programme_opened
from schools.enums import Role
from schools.tests.factories import make_authority, make_officer, make_school, make_user

pytestmark = pytest.mark.django_db
NOTICE = Path(__file__).parents[1] / "data" / "baoshan-2022.toml"


@pytest.fixture
def programme():
    return load_programme(read_notice(NOTICE)).programme


@pytest.fixture
def officer(programme, client):
    user = make_officer(programme.authority)
    client.force_login(user, backend="schools.backends.StaffBackend")
    return user


@pytest.fixture
def told():
    """Names of the signals sent, in order."""
    names, receivers = [], []
    for name, signal in (("opened", programme_opened), ("changed", programme_changed), ("categories", categories_changed)):
        receivers.append((signal, lambda sender, name=name, **facts: names.append(name)))
        signal.connect(receivers[-1][1], weak=False)
    yield names
    for signal, receiver in receivers:
        signal.disconnect(receiver)


def url_of(programme):
    return f"/admin/programmes/programme/{programme.pk}/change/"


def form_data(client, programme):
    """What the browser would send back unchanged."""
    context = client.get(url_of(programme)).context
    forms = [context["adminform"].form]
    data = {}
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if bound.field.__class__.__name__ == "BooleanField":
                data |= {bound.html_name: "on"} if value else {}
            elif value is not None:
                data[bound.html_name] = value
    return data


def save(client, programme, **changes):
    data = form_data(client, programme)
    for name, value in changes.items():
        assert name in data or value, name
        data[name] = value
    return client.post(url_of(programme), {name: value for name, value in data.items() if value is not None})


def errors_on(response):
    """Every error on the page, words only."""
    context = response.context
    found = [e for errors in context["adminform"].form.errors.values() for e in errors]
    for inline in context["inline_admin_formsets"]:
        found += inline.formset.non_form_errors()
        found += [e for form in inline.formset.forms for errors in form.errors.values() for e in errors]
    return found


def test_saving_unchanged_writes_nothing(client, programme, officer, told):
    before = AuditEntry.objects.count()
    assert save(client, programme).status_code == 302
    assert (AuditEntry.objects.count(), told) == (before, [])


def test_edit_is_logged_once_with_what_changed(client, programme, officer, told):
    save(client, programme, short_title="万师走万家", ends_on="2022-09-29")
    programme.refresh_from_db()
    line = AuditEntry.objects.get(action="programme.change")
    assert (programme.short_title, programme.ends_on, line.fields, line.actor_id, told) == (
        "万师走万家", date(2022, 9, 29), ["ends_on", "short_title"], officer.pk, ["changed"],
    )  # fmt: skip
    assert not AuditEntry.objects.filter(action="admin.change").exists()


@pytest.mark.sqlite  # what a form says is made in Python: once is enough
@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("{", "第1行第2列 JSON 写法有误。多半是少了或多了逗号、引号、括号。"),
        ("[1]", "整个文件：应是一张表"),
        ({"visit": {"min_visitor": 1}}, "visit.min_visitor：没有这个键，是不是 min_visitors"),
        ({"visit": {"record_within_days": "7"}}, "visit.record_within_days：应是整数，不加引号"),
        ({"linked": ["全员导师制", 3]}, "linked 第2项：应是文字，加英文双引号"),
    ],
)
def test_bad_settings_are_told_at_their_place(client, programme, officer, config, words):
    if isinstance(config, dict):
        whole = json.loads(json.dumps(programme.config))
        for key, value in config.items():
            whole[key] = {**whole[key], **value} if isinstance(value, dict) else value
        config = json.dumps(whole)
    response = save(client, programme, config=config)
    assert (response.status_code, errors_on(response)) == (200, [words])


def test_settings_repeating_a_code_are_refused(client, programme, officer):
    config = json.loads(json.dumps(programme.config))
    config["checklist"][0]["items"][1]["code"] = "traffic"
    response = save(client, programme, config=json.dumps(config))
    assert errors_on(response) == ["checklist 第3项 items 第1项 code：清单项 traffic 写了两次"]


def test_settings_are_shown_so_that_they_can_be_read(client, programme, officer):
    config = form_data(client, programme)["config"]
    assert '\n  "linked": [\n    "全员导师制",\n' in config


def test_deadline_is_entered_as_its_last_day(client, programme, officer):
    data = form_data(client, programme)
    assert str(data["deadlines-0-last_day"]) == "2022-09-30"
    save(client, programme, **{"deadlines-1-last_day": "2022-10-09"})
    assert programme.deadlines.get(kind="submissions").at == datetime(2022, 10, 9, 16, tzinfo=UTC)
    save(client, programme, **{"deadlines-1-until": "17:00"})
    assert programme.deadlines.get(kind="submissions").at == datetime(2022, 10, 9, 9, tzinfo=UTC)
    assert str(form_data(client, programme)["deadlines-1-until"]) == "17:00:00"


def test_coverage_deadline_cannot_pass_before_the_last_visit(client, programme, officer):
    response = save(client, programme, **{"deadlines-0-last_day": "2022-09-29"})
    assert errors_on(response) == ["早于最后一个计入的走访日2022年9月30日"]


def test_phase_steps_are_lines(client, programme, officer):
    save(client, programme, **{"phases-0-steps": "一件事\n\n两件事\n"})
    assert programme.phases.get(code="visits").steps == ["一件事", "两件事"]


@pytest.mark.seed("S19")
def test_district_adds_a_kind_of_pupils(client, programme, officer, told):
    response = client.post(
        "/admin/programmes/category/add/",
        {"authority": programme.authority_id, "code": "ILL", "name": "长期患病", "restricted": "on", "suggested_by": "[]"},
    )
    assert response.status_code == 302
    category = Category.objects.get(code="ILL")
    save(client, programme, **{
        "categories-TOTAL_FORMS": "5", "categories-4-position": "4", "categories-4-category": str(category.pk),
        "categories-4-label": "长期患病", "categories-4-priority": "on", "categories-4-programme": str(programme.pk),
    })  # fmt: skip
    use = programme.categories.get(category=category)
    assert (use.position, use.priority, told) == (4, True, ["changed", "categories"])


def test_two_categories_change_places(client, programme, officer):
    save(client, programme, **{"categories-0-position": "1", "categories-1-position": "0"})
    assert list(programme.categories.values_list("category__code", "position"))[:2] == [("STUDY", 0), ("HARDSHIP", 1)]


def test_category_of_another_authority_is_no_choice(client, programme, officer):
    foreign = Category.objects.create(authority=make_authority("far"), code="X", name="别处")
    response = save(client, programme, **{"categories-0-category": str(foreign.pk)})
    assert response.status_code == 200
    assert not programme.categories.filter(category=foreign).exists()


def test_category_in_use_keeps_its_code(client, programme, officer):
    category = Category.objects.get(code="STUDY")
    client.post(
        f"/admin/programmes/category/{category.pk}/change/",
        {"code": "OTHER_CODE", "name": "学习有困难", "suggested_by": '["orphan"]'},
    )
    category.refresh_from_db()
    assert (category.code, category.name, category.suggested_by) == ("STUDY", "学习有困难", ["orphan"])


@pytest.mark.parametrize("flags", ['["left"]', '"orphan"', "{", "[1]"])
def test_category_takes_known_roster_flags_only(client, programme, officer, flags):
    category = Category.objects.get(code="STUDY")
    response = client.post(
        f"/admin/programmes/category/{category.pk}/change/", {"name": "学习", "suggested_by": flags}
    )
    category.refresh_from_db()
    assert (response.status_code, category.name, category.suggested_by) == (200, "学习困难", [])


def act(client, name, *programmes):
    return client.post(
        "/admin/programmes/programme/",
        {"action": name, "_selected_action": [p.pk for p in programmes]},
        follow=True,
    )


def test_open_and_close_from_the_list(client, programme, officer, told):
    act(client, "open_selected", programme)
    programme.refresh_from_db()
    assert (programme.state, told) == ("open", ["opened"])

    again = act(client, "open_selected", programme)
    assert "现在是“进行中”，不能这样做" in again.content.decode()
    assert AuditEntry.objects.filter(action="programme.open").count() == 1

    act(client, "close_selected", programme)
    programme.refresh_from_db()
    assert (programme.state, told) == ("closed", ["opened", "changed"])


# ── who may ──


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize(
    ("role", "home", "seen", "saved"),
    [
        (Role.DISTRICT_ADMIN, "own", 200, True),
        (Role.DISTRICT_ADMIN, "parent", 200, False),
        (Role.DISTRICT_ADMIN, "other", 302, False),  # Django's admin sends away from rows one cannot see
        (Role.SECURITY_ADMIN, "own", 403, False),
        (Role.AUDITOR, "own", 403, False),
        (Role.REVIEWER, "own", 403, False),
        (Role.SCHOOL_ADMIN, "school", 403, False),
        (Role.SCHOOL_LEADER, "school", 302, False),
        (Role.TEACHER, "school", 302, False),
    ],
)
def test_only_officers_of_the_authority_change_a_programme(client, programme, role, home, seen, saved):
    city = make_authority("city")
    programme.authority.parent = city
    programme.authority.save()
    places = {"own": programme.authority, "parent": city, "other": make_authority("far")}
    place = {"school": make_school(programme.authority)} if home == "school" else {"authority": places[home]}
    client.force_login(make_user(role, **place), backend="schools.backends.StaffBackend")

    assert client.get(url_of(programme)).status_code == seen
    client.post(url_of(programme), {"title": "别人改的"})
    act(client, "open_selected", programme)
    programme.refresh_from_db()
    assert programme.title == "“万名教师走万家”活动"
    assert (programme.state == "open") is saved


def test_city_officer_reads_the_settings_but_has_no_button(client, programme):
    city = make_authority("city")
    programme.authority.parent = city
    programme.authority.save()
    client.force_login(make_officer(city), backend="schools.backends.StaffBackend")
    page = client.get(url_of(programme)).content.decode()
    assert "万名教师走万家" in page
    assert 'name="_save"' not in page


def test_anonymous_is_sent_to_sign_in(client, programme):
    response = client.get(url_of(programme))
    assert (response.status_code, "/accounts/login/" in response["Location"]) == (302, True)


def test_list_shows_own_programmes_only(client, programme, officer):
    other = Programme.objects.create(
        authority=make_authority("far"), code="far-2022", school_year=2022, title="别处", short_title="别处",
        starts_on="2022-09-01", ends_on="2022-09-30", due_on="2022-09-30",
    )  # fmt: skip
    page = client.get("/admin/programmes/programme/").content.decode()
    assert ("baoshan-2022" in page, other.code in page) == (True, False)
