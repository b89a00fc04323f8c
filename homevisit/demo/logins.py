"""Who can sign in to the demonstration, and with what password."""

import os
import secrets

from django.conf import settings

from homevisit.demo.plan import DISTRICTS
from homevisit.demo.staff import DISTRICT_ROLES, LOGIN_ROLES, MENTOR, desk_key, username
from programmes.config.notice import read_notice
from schools.enums import Role
from schools.models import User

EASY_TO_TYPE = "abcdefghjkmnpqrstuvwxyz23456789"
SHORTEST = 12
MENTOR_LABEL = "导师"


def password():
    """DEMO_PASSWORD, else one made up at the first run and kept in the data folder."""
    given = os.environ.get("DEMO_PASSWORD", "")
    if given:
        if len(given) < SHORTEST:
            raise ValueError(f"DEMO_PASSWORD needs at least {SHORTEST} characters")
        return given
    kept = settings.DATA_DIR / "demo-password"
    if not kept.exists():
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        made = "-".join("".join(secrets.choice(EASY_TO_TYPE) for _ in range(4)) for _ in range(4))
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(made)
    return kept.read_text().strip()


def accounts():
    """(authority table, school plan, role, username) of every showcase account, school by school."""
    for district in DISTRICTS:
        authority = read_notice(district.path).authority
        for number, school in enumerate(district.shown):
            for role in LOGIN_ROLES:
                key = desk_key(authority, number) if role in DISTRICT_ROLES else school.key
                yield authority, school, role, username(key, role)
        for school in district.practice:
            for role in (Role.SCHOOL_ADMIN, Role.SCHOOL_LEADER):
                yield authority, school, role, username(school.key, role)


def logins(password):
    """{"AUTHORITY/SCHOOL/ROLE": {"username", "password"}} by codes; the desk's people stand at both schools shown."""
    return {
        f"{authority.code}/{school.code}/{role}": {"username": name, "password": password}
        for authority, school, role, name in accounts()
    }


def demo_logins():
    """[(role label, place, username)] of accounts that exist; [] unless this is a demonstration."""
    if not settings.DEMO:
        return []
    rows = [
        (
            MENTOR_LABEL if role == MENTOR else Role(role).label,
            authority.short_name if role in DISTRICT_ROLES else school.short_name,
            name,
        )
        for authority, school, role, name in accounts()
    ]
    known = set(User.objects.filter(username__in=[row[2] for row in rows]).values_list("username", flat=True))
    return [row for row in rows if row[2] in known]


def sign_in_help():
    """{"logins", "password"} for the sign-in page of a demonstration, else {}."""
    rows = demo_logins()
    return {"logins": rows, "password": password()} if rows else {}
