"""备课 before a visit (W75): what the visitor means to talk about, kept with the appointment."""

from django.core.exceptions import ValidationError
from django.db import transaction

from core.access import authorize
from core.audit import record
from core.private import holds_id_number
from core.states import WrongState
from visits.enums import VisitState
from visits.models import Visit

LONGEST = 2000


@transaction.atomic
def save_preparation(visit, by, text):
    """On an appointment of one's own, until the visit is made; afterwards it belongs to the record. The same again
    writes nothing."""
    visit = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    authorize(by, "visits.prepare", visit)
    if visit.state != VisitState.PLANNED:
        raise WrongState("这次家访已经不在“已约”，备课不能再改。")
    text = text.strip()
    if len(text) > LONGEST:
        raise ValidationError({"text": f"备课最多{LONGEST}字，现在{len(text)}字。"})
    if holds_id_number(text):
        raise ValidationError({"text": "备课里像是有身份证号，请删去。系统不存证件号。"})
    if text == visit.preparation:
        return visit
    visit.preparation = text
    visit.save(update_fields=["preparation"])
    record(visit, "visit.prepare", by=by)
    return visit
