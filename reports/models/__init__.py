from reports.models.compilation import Compilation, SchoolPart, SchoolSnapshot, Snapshot, SubmissionLine
from reports.models.desk import Nudge, ReviewDuty, SavedView
from reports.models.plan import PlanMember, PlanVersion, SchoolPlan
from reports.models.report import ReportVersion, SchoolReport
from reports.models.statement import Statement

__all__ = [
    "Compilation",
    "Nudge",
    "PlanMember",
    "PlanVersion",
    "ReportVersion",
    "ReviewDuty",
    "SavedView",
    "SchoolPart",
    "SchoolPlan",
    "SchoolReport",
    "SchoolSnapshot",
    "Snapshot",
    "Statement",
    "SubmissionLine",
]
