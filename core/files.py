"""Files in private storage, a folder or S3 (core/storage.py): whole or not there at all, never served by path."""

import hashlib
import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage

BLOCK = 1 << 20
READY = ".ready"
UNFINISHED = ".unfinished-"  # what a worker has at hand
WORKING = "homevisit-work-"  # the same in the machine's folder for temporary files
UPLOADED = ".upload"  # in the name Django gives a large file while its request lasts: tmpk3dj2x9.upload.zip


def in_folder():
    return isinstance(default_storage, FileSystemStorage)


def private_path(name):
    """The place of a stored file in a folder. Raises ValueError for a name that leads out of it."""
    root = Path(settings.MEDIA_ROOT).resolve()
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        raise ValueError(name)
    return path


def place_of(name):
    """For people: where the file is."""
    return str(private_path(name)) if in_folder() else f"s3://{default_storage.bucket_name}/{name}"


@contextmanager
def work_folder():
    """A folder on this machine for one piece of work, gone with it. What a process that was killed leaves in it is
    removed at night (remove_unfinished)."""
    with tempfile.TemporaryDirectory(prefix=WORKING) as folder:
        yield Path(folder)


def write_private(name, write):
    """write(path) fills a temporary file that then takes the name: on disk first, renamed second (security.md R5).

    A file of that name is replaced. Returns the SHA-256 of what was written.
    """
    return _write_to_folder(private_path(name), write) if in_folder() else _write_to_s3(name, write)


def _write_to_folder(target, write):
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=UNFINISHED, suffix=target.suffix)
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


def _write_to_s3(name, write):
    """Whole here first: an object appears only when all of it has arrived there."""
    with work_folder() as folder:
        path = folder / f"file{Path(name).suffix}"
        path.touch(0o600)
        write(str(path))
        with path.open("rb") as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            default_storage.save(name, File(file))
    return checksum


def write_bytes(name, data):
    return write_private(name, lambda path: Path(path).write_bytes(data))


def open_private(name):
    """To read from. Raises FileNotFoundError."""
    return private_path(name).open("rb") if in_folder() else default_storage.open(name)


def delete_private(name):
    """A file that is not there is gone already."""
    if name and in_folder():
        private_path(name).unlink(missing_ok=True)
    elif name:
        default_storage.delete(name)


@contextmanager
def local_copy(name):
    """A path for a program that reads only paths; only to read from, gone afterwards where it had to be fetched."""
    if in_folder():
        yield private_path(name)
        return
    with work_folder() as folder:
        path = folder / f"file{Path(name).suffix}"
        with open_private(name) as source, path.open("wb") as copy:
            shutil.copyfileobj(source, copy, BLOCK)
        yield path


def checksum_of(name):
    with open_private(name) as file:
        digest = hashlib.sha256()
        while block := file.read(BLOCK):
            digest.update(block)
        return digest.hexdigest()


# ── What is left over ──


def names_below(folder):
    """Every stored file below the folder, also in folders below it."""
    folders, files = _listed(folder)
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from names_below(f"{folder}/{name}")


def _listed(folder):
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def seconds_old(name):
    """Since the file was last written, by the clock that dates files."""
    return time.time() - default_storage.get_modified_time(name).timestamp()


def remove_unfinished(age):
    """What processes that died had begun to write, older than that (a timedelta) → how many: in the folder of files, and
    on this machine, where a file for S3 is made whole before it goes. In S3 nothing is begun."""
    removed = 0
    for folder, _, files in os.walk(settings.MEDIA_ROOT) if in_folder() else ():
        removed += sum(_remove_old(Path(folder) / name, age) for name in files if name.startswith(UNFINISHED))
    return removed + remove_left_here(age)


def remove_left_here(age):
    """The same in this machine's folder for temporary files, which other programs share: only this user's."""
    with os.scandir(tempfile.gettempdir()) as found:
        named = [Path(one.path) for one in found if _is_ours(one.name)]
    return sum(_remove_old(path, age) for path in named if _owner(path) == os.getuid())


def _owner(path):
    try:
        return path.lstat().st_uid
    except FileNotFoundError:
        return None


def _is_ours(name):
    return name.startswith(WORKING) or (name.startswith("tmp") and UPLOADED in name)


def _remove_old(path, age):
    """True when it was there and old enough. A folder is as old as the youngest in it."""
    try:
        written = max(one.lstat().st_mtime for one in (path, *path.rglob("*")))
        if time.time() - written <= age.total_seconds():
            return False
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    except FileNotFoundError:
        return False  # finished, or removed by another, a moment ago
    return True


def storage_ready():
    """Whether files can be written."""
    try:
        if in_folder():
            Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
            (Path(settings.MEDIA_ROOT) / READY).write_text("ok")
        else:
            default_storage.save(READY, ContentFile(b"ok"))
    except Exception:  # noqa: BLE001 (whatever the service or its library raises: it cannot be written)
        return False
    return True
