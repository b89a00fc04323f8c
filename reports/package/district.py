"""The package of a district: one zip of workbooks, index, every school's papers, and what each file's SHA-256 is.

Written straight to its path; a school's papers are copied from its part one after the other, so that memory stays
flat however many there are.
"""

import hashlib
import io
import json
import zipfile
import zlib
from functools import partial

import openpyxl
import pyzipper
from django.db.models import Sum
from django.utils import timezone
from pyzipper.zipfile_aes import AESZipInfo

from core import jobs
from core.files import open_private
from core.sheets import clean
from reports.models import Snapshot
from reports.package.index import INDEX, index
from reports.package.members import dated
from reports.package.sheets import SUMMARY, Sheets
from reports.queries.summary import summary_table
from visits.models.register import ALL

SUMS, MANIFEST = "SHA256SUMS.txt", "manifest.json"
AGAIN = "请再试一次；再不行请联系管理员。"
OWN = f"核对没有通过：表格和冻结的数据对不上，没有发布。{AGAIN}"
BROKEN = f"核对没有通过：包里的文件和清单对不上，没有发布。{AGAIN}"


def write_package(compilation, path, *, parts, missing, password, alive):
    """Fill the file at path. parts: SchoolParts that are done, in the schools' order, with school; missing:
    Compilation.missing; password: "" for an open zip; alive(done, total): called as it goes, in schools."""
    with _archive(path, password) as archive:
        members = _Members(archive, compilation)
        for name, write in Sheets(compilation, missing, partial(alive, 0, len(parts))).writers().items():
            file = io.BytesIO()
            write(file)
            members.add(name, file.getvalue())
        members.add(INDEX, index(compilation, parts, missing))
        for done, part in enumerate(parts, start=1):
            _copy(members, part)
            alive(done, len(parts))
        members.add(MANIFEST, _manifest(compilation, parts, missing, members.listed))
        members.add(SUMS, "".join(f"{one['sha256']}  {one['name']}\n" for one in members.listed).encode())


def check_package(compilation, path):
    """Read it back: every file is the one that is listed, and the summary's rows and sums are the frozen ones."""
    try:
        with _opened(path, compilation.password) as archive:
            _check_files(archive)
            written = archive.read(SUMMARY)
    except (zipfile.BadZipFile, pyzipper.BadZipFile, KeyError, RuntimeError, zlib.error) as error:
        raise jobs.JobFailed(BROKEN) from error
    _check_summary(compilation, written)


def _check_files(archive):
    sums = dict(reversed(line.split("  ", 1)) for line in archive.read(SUMS).decode().splitlines())
    names = archive.namelist()
    if len(names) != len(set(names)) or set(names) != {*sums, SUMS}:
        raise jobs.JobFailed(BROKEN)
    for name, checksum in sums.items():
        if hashlib.sha256(archive.read(name)).hexdigest() != checksum:
            raise jobs.JobFailed(BROKEN)


def _check_summary(compilation, data):
    table = summary_table(compilation)
    sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True).active
    written = [list(row) for row in sheet.iter_rows(values_only=True)]
    expected = [[_as_written(value) for value in row] for row in (*table.rows, table.sums)]
    first = written.index(expected[0]) if expected[0] in written else 0
    sums = Snapshot.objects.filter(compilation=compilation, dimension=ALL).aggregate(due=Sum("due"), visited=Sum("visited"))
    frozen = (sums["due"] or 0, sums["visited"] or 0)
    if written[first : first + len(expected)] != expected or (table.due, table.visited) != frozen:
        raise jobs.JobFailed(OWN)


def _as_written(value):
    return (clean(value) or None) if isinstance(value, str) else value


# ── The zip ──


def _archive(path, password):
    if not password:
        return zipfile.ZipFile(path, "w")
    archive = pyzipper.AESZipFile(path, "w", encryption=pyzipper.WZ_AES)
    archive.setpassword(password.encode())
    return archive


def _opened(path, password):
    archive = pyzipper.AESZipFile(path)
    archive.setpassword(password.encode() if password else None)
    return archive


class _Members:
    """What has been written so far: [{"name", "sha256", "bytes"}]."""

    def __init__(self, archive, compilation):
        self.archive, self.compilation, self.listed = archive, compilation, []
        self.head = AESZipInfo if isinstance(archive, pyzipper.AESZipFile) else zipfile.ZipInfo

    def add(self, name, data):
        self.archive.writestr(dated(name, self.compilation, self.head), data)
        self.listed.append({"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)})


def _copy(members, part):
    """A school's papers from its own zip. A part that is not what was written down spoils no package unseen."""
    expected = {paper["name"]: paper["sha256"] for paper in part.papers}
    with open_private(part.file) as file, zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            members.add(name, archive.read(name))
            if expected.pop(name, None) != members.listed[-1]["sha256"]:
                raise jobs.JobFailed(f"{part.school.short_name}的材料和记下的不一样，没有生成。{AGAIN}")
    if expected:
        raise jobs.JobFailed(f"{part.school.short_name}的材料不齐，没有生成。{AGAIN}")


def _manifest(compilation, parts, missing, listed):
    """For programs. Schools by code; no person's name."""
    programme = compilation.programme
    said = {
        "programme": programme.code,
        "kind": compilation.kind,
        "revision": compilation.revision,
        "as_of": _told(compilation.as_of),
        "known_at": _told(compilation.known_at),
        "corrects": compilation.corrects.revision if compilation.corrects_id else None,
        "reason": compilation.reason,
        "made_at": _told(compilation.created_at),
        "schools": [{"code": part.school.code, "papers": len(part.papers), "sha256": part.sha256} for part in parts],
        "missing": [{"name": one["name"], "why": one["why"]} for one in missing],
        "files": listed,
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def _told(moment):
    return timezone.localtime(moment).isoformat()
