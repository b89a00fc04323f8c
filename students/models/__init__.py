from students.models.assignment import Assignment
from students.models.mark import CategoryMark, ChangeEvent, MentorLink
from students.models.past import PastAnswer, PastHousehold
from students.models.portrait import Consent, PortraitNote
from students.models.roster import RosterUpload
from students.models.student import Enrolment, Guardian, Household, Student

__all__ = [
    "Assignment",
    "CategoryMark",
    "ChangeEvent",
    "Consent",
    "Enrolment",
    "Guardian",
    "Household",
    "MentorLink",
    "PastAnswer",
    "PastHousehold",
    "PortraitNote",
    "RosterUpload",
    "Student",
]
