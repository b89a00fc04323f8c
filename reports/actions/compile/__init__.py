"""A deadline's package: the figures of every school frozen once, its papers gathered, all written into one zip.

    start.py    who asks for a package, and for it once more; the clock, an officer, the command line
    lead.py     the package's own job: hands the schools out, and writes the package when they are done
    schools.py  one school: figures, register lines and papers, whole or not at all
    mail.py     the package to the bureau's address, once
    sweep.py    each night, the files nobody will ever name
    told.py     the district's administrators, in their inbox: ready, incomplete, failed

Every step may be done again: whoever dies leaves schools that are done whole, and jobs that the tick sends to others.
docs/decisions/0004-compilations.md
"""

from reports.actions.compile.lead import run_compilation, run_lead
from reports.actions.compile.schools import run_schools
from reports.actions.compile.start import (
    CannotCompile,
    cancel_compilation,
    correct_compilation,
    restart_compilation,
    start_compilation,
    start_due_compilations,
)

__all__ = [
    "CannotCompile",
    "cancel_compilation",
    "correct_compilation",
    "run_lead",
    "restart_compilation",
    "run_compilation",
    "run_schools",
    "start_compilation",
    "start_due_compilations",
]
