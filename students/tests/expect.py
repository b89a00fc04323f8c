"""Compares an import with the sidecar of a sample (students/tests/rosters/*.expect.json)."""

import json
from datetime import date
from pathlib import Path

from schools.models import Authority, School
from students.models import Student
from students.roster.apply import apply_plan
from students.roster.plan import plan_roster, refusal
from students.roster.problems import Refused
from students.roster.reader import read_sheets
from students.roster.report import report

FOLDER = Path(__file__).with_name("rosters")
KINDS = {"小学": "primary", "初中": "junior", "九年一贯": "nine_year"}
COUNTS = ("create", "update", "move", "leave", "unchanged", "guardians", "households_joined")
NOT_JUDGED = {"formula_error", "formula_without_value"}  # the fast reader shows such cells as empty
YES_NO = {True: "1", False: "0"}


def sidecar(name):
    return json.loads((FOLDER / name).with_suffix(".expect.json").read_text())


def make_schools(expected):
    for facts in expected["setup"]["schools"]:
        system = facts["system"]
        authority, _ = Authority.objects.get_or_create(
            code="yunshan", defaults={"name": "示例区教育局", "short_name": "示例区", "region_code": "990101", "system": system}
        )
        School.objects.get_or_create(
            code=facts["code"],
            defaults={"authority": authority, "name": facts["name"], "short_name": facts["short_name"],
                      "kind": KINDS[facts["kind"]], "system": system},
        )  # fmt: skip


def import_sample(name):
    """The plan of a sample after it was applied, its forerunners imported first."""
    expected = sidecar(name)
    for earlier in expected["run"]["after"]:
        if not Student.objects.exists():
            import_sample(earlier)
    make_schools(expected)
    school = School.objects.get(code=expected["run"]["school"])
    as_of = date.fromisoformat(expected["setup"]["as_of"])
    try:
        sheets = read_sheets(FOLDER / name)
    except Refused as error:
        return refusal(error, [school], as_of=as_of)
    plan = plan_roster(sheets, [school], as_of=as_of, scope=expected["run"]["scope"])
    apply_plan(plan, by=None)
    return plan


def differences(plan, expected):
    """What the report says otherwise than the sidecar: {} when they are equal."""
    told = report(plan)
    sheet = expected["sheets"][0] if expected["sheets"] and not expected.get("sheets_free") else None
    pairs = {
        **{name: (told[name], expected[name]) for name in COUNTS},
        "problems": (problems(told), problems(expected)),
        "ignored": ignored(told, expected),
    }
    if sheet:
        optional = set(sheet["optional_columns"])
        pairs |= {
            "header_row": (told["header_row"] in sheet["header_rows"], True),
            "columns": (wrong_columns(told["columns"], sheet["columns"], optional), {}),
            "unknown_columns": (set(told["unknown_columns"]) - optional, set(sheet["unknown_columns"])),
        }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def wrong_columns(told, expected, optional):
    """`a|b` in a sidecar: either is right."""
    letters = (told.keys() | expected.keys()) - optional
    return {k: told.get(k) for k in letters if told.get(k) not in expected.get(k, "").split("|")}


def problems(facts):
    either = {kind: name for name, kinds in facts.get("or_kinds", {}).items() for kind in kinds}
    rows = [(p["row"] or 0, p["field"], either.get(p["kind"], p["kind"])) for p in facts["problems"]]
    return sorted(row for row in rows if row[2] not in NOT_JUDGED)


def ignored(told, expected):
    """Titles and blank lines may be listed or not."""
    optional = {entry["row"] for entry in expected["ignored"] if entry.get("optional")}
    return tuple(
        sorted((e["row"], e["why"]) for e in facts["ignored"] if e["row"] not in optional and e["why"] != "title")
        for facts in (told, expected)
    )


def wrong_spots(plan, expected):
    """Spot checks that the database contradicts, as (row, field, found, expected)."""
    year = expected["setup"]["school_year"]
    by_line = {entry.line.number: entry.student.pk for entry in (*plan.creates, *plan.updates, *plan.moves)}
    wrong = []
    for spot in expected["spot_checks"]:
        if spot["row"] not in by_line:
            continue
        student = Student.objects.select_related("school", "school_class__school").get(pk=by_line[spot["row"]])
        guardians = list(student.guardians.all())
        for name, value in spot.items():
            if name in ("row", "school_name"):
                continue
            found = _found(student, guardians, name, year)
            if found != value and not (isinstance(found, set) and value in found):
                wrong.append((spot["row"], name, found, value))
    return wrong


def _found(student, guardians, name, year):
    if name == "school_code":
        return student.school.code
    if name == "class":
        return [student.school.code, student.school_class.grade(year), student.school_class.number]
    if name[:3] in ("g1_", "g2_"):
        column = name[3:]
        if column == "relation":
            return {guardian.get_relation_display() for guardian in guardians}
        return {YES_NO.get(value, value) for guardian in guardians for value in [getattr(guardian, column)]}
    value = getattr(student, name)
    if isinstance(value, date):
        return value.isoformat()
    return YES_NO[value] if isinstance(value, bool) else value
