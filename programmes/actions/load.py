"""A notice from its file into the database, by difference."""

import hashlib
import json
from copy import deepcopy
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from core.audit import record
from programmes.actions.past import keep_notice
from programmes.config.check import config_problems
from programmes.config.notice import NoticeError
from programmes.models import Category, Deadline, Phase, Programme, ProgrammeCategory
from programmes.queries.rows import CATEGORY_FIELDS, USE_FIELDS, rows_in, values_of
from programmes.queries.use import category_problems
from programmes.signals import categories_changed, programme_changed
from schools.models import Authority

ABSENT = object()


@dataclass(frozen=True)
class Loaded:
    programme: Programme
    created: bool
    changed: list  # names of what was written: "ends_on", "phases.visits.ends_on"; empty when the file brought nothing


@transaction.atomic
def load_programme(notice, *, by=None):
    """Write a Notice. The same file again writes nothing, whatever was edited in the administration since.

    A changed file writes what changed in the file. Raises NoticeError where that would take away a category
    that pupils are marked with, or renumber one that the register counts by.
    """
    rows = notice.rows()
    checksum = hashlib.sha256(json.dumps(rows, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    authority = the_authority(notice.authority)
    Authority.objects.select_for_update().get(pk=authority.pk)  # two loads of one new file: the second waits
    programme = Programme.objects.select_for_update().filter(code=notice.programme.code).first()
    if programme is None:
        return Loaded(_create(rows, authority, checksum, by), True, ["*"])
    if programme.authority_id != authority.pk:
        raise NoticeError([f"活动 {programme.code} 属于{programme.authority}，不能改到{authority}名下。"])
    if programme.source_checksum == checksum:
        return Loaded(programme, False, [])
    stand = rows_in(programme)
    wanted = merge(programme.source, stand, rows)
    changed = sorted(name.removeprefix("programme.") for name in differences(stand, wanted))
    _write(programme, stand, wanted)
    Programme.objects.filter(pk=programme.pk).update(source=rows, source_checksum=checksum)
    keep_notice(programme.pk, stand)
    programme = Programme.objects.get(pk=programme.pk)
    record(programme, "programme.load", by=by, fields=changed, created=False, checksum=checksum)
    if changed:
        programme_changed.send(Programme, programme_id=programme.pk, fields={name.split(".")[0] for name in changed})
    if any(name.startswith("categories.") for name in changed):
        categories_changed.send(Programme, programme_id=programme.pk)
    return Loaded(programme, False, changed)


def the_authority(table):
    """Looked up by code, else made. What the administration has changed on it stays."""
    found = Authority.objects.filter(code=table.code).first()
    if found:
        return found
    parent = the_authority(table.parent) if table.parent else None
    return Authority.objects.create(**table.model_dump(exclude={"parent"}), parent=parent)


def _create(rows, authority, checksum, by):
    programme = Programme.objects.create(
        authority=authority, config=deepcopy(rows["config"]), source=rows, source_checksum=checksum,
        **values_of(rows["programme"]),
    )  # fmt: skip
    for code, row in rows["phases"].items():
        Phase.objects.create(programme=programme, code=code, **values_of(row))
    for kind, row in rows["deadlines"].items():
        Deadline.objects.create(programme=programme, kind=kind, **values_of(row))
    for code, row in rows["categories"].items():
        _use(programme, code, row)
    record(programme, "programme.load", by=by, fields=["*"], created=True, checksum=checksum)
    return programme


# ── by difference ──


def merge(base, stand, new):
    """What the file changed since `base`, on top of what stands now. Tables merge key by key, lists as a whole."""
    if new == base:
        return stand
    if not (isinstance(stand, dict) and isinstance(new, dict)):
        return new
    base = base if isinstance(base, dict) else {}
    merged = {}
    for key in [*stand, *(k for k in new if k not in stand)]:
        if key not in new:
            if key not in base:  # added in the administration
                merged[key] = stand[key]
        elif key not in stand:
            if key not in base or new[key] != base[key]:  # else taken away in the administration
                merged[key] = new[key]
        else:
            merged[key] = merge(base.get(key, ABSENT), stand[key], new[key])
    return merged


def differences(before, after, prefix=""):
    """Dotted names of what differs; lists and values as a whole."""
    names = set()
    for key in before.keys() | after.keys():
        old, new = before.get(key, ABSENT), after.get(key, ABSENT)
        if isinstance(old, dict) and isinstance(new, dict):
            names |= differences(old, new, f"{prefix}{key}.")
        elif old != new:
            names.add(f"{prefix}{key}")
    return names


def _write(programme, stand, wanted):
    problems = [f"config {'.'.join(map(str, p.path))}：{p.message}" for p in config_problems(wanted["config"])]
    problems += _category_problems(programme, stand["categories"], wanted["categories"])
    if problems:
        raise NoticeError(problems)
    for name, value in values_of(wanted["programme"]).items():
        setattr(programme, name, value)
    programme.config = wanted["config"]
    try:
        programme.full_clean(validate_unique=False)
    except ValidationError as error:
        raise NoticeError(error.messages) from None
    programme.save()
    _write_rows(programme.phases, "code", stand["phases"], wanted["phases"])
    _write_rows(programme.deadlines, "kind", stand["deadlines"], wanted["deadlines"])
    _write_categories(programme, stand["categories"], wanted["categories"])


def _write_rows(rows, key, stand, wanted):
    rows.filter(**{f"{key}__in": stand.keys() - wanted.keys()}).delete()
    for code, values in wanted.items():
        if stand.get(code) != values:
            rows.update_or_create(**{key: code}, defaults=values_of(values))


def _category_problems(programme, stand, wanted):
    uses = {use.category.code: use for use in programme.categories.select_related("category")}
    return category_problems(
        programme,
        moved=[uses[c] for c in stand.keys() & wanted.keys() if stand[c]["position"] != wanted[c]["position"]],
        removed=[uses[c] for c in stand.keys() - wanted.keys()],
    )


def _write_categories(programme, stand, wanted):
    touched = [code for code in stand.keys() | wanted.keys() if stand.get(code) != wanted.get(code)]
    gone = [c for c in touched if c in stand and (c not in wanted or stand[c]["position"] != wanted[c]["position"])]
    programme.categories.filter(category__code__in=gone).delete()  # first, so that two can change places
    for code in touched:
        if code in wanted:
            _use(programme, code, wanted[code], stand.get(code))


def _use(programme, code, row, before=None):
    """before: the row as it stood. A category other programmes use already keeps its name unless the file changed it."""
    own = {name: row[name] for name in CATEGORY_FIELDS}
    category, _ = Category.objects.get_or_create(authority_id=programme.authority_id, code=code, defaults=own)
    if before and any(before[name] != value for name, value in own.items()):
        Category.objects.filter(pk=category.pk).update(**own)
    ProgrammeCategory.objects.update_or_create(
        programme=programme, category=category, defaults={name: row[name] for name in USE_FIELDS}
    )
