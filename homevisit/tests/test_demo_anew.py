"""The demonstration built on other days, and where it must not be built."""

import pytest
from django.core.management import CommandError, call_command

from homevisit.demo.build import build
from schools.models import Authority
from schools.tests.factories import make_school
from visits.actions.register import check
from visits.models import Visit

PASSWORD = "a-long-demo-password"
NOW = "2026-11-22T10:00+08:00"

pytestmark = pytest.mark.sqlite  # the demonstration runs on the embedded default


@pytest.mark.parametrize("day", ["2026-08-03", "2026-09-06", "2027-02-10", "2027-07-30", "2031-10-01"])
def test_demo_can_be_built_on_any_day(db, settings, day):
    settings.HOMEVISIT_CLOCK = f"{day}T07:00+08:00"

    built = build(password=PASSWORD, small=True)

    assert [check(programme) for programme in built.programmes] == [[], [], [], []]
    assert all(Visit.objects.filter(programme=programme).exists() for programme in built.programmes)


def test_demo_stays_away_from_an_authority_with_schools(db, settings):
    settings.HOMEVISIT_CLOCK = NOW
    authority = Authority.objects.create(
        code="wujin", name="常州市武进区教育局", short_name="武进区", region_code="320412", system=63
    )
    make_school(authority)

    with pytest.raises(CommandError, match="已经有学校数据"):
        call_command("demo")


def test_demo_refuses_a_short_password(db, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "short")

    with pytest.raises(CommandError, match="at least 12 characters"):
        call_command("demo")
