from works.models.judging import Entry, Judge, Round, Sheet
from works.models.leads import Highlight, Praise
from works.models.showing import Showing
from works.models.work import PastAward, Scan, Work, WorkVersion

__all__ = ["Entry", "Highlight", "Judge", "PastAward", "Praise", "Round", "Scan", "Sheet", "Showing", "Work", "WorkVersion"]
