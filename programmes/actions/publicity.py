"""The school notes what it made known and what it handed out; the list as a workbook."""

import hashlib
import secrets
from copy import copy
from io import BytesIO

from django.core.exceptions import ValidationError
from django.db import transaction

from core.access import authorize
from core.audit import record
from core.clock import now
from core.formats import full_day, instant
from core.sheets import Column, internal_mark, write_table
from core.states import WrongState
from programmes.enums import ProgrammeState, PublicityKind
from programmes.models import Programme, Publicity

FIELDS = ("kind", "title", "channel", "on", "link", "copies", "note")
SAME = ("kind", "title", "channel", "on")  # what makes two lines one
AGAIN = "这一条已经记过了。"


@transaction.atomic
def add_publicity(programme, school, *, by, **fields):
    """(line, created). The same line again is the one there is."""
    programme = _open(programme.pk)
    authorize(by, "programmes.add_publicity", school)
    if school.authority_id != programme.authority_id:
        raise ValueError("a school of another authority")
    _check(fields)
    place = {"programme": programme, "school": school}
    if same := _same(place, fields):
        return same, False
    line = Publicity.objects.create(
        **place, authority_id=programme.authority_id, created_by=by, created_at=now(), **fields
    )
    record(line, "publicity.add", by=by, programme=programme.code, kind=line.kind)
    return line, True


@transaction.atomic
def change_publicity(line, *, by, **fields):
    """Writes what differs; the same again writes nothing. Refused where it would say what another line says.

    What it said so far stays as a line removed now, and the line itself is as new: figures of an instant before count
    the one, figures from now on the other.
    """
    line = _locked(line, by)
    _check(fields)
    changed = [name for name, value in fields.items() if getattr(line, name) != value]
    if not changed:
        return line
    before = copy(line)
    for name in changed:
        setattr(line, name, fields[name])
    place = {"programme_id": line.programme_id, "school_id": line.school_id}
    if _same(place, {name: getattr(line, name) for name in SAME}, besides=line.pk):
        raise ValidationError({"title": AGAIN})
    moment = now()
    before.pk, before.removed_at, line.created_at = None, moment, moment
    line.save(update_fields=[*changed, "created_at"])
    before.save(force_insert=True)
    record(line, "publicity.change", by=by, fields=changed)
    return line


@transaction.atomic
def remove_publicity(line, *, by):
    """Twice is once."""
    line = _locked(line, by, removed_too=True)
    if line.removed_at is None:
        line.removed_at = now()
        line.save(update_fields=["removed_at"])
        record(line, "publicity.remove", by=by, kind=line.kind)
    return line


def export_publicity(programme, rows, words, *, by):
    """An open file of the given lines. words: which filters are in force. The audit keeps rows and SHA-256."""
    moment, number = now(), secrets.token_hex(4).upper()
    rows, file = list(rows), BytesIO()
    write_table(
        file,
        title=f"{programme.title}宣传记录",
        subtitle=f"数据截至{instant(moment)}　筛选：{words or '全部'}",
        columns=[
            Column("序号", 6, "number"), Column("学校", 24), Column("哪一种", 10), Column("标题", 34), Column("在哪里", 18),
            Column("日期", 14), Column("份数", 8, "number"), Column("链接", 34), Column("说明", 30),
        ],
        rows=[
            [i, row.school.name, row.get_kind_display(), row.title, row.channel, full_day(row.on), row.copies, row.link, row.note]
            for i, row in enumerate(rows, start=1)
        ],
        sheet="宣传记录",
        mark=internal_mark(by, moment, number),
        made_at=moment,
    )  # fmt: skip
    checksum = hashlib.sha256(file.getvalue()).hexdigest()
    record(programme, "publicity.export", by=by, number=number, rows=len(rows), sha256=checksum, filters=words)
    file.seek(0)
    return file


def _open(pk):
    programme = Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if programme.state != ProgrammeState.OPEN:
        raise WrongState(f"“{programme}”现在不在进行中，宣传记录不能再改。")
    return programme


def _locked(line, by, *, removed_too=False):
    _open(line.programme_id)
    line = Publicity.objects.select_for_update(of=("self",)).get(pk=line.pk)
    authorize(by, "programmes.change_publicity", line)
    if line.removed_at and not removed_too:
        raise WrongState("这一条已经删掉了。")
    return line


def _same(place, fields, besides=None):
    rows = Publicity.objects.filter(**place, **{name: fields[name] for name in SAME}, removed_at__isnull=True)
    return rows.exclude(pk=besides).first()


def _check(fields):
    """Only columns of a line; only an address of the web; copies only of what was handed out."""
    if unknown := fields.keys() - set(FIELDS):
        raise ValueError(f"no such field: {sorted(unknown)}")
    if (link := fields.get("link")) and not link.startswith(("http://", "https://")):
        raise ValidationError({"link": "链接要以 http:// 或 https:// 开头。"})
    if fields.get("copies") and fields.get("kind") != PublicityKind.MATERIAL:
        raise ValidationError({"copies": "份数只记发放的材料。"})
