"""Compiles every deadline that has passed in this one process, undisturbed: what the others are compared with. An
officer asks for the coverage, the clock for the rest.

    python -m reports.tests.faults.peace
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homevisit.settings_test")

import django  # noqa: E402

django.setup()

from programmes.models import Programme  # noqa: E402
from reports.actions.compile import run_compilation, start_compilation, start_due_compilations  # noqa: E402
from schools.models import User  # noqa: E402

if __name__ == "__main__":
    officer = User.objects.order_by("pk").last()
    first = start_compilation(Programme.objects.get(), "coverage", by=officer)
    for compilation in (first, *start_due_compilations()):
        run_compilation(compilation.job_id)
