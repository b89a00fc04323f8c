"""A school changes its record form."""

from django.db import transaction

from core.audit import record
from core.clock import now
from core.states import WrongState
from programmes.enums import ProgrammeState
from programmes.models import Programme, SchoolForm


@transaction.atomic
def save_school_form(programme, school, changes, *, by):
    """changes: as SchoolForm.fields. The same again writes nothing. Raises WrongState where the form is fixed,
    ValueError for a change outside the programme's frame."""
    programme = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    if not programme.rules.record.school_may_change:
        raise WrongState("这项活动的记录表由区里统一，学校不能改。")
    if programme.state == ProgrammeState.CLOSED:
        raise WrongState(f"“{programme}”已结束，记录表不能再改。")
    fields = within_frame(programme, changes)
    form = SchoolForm.objects.filter(programme=programme, school=school).first()
    before = form.fields if form else {}
    if fields == before:
        return form
    form = form or SchoolForm(programme=programme, school=school)
    form.fields, form.updated_at = fields, now()
    form.save()
    changed = sorted(code for code in before.keys() | fields.keys() if before.get(code) != fields.get(code))
    record(form, "form.change", by=by, authority_id=programme.authority_id, fields=changed, programme=programme.code)
    return form


def within_frame(programme, changes):
    """What differs from the programme, nothing else."""
    own = {field.code: field for field in programme.rules.record.fields}
    if unknown := changes.keys() - own.keys():
        raise ValueError(f"no such field: {sorted(unknown)}")
    fields = {}
    for code, change in changes.items():
        field, kept = own[code], {}
        if change.get("hidden"):
            if field.required or change.get("required"):
                raise ValueError(f"{code} is required and cannot be hidden")
            kept["hidden"] = True
        if change.get("required") and not field.required:
            kept["required"] = True
        if (prompts := list(change.get("prompts") or [])) and prompts != field.prompts:
            kept["prompts"] = prompts
        if kept:
            fields[code] = kept
    return fields
