"""The record form of a school: the programme's frame with what the school changed inside it (W1, W78)."""

from programmes.models import SchoolForm


def record_form(programme, school):
    """The texts a record has at this school, in order: list of RecordField. One query.

    A school may word its own guide questions, require more, and leave out what the programme does not require.
    """
    return apply_changes(programme, school_changes(programme, school))


def school_changes(programme, school):
    """{code: {"prompts": [...], "required": bool, "hidden": bool}}; {} for a school that changed nothing."""
    if not programme.rules.record.school_may_change:
        return {}
    return SchoolForm.objects.filter(programme=programme, school=school).values_list("fields", flat=True).first() or {}


def apply_changes(programme, changes):
    """Also right for changes older than the programme's last edit: what it requires is never hidden."""
    fields = []
    for field in programme.rules.record.fields:
        change = changes.get(field.code, {})
        if change.get("hidden") and not field.required:
            continue
        fields.append(
            field.model_copy(
                update={
                    "required": field.required or bool(change.get("required")),
                    "prompts": change.get("prompts") or field.prompts,
                }
            )
        )
    return fields
