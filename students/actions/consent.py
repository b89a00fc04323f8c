"""A family's yes, per pupil and purpose, and its taking back (security.md T0). Refusing costs nothing."""

from django.db import transaction

from core.audit import record
from core.clock import now, today
from students.models import Consent, Student
from students.signals import consent_withdrawn


@transaction.atomic
def give_consent(student, purpose, *, by, relation=""):
    """The family agrees; the same again changes nothing. relation: who said so; told later, it is added."""
    student = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    consent = Consent.objects.filter(student=student, purpose=purpose, withdrawn_at=None).first()
    if consent and relation in ("", consent.relation):
        return consent
    if consent:
        consent.relation = relation
        consent.save(update_fields=["relation"])
        return _tell(consent, student, "consent.correct", by)
    consent = Consent.objects.create(
        student=student, purpose=purpose, relation=relation, given_on=today(), recorded_by=by, recorded_at=now()
    )
    return _tell(consent, student, "consent.give", by)


@transaction.atomic
def withdraw_consent(student, purpose, *, by):
    """From now on nothing is taken and nothing shown; None where no consent stands."""
    student = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    consent = Consent.objects.filter(student=student, purpose=purpose, withdrawn_at=None).first()
    if consent is None:
        return None
    consent.withdrawn_at, consent.withdrawn_by = now(), by
    consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
    consent_withdrawn.send(sender=Consent, student_id=student.pk, purpose=purpose, by_id=by.pk)
    return _tell(consent, student, "consent.withdraw", by)


def _tell(consent, student, action, by):
    record(
        consent, action, by=by, authority_id=student.authority_id, school_id=student.school_id, student=student.pk,
        purpose=consent.purpose, relation=consent.relation,
    )  # fmt: skip
    return consent
