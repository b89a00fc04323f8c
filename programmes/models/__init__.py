from programmes.models.past import PastNotice
from programmes.models.programme import Category, Deadline, Phase, Programme, ProgrammeCategory, SchoolForm
from programmes.models.ready import Attendance, ConductSignature, DocumentTemplate, Event
from programmes.models.upward import EventPhoto, LatePass, Publicity

__all__ = [
    "Attendance",
    "Category",
    "ConductSignature",
    "Deadline",
    "DocumentTemplate",
    "Event",
    "EventPhoto",
    "LatePass",
    "PastNotice",
    "Phase",
    "Programme",
    "ProgrammeCategory",
    "Publicity",
    "SchoolForm",
]
