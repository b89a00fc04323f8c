"""`python -m benchmarks`: on the PostgreSQL of DATABASE_URL when that is empty, else on one of its own."""

import contextlib
import os
import shutil

from tools import servers


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    with contextlib.ExitStack() as stack:
        if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
            os.environ["DATABASE_URL"] = stack.enter_context(servers.postgres(fast=False))
        import django

        django.setup()
        stack.callback(shutil.rmtree, os.environ["BENCH_FOLDER"], ignore_errors=True)
        measure()


def measure():
    from django.core.management import call_command
    from django.db import connections

    from benchmarks import (
        as_of,
        burden,
        coverage,
        district,
        honesty,
        judging,
        pace,
        package,
        pages,
        register,
        register_file,
        reminders,
        review,
        urls,  # noqa: F401  (a broken page fails)
        visits,
    )

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    districts = district.districts()
    pages.desk_page(districts)
    coverage.figures_growth(districts)
    pages.desk_table(districts)
    register.open_anew(districts)
    register_file.exported(districts)
    package.packed(districts)
    visits.recording(districts)
    judging.judged(districts)
    review.queue(districts)
    pace.looked_ahead(districts)
    as_of.looked_back(districts)
    reminders.told(districts)
    honesty.looked_through(districts)
    burden.usable(districts)
    connections.close_all()


if __name__ == "__main__":
    main()
