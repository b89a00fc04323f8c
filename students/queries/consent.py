"""What families have agreed to."""

from students.enums import ConsentPurpose
from students.models import Consent


def photo_consent(student):
    """The consent that stands, else the one taken back last, else None."""
    rows = Consent.objects.filter(student=student, purpose=ConsentPurpose.PHOTO).select_related("recorded_by")
    found = sorted(rows, key=lambda row: (row.withdrawn_at is None, row.pk))
    return found[-1] if found else None


def photos_agreed(student_ids):
    """A yes stands for at least one of them, and for none it has been taken back."""
    rows = Consent.objects.filter(student_id__in=student_ids, purpose=ConsentPurpose.PHOTO)
    pairs = list(rows.values_list("student_id", "withdrawn_at"))
    standing = {student for student, withdrawn in pairs if withdrawn is None}
    return bool(standing) and {student for student, _ in pairs} == standing


def publication_consents(student_ids):
    """{student id: the consent to a showing that stands, else the one taken back last}. One query."""
    rows = Consent.objects.filter(student_id__in=student_ids, purpose=ConsentPurpose.PUBLICATION)
    return {row.student_id: row for row in sorted(rows, key=lambda row: (row.withdrawn_at is None, row.pk))}
