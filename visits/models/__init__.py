from visits.models.register import ClassCount, Due
from visits.models.visit import Opinion, Visit, VisitStudent, VisitVisitor

__all__ = ["ClassCount", "Due", "Opinion", "Visit", "VisitStudent", "VisitVisitor"]
