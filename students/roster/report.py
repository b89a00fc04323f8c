"""A plan told to people and programs: the JSON of the command, the facts of the preview page."""

from core.formats import mask_name
from students.models import Student
from students.roster.headers import letter, normal
from students.roster.problems import FIELD, LABELS, ROW

SHOWN = 200  # rows of a list on the preview page


def counts(plan):
    return {
        "create": len(plan.creates),
        "update": len(plan.updates),
        "move": len(plan.moves),
        "leave": len(plan.leaves),
        "unchanged": plan.unchanged,
        "guardians": plan.new_guardians,
        "households_joined": len(plan.joins),
        "held": len(plan.held),
        "suggestions": len(plan.suggestions),
    }


def report(plan):
    """Rows and columns as Excel shows them. No values of cells: they may be somebody's."""
    header = plan.header
    layout = {
        "header_row": header.row if header else None,
        "columns": {letter(i): name for i, name in header.columns.items()} if header else {},
        "unknown_columns": [letter(i) for i in header.unknown] if header else [],
    }
    sheet = [{"name": plan.sheet, **layout}] if plan.sheet else []
    return {
        **layout,
        "sheets": sheet,
        "ignored_sheets": plan.sheets_without_header,
        **counts(plan),
        "problems": [
            {"sheet": plan.sheet, "row": p.row, "field": p.field, "kind": p.kind, "message": p.message}
            for p in plan.problems
        ],
        "ignored": [{"sheet": plan.sheet, "row": row, "why": why} for row, why in plan.lines.ignored],
    }


def preview(plan):
    """What the preview page shows: counts, problems with masked names, who moves, who leaves, what is dropped.

    Kept with the upload for an hour (models.RosterUpload), so lists are cut at SHOWN.
    """
    names = {line.number: mask_name(line.name) for line in plan.lines.pupils}
    by_id = {school.pk: school for school in plan.schools}

    def label(place):
        return place.label(plan.year, by_id[place.school_id].system)

    classes = {c.pk: c.label(plan.year) for c in plan.classes.values()}
    return {
        "counts": counts(plan),
        "has_changes": plan.changes_anything,
        "problems": [
            {
                "row": p.row,
                "name": names.get(p.row, ""),
                "field": LABELS.get(p.field, ""),
                "message": p.message,
                "held": p.level == ROW,
                "dropped": p.level == FIELD and p.kind != "suspect_name",
            }
            for p in plan.problems
            if p.row is not None
        ],
        "held": [line.number for line in plan.held],
        "moves": [
            {"name": e.line.name, "from": classes.get(e.student.school_class_id, "外校"), "to": label(e.to)}
            for e in plan.moves[:SHOWN]
        ],
        "leaves": [{"name": s.name, "from": classes.get(s.school_class_id, "")} for s in plan.leaves[:SHOWN]],
        "updates": [{"name": e.line.name, "what": "、".join(changed_labels(e))} for e in plan.updates[:SHOWN]],
        "new_classes": [label(place) for place in plan.new_classes],
        "unknown_columns": [normal(title) for title in plan.header.unknown.values()] if plan.header else [],
    }


def changed_labels(entry):
    labels = [LABELS.get(name) or Student._meta.get_field(name).verbose_name for name in entry.changes]
    return labels + (["监护人"] if entry.new_guardians or entry.changed_guardians else [])
