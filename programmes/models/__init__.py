from programmes.models.programme import Category, Deadline, Phase, Programme, ProgrammeCategory, SchoolForm
from programmes.models.ready import Attendance, ConductSignature, DocumentTemplate, Event

__all__ = [
    "Attendance",
    "Category",
    "ConductSignature",
    "Deadline",
    "DocumentTemplate",
    "Event",
    "Phase",
    "Programme",
    "ProgrammeCategory",
    "SchoolForm",
]
