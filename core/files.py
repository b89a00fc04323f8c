"""Files below the private media folder: whole or not there at all, never served by path."""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings


def private_path(name):
    """The place of a stored file. Raises ValueError for a name that leads out of the folder."""
    root = Path(settings.MEDIA_ROOT).resolve()
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        raise ValueError(name)
    return path


def write_private(name, write):
    """write(path) fills a temporary file that then takes the name: on disk first, renamed second (security.md R5).

    A file of that name is replaced. Returns the SHA-256 of what was written.
    """
    target = private_path(name)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=target.suffix)
    os.close(handle)  # mkstemp made it readable by this user alone
    try:
        write(temporary)
        with open(temporary, "rb") as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return checksum


def checksum_of(name):
    with private_path(name).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
