"""Fills an empty database: a district with papers on their way, five deadlines that have passed, an officer's session.

    python -m reports.tests.faults.district SCHOOLS
"""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homevisit.settings_test")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from programmes.enums import DeadlineKind  # noqa: E402
from programmes.models import Deadline  # noqa: E402
from reports.tests.filed import instant  # noqa: E402
from reports.tests.package import District  # noqa: E402
from schools.tests.factories import make_officer, make_school  # noqa: E402


class NoMigrations:
    """Tables from the models as they are, as in every other test."""

    def __contains__(self, app):
        return True

    def __getitem__(self, app):
        return None


def turn(clock):
    settings.HOMEVISIT_CLOCK = clock


def main(schools):
    settings.MIGRATION_MODULES = NoMigrations()
    call_command("migrate", "--run-syncdb", "-v0")
    programme = District(turn).programme
    for number in range(schools - 3):
        make_school(programme.authority, name=f"示例第{number}小学", short_name=f"第{number}小学")
    for kind in DeadlineKind.values:
        made = {"at": instant("2022-10-09T00:00"), "title": kind}
        Deadline.objects.get_or_create(programme=programme, kind=kind, defaults=made)
    turn("")
    client = Client()
    client.force_login(make_officer(programme.authority), backend=settings.AUTHENTICATION_BACKENDS[-1])
    sys.stdout.write(f"{client.cookies[settings.SESSION_COOKIE_NAME].value} {programme.code}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
