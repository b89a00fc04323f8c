from reports.models.compilation import Compilation, SchoolSnapshot, Snapshot
from reports.models.plan import PlanMember, PlanVersion, SchoolPlan
from reports.models.report import ReportVersion, SchoolReport
from reports.models.statement import Statement

__all__ = [
    "Compilation",
    "PlanMember",
    "PlanVersion",
    "ReportVersion",
    "SchoolPlan",
    "SchoolReport",
    "SchoolSnapshot",
    "Snapshot",
    "Statement",
]
