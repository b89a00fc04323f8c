from students.models.mark import CategoryMark, ChangeEvent, MentorLink
from students.models.roster import RosterUpload
from students.models.student import Enrolment, Guardian, Household, Student

__all__ = [
    "CategoryMark",
    "ChangeEvent",
    "Enrolment",
    "Guardian",
    "Household",
    "MentorLink",
    "RosterUpload",
    "Student",
]
