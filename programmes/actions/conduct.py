"""A visitor reads the conduct code and signs it: once per programme and version (domain.md §7)."""

from django.db import transaction

from core.access import authorize
from core.audit import record
from core.clock import now
from core.states import WrongState
from programmes.enums import ProgrammeState
from programmes.models import ConductSignature, Programme
from programmes.queries.overview import home_school


@transaction.atomic
def sign(programme, *, by, version=None):
    """The signature under the code as it stands; the one there already when it is signed. None where the notice
    has no code. version: what the signer has read. Raises WrongState once the programme is over, or when the code
    has been changed since it was read."""
    programme = Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
    authorize(by, "programmes.sign_conduct", programme)
    conduct = programme.rules.conduct
    if not conduct.rules:
        return None
    signed = ConductSignature.objects.filter(programme=programme, user=by, version=conduct.version).first()
    if signed:
        return signed
    if programme.state != ProgrammeState.OPEN:
        raise WrongState(f"“{programme}”现在不在进行中，不用再签“{conduct.title}”。")
    if version not in (None, conduct.version):
        raise WrongState(f"“{conduct.title}”刚改过，看一遍新的再签。")
    signature = ConductSignature.objects.create(
        programme=programme, user=by, school=home_school(by, programme), version=conduct.version, signed_at=now()
    )
    record(
        signature, "conduct.sign", by=by, authority_id=programme.authority_id, programme=programme.code,
        version=conduct.version,
    )  # fmt: skip
    return signature
