"""Members of a package: dated by the compilation, so that the same one gives the same bytes."""

import zipfile

from django.utils import timezone

PACKED = (".docx", ".xlsx")  # zips themselves: packed again they do not get smaller


def dated(name, compilation, cls=zipfile.ZipInfo):
    """The head of a member. cls: that of the archive it goes into."""
    info = cls(name, timezone.localtime(compilation.created_at).timetuple()[:6])
    info.compress_type = zipfile.ZIP_STORED if name.endswith(PACKED) else zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info
