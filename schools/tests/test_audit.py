import pytest

from core.audit import record
from core.models import AuditEntry
from core.models.audit import AppendOnly
from schools.enums import Role
from schools.tests.factories import make_authority, make_school, make_user

pytestmark = pytest.mark.django_db


def test_record_takes_the_place_from_the_object():
    school = make_school()
    entry = record(school, "school.rename", by=None, fields=["name"], reason="笔误")
    assert (entry.object_type, entry.object_id, entry.authority_id) == ("schools.school", str(school.pk), school.authority_id)
    assert (entry.fields, entry.facts) == (["name"], {"reason": "笔误"})


def test_a_line_of_the_log_can_be_neither_changed_nor_deleted():
    entry = record(None, "test", by=None)
    for act in (
        lambda: entry.save(),
        lambda: entry.delete(),
        lambda: AuditEntry.objects.update(action="x"),
        lambda: AuditEntry.objects.all().delete(),
    ):
        with pytest.raises(AppendOnly):
            act()


def test_only_the_auditor_of_the_authority_reads_the_log():
    here, there = make_authority("here"), make_authority("there")
    own = record(None, "test", by=None, authority_id=here.pk)
    record(None, "test", by=None, authority_id=there.pk)
    auditor = make_user(Role.AUDITOR, authority=here)
    officer = make_user(Role.DISTRICT_ADMIN, authority=here)
    assert list(AuditEntry.objects.visible_to(auditor)) == [own]
    assert list(AuditEntry.objects.visible_to(officer)) == []
