"""A bureau's own .docx for one of our papers: checked, kept, taken out of use."""

import hashlib
import secrets

from django.core.exceptions import ValidationError
from django.db import transaction

from core.audit import record
from core.clock import now
from core.documents import check_template
from core.documents.package import MOST_BYTES
from core.files import write_bytes
from core.states import WrongState
from programmes.models import DocumentTemplate
from programmes.papers import paper
from schools.models import Authority


def template_problems(kind, data):
    """Sentences on what must be repaired; [] for a file that can be used."""
    one = paper(kind)
    return check_template(data, one.known, one.required, one.example)


def upload_template(authority, kind, file, *, by):
    """(template, created). The file in use retires; the very file in use is left as it is. Raises ValidationError."""
    data = file.read(MOST_BYTES + 1)
    problems = template_problems(kind, data)
    if problems:
        raise ValidationError(problems)
    checksum = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        Authority.objects.select_for_update().get(pk=authority.pk)  # two uploads at once: one after the other
        old = DocumentTemplate.objects.filter(authority=authority, kind=kind, retired_at__isnull=True).first()
        if old is not None and old.checksum == checksum:
            return old, False
        if old is not None:
            _retire(old, by)
        name = f"templates/{secrets.token_hex(16)}.docx"
        write_bytes(name, data)
        template = DocumentTemplate.objects.create(
            authority=authority, kind=kind, file=name, original_name=_short(file.name), checksum=checksum, uploaded_by=by
        )
        record(template, "template.upload", by=by, kind=kind, sha256=checksum)
    return template, True


@transaction.atomic
def retire_template(template, *, by):
    """From now on the built-in template is used."""
    template = DocumentTemplate.objects.select_for_update().get(pk=template.pk)
    if template.retired_at:
        raise WrongState("这份模板已经停用了。")
    return _retire(template, by)


def _retire(template, by):
    template.retired_at = now()
    template.save(update_fields=["retired_at"])
    record(template, "template.retire", by=by, kind=template.kind)
    return template


def _short(name):
    """The end of a name is what tells files apart: “.docx” stays."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    return name if len(name) <= 120 else f"{name[:100]}….docx"
