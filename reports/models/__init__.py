from reports.models.compilation import Compilation, Snapshot

__all__ = ["Compilation", "Snapshot"]
