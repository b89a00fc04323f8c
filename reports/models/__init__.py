from reports.models.compilation import Compilation, SchoolSnapshot, Snapshot

__all__ = ["Compilation", "SchoolSnapshot", "Snapshot"]
