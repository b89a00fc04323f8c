from programmes.models.programme import Category, Deadline, Phase, Programme, ProgrammeCategory, SchoolForm

__all__ = ["Category", "Deadline", "Phase", "Programme", "ProgrammeCategory", "SchoolForm"]
