"""Which rows each role sees: the table of security.md §2, model by model, and nothing beyond it.

A cell lists the places seen: c own class, s same school, o other school of the authority, x other authority.
"""

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from homevisit.tests.world import World

pytestmark = pytest.mark.django_db

ROLES = [
    "teacher", "mentor", "class_head", "psych_teacher", "school_leader", "named_leader", "school_admin",
    "reviewer", "district_admin", "security_admin", "auditor", "inspector", "nobody",
]  # fmt: skip
STAFF = {role: "cs" for role in ROLES[:7]}  # what anybody at the school sees of the school
PUPIL = {
    "mentor": "c", "class_head": "c", "psych_teacher": "c", "school_leader": "cs", "named_leader": "cs",
    "school_admin": "cs",
}  # fmt: skip
# The world's pupils all carry a PSY mark, so the psychologist of the school sees those of the school.
PUPIL["psych_teacher"] = "cs"
DESKS = {"reviewer": "cso", "district_admin": "cso", "security_admin": "cso", "auditor": "cso"}
OF_AUTHORITY = {role: "cso" for role in [*ROLES[:7], *DESKS]}
VISIT_TEXT = {"mentor": "c", "class_head": "c", "psych_teacher": "cs", "school_leader": "cs", "named_leader": "cs"}

OWN = {"class_head": "c"}  # the world's class head wrote, signed and uploaded everything at the own class
NEAR = {
    "mentor": "c", "class_head": "c", "psych_teacher": "cs", "school_leader": "cs", "named_leader": "cs",
}  # fmt: skip
OFFICE = {"school_leader": "cs", "named_leader": "cs", "school_admin": "cs"}
LEADERS = {"school_leader": "cs", "named_leader": "cs"}
DESK = {"reviewer": "cso", "district_admin": "cso"}
STAFF_LISTS = {"class_head": "c", "school_leader": "cs", "named_leader": "cs", "school_admin": "cs"}

SEES = {
    "schools.Authority": OF_AUTHORITY,
    "schools.School": {**STAFF, "reviewer": "cso", "district_admin": "cso", "security_admin": "cso"},
    "schools.SchoolClass": {**STAFF, "district_admin": "cso"},
    "schools.User": {**STAFF, "district_admin": "cso", "security_admin": "cso"},
    "schools.Post": {
        "class_head": "c", "school_leader": "cs", "named_leader": "cs", "school_admin": "cs",
        "district_admin": "cso", "security_admin": "cso",
    },
    "schools.Message": OWN,
    "schools.Decision": {**OFFICE, **DESK},
    "schools.Workday": {},  # no place: see below
    "programmes.Programme": OF_AUTHORITY,
    "programmes.Phase": OF_AUTHORITY,
    "programmes.Deadline": OF_AUTHORITY,
    "programmes.Category": OF_AUTHORITY,
    "programmes.ProgrammeCategory": OF_AUTHORITY,
    "programmes.SchoolForm": {**STAFF, "district_admin": "cso"},
    "programmes.ConductSignature": STAFF_LISTS,
    "programmes.Event": {**STAFF, "reviewer": "cso", "district_admin": "cso"},
    "programmes.Attendance": STAFF_LISTS,
    "programmes.DocumentTemplate": {"district_admin": "cso"},
    "programmes.LatePass": {**OFFICE, **DESK},
    "programmes.Publicity": {**STAFF, **DESK},
    "programmes.PastNotice": OF_AUTHORITY,
    "programmes.EventPhoto": {**OWN, **OFFICE},
    "students.Student": PUPIL,
    "students.Household": PUPIL,
    "students.Enrolment": PUPIL,
    "students.Guardian": PUPIL,
    "students.MentorLink": PUPIL,
    "students.CategoryMark": {"mentor": "c", "class_head": "c", "school_leader": "cs", "named_leader": "cs"},
    "restricted mark": {"class_head": "c", "psych_teacher": "cs", "named_leader": "cs"},
    "students.ChangeEvent": {"mentor": "c", "class_head": "c", "school_leader": "cs", "named_leader": "cs"},
    "students.PastHousehold": PUPIL,
    "students.PastAnswer": {"mentor": "c", "class_head": "c", "school_leader": "cs", "named_leader": "cs"},
    "students.Assignment": {"class_head": "c", "school_leader": "cs", "named_leader": "cs"},
    "students.Consent": PUPIL,
    "students.PortraitNote": NEAR,
    "students.RosterUpload": {"school_admin": "cs"},  # its uploader alone; one upload a school
    "visits.Due": PUPIL,
    "visits.PastDue": PUPIL,
    "visits.ClassCount": {**STAFF, "reviewer": "cso", "district_admin": "cso"},
    "visits.Visit": VISIT_TEXT,
    "visits.VisitStudent": VISIT_TEXT,
    "visits.VisitVisitor": VISIT_TEXT,
    "visits.Opinion": {**VISIT_TEXT, "school_admin": "cs"},
    "visits.VisitNote": VISIT_TEXT,
    "visits.Promise": VISIT_TEXT,
    "visits.HelpGiven": VISIT_TEXT,
    "visits.VisitVersion": VISIT_TEXT,
    "visits.PastVoid": VISIT_TEXT,
    "visits.Media": {"class_head": "c", "school_leader": "cs", "named_leader": "cs"},
    "visits.VisitDraft": OWN,
    "visits.CalendarLink": OWN,
    "visits.Upload": OWN,
    "honesty.Hint": {**OWN, **LEADERS},  # the leader's turn has come; the desks have counts, never rows
    "honesty.HintVisit": {**OWN, **LEADERS},
    "honesty.SchoolLook": {},  # nobody's: when the program looked
    "works.Work": {**OWN, **OFFICE, **DESK},  # the world's is filed
    "works.WorkVersion": {**OWN, **OFFICE, **DESK},
    "works.PastAward": {**OWN, **OFFICE, **DESK},
    "works.Scan": {**OFFICE, "district_admin": "cso"},  # it shows the teacher's telephone
    "works.Round": {**OWN, **LEADERS},  # of the school; the class head judges it
    "works.Judge": {**OWN, **LEADERS},
    "works.Entry": LEADERS,
    "works.Sheet": {**OWN, **LEADERS},  # the round is closed
    "works.Highlight": VISIT_TEXT,
    "works.Praise": VISIT_TEXT,
    "works.Showing": STAFF,
    "reports.SchoolPlan": {**STAFF, **DESK},
    "reports.PlanMember": {**STAFF, **DESK},
    "reports.PlanVersion": {**STAFF, **DESK},
    "reports.SchoolReport": {**STAFF, **DESK},
    "reports.ReportVersion": {**STAFF, **DESK},
    "reports.Statement": {**OWN, **LEADERS},
    "reports.Compilation": {"district_admin": "cso"},
    "reports.Snapshot": {"school_leader": "cs", "named_leader": "cs", "district_admin": "cso"},
    "reports.SchoolSnapshot": {"school_leader": "cs", "named_leader": "cs", "district_admin": "cso"},
    "reports.SubmissionLine": {"school_leader": "cs", "named_leader": "cs", "district_admin": "cso"},
    "reports.SchoolPart": {"school_leader": "cs", "named_leader": "cs", "district_admin": "cso"},
    "reports.SavedView": OWN,
    "reports.ReviewDuty": DESK,
    "reports.Nudge": {**OFFICE, **DESK},
    "reminders.Digest": OWN,
    "reminders.Delivery": OWN,
    "reminders.RobotHook": OFFICE,
    "reminders.Run": {},  # no place: see below
    "core.AuditEntry": {"auditor": "cso"},
    "core.Job": {"district_admin": "cso"},
}  # fmt: skip

NO_PLACE = ("schools.Workday", "reminders.Run")


@pytest.fixture
def world(settings):
    settings.HOMEVISIT_CLOCK = World.CLOCK
    return World()


def seen(world, label, user):
    """The places whose row the user sees, e.g. "cs"."""
    return "".join(
        tag
        for tag, place in world.places.items()
        for row in [place.rows[label]]
        if type(row).objects.visible_to(user).filter(pk=row.pk).exists()
    )


def test_each_role_sees_just_the_rows_of_the_table(world):
    wrong = []
    for label, cells in SEES.items():
        if label in NO_PLACE:
            continue
        for role in ROLES:
            found = seen(world, label, world.people[role])
            if found != cells.get(role, ""):
                wrong.append(f"{label} {role}: sees “{found}”, the table says “{cells.get(role, '')}”")
    assert wrong == []


def test_anonymous_and_disabled_people_see_no_row_at_all(world):
    off = world.people["district_admin"]
    off.is_active = False
    for label in SEES:
        if label not in NO_PLACE:
            assert seen(world, label, AnonymousUser()) == seen(world, label, off) == "", label


def test_every_model_of_ours_is_in_the_table():
    rooms = {*settings.ROOMS, "homevisit"}
    models = {m._meta.label for m in apps.get_models() if m.__module__.split(".")[0] in rooms}
    assert models == SEES.keys() - {"restricted mark"}
    assert [m for m in models if not hasattr(apps.get_model(m).objects.all(), "visible_to")] == []


def test_scope_never_doubles_a_row(world):
    for label in SEES:
        if label in (*NO_PLACE, "restricted mark"):
            continue
        model = type(world.places["c"].rows[label])
        for role in ROLES:
            keys = list(model.objects.visible_to(world.people[role]).values_list("pk", flat=True))
            assert len(keys) == len(set(keys)), (label, role)
