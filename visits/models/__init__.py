from visits.models.lines import (
    CalendarLink,
    HelpGiven,
    PastVoid,
    Promise,
    VisitDraft,
    VisitNote,
    VisitVersion,
)
from visits.models.media import Media, Upload
from visits.models.register import ClassCount, Due, PastDue
from visits.models.visit import Opinion, Visit, VisitStudent, VisitVisitor

__all__ = [
    "CalendarLink",
    "ClassCount",
    "Due",
    "HelpGiven",
    "Media",
    "Opinion",
    "PastDue",
    "PastVoid",
    "Promise",
    "Upload",
    "Visit",
    "VisitDraft",
    "VisitNote",
    "VisitStudent",
    "VisitVersion",
    "VisitVisitor",
]
