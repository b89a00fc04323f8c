from honesty.models.hint import Hint, HintVisit, SchoolLook

__all__ = ["Hint", "HintVisit", "SchoolLook"]
