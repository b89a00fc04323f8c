"""Figures as they stood at an instant, told from history: what had been recorded by then, and no later.

Two instants: what happened before `at`, as known before `known_at` (docs/decisions/0005-as-of-needs-two-times.md).
known_at = at is "recorded by"; known_at = now is "visited by". The register (visits.queries.facts) says what holds now;
this says the same for a past instant, and says it again when asked a year later.

    instants  both instants as parameters of a statement
    pupils    who was at school, where, in which household and category, exempt or declined
    calls     whom somebody called on, who went, what was heard
    schools   both together: figures by school, class and dimension
    since     who was missing at the instant and was called on since
"""

from visits.queries.as_of.calls import (
    LEADERS,
    MIDDLE,
    MODES,
    PARTY,
    Calls,
    PastCall,
    calls_as_of,
    help_as_of,
    known_as_of,
    modes_as_of,
    past_calls,
    reached_as_of,
)
from visits.queries.as_of.instants import deciding_day_as_of, last_visit_day
from visits.queries.as_of.pupils import Pupil, pupils_as_of
from visits.queries.as_of.schools import (
    ClassRow,
    SchoolRow,
    class_counts_as_of,
    class_figures,
    school_ids_as_of,
    schools_as_of,
)
from visits.queries.as_of.since import (
    Missing,
    Since,
    called_since,
    deadline_since,
    missing_as_of,
    since_as_of,
    whole_since,
)

__all__ = [
    "LEADERS",
    "MIDDLE",
    "MODES",
    "PARTY",
    "Calls",
    "ClassRow",
    "Missing",
    "PastCall",
    "Pupil",
    "SchoolRow",
    "Since",
    "called_since",
    "calls_as_of",
    "class_counts_as_of",
    "class_figures",
    "deadline_since",
    "deciding_day_as_of",
    "help_as_of",
    "known_as_of",
    "last_visit_day",
    "missing_as_of",
    "modes_as_of",
    "past_calls",
    "pupils_as_of",
    "reached_as_of",
    "school_ids_as_of",
    "schools_as_of",
    "since_as_of",
    "whole_since",
]
