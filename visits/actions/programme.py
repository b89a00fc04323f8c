"""The register follows its programme: opened with it, brought in line when the notice changes."""

from programmes.enums import ProgrammeState
from programmes.models import Programme
from visits.actions.register import open_register, rebuild
from visits.enums import COUNTED_STATES
from visits.models import Opinion, VisitStudent

WHAT_COUNTS = {"starts_on", "ends_on", "config"}
WHO_IS_DUE = {"due_on"}


def on_programme_opened(sender, programme_id, **kwargs):
    open_register(Programme.objects.get(pk=programme_id))


def on_programme_changed(sender, programme_id, fields, **kwargs):
    """fields: names of what changed, see programmes.signals. A draft has no register yet."""
    if not (WHAT_COUNTS | WHO_IS_DUE) & fields:
        return
    programme = Programme.objects.get(pk=programme_id)
    if programme.state != ProgrammeState.DRAFT:
        if WHAT_COUNTS & fields:
            count_anew(programme)
        rebuild(programme)


def on_categories_changed(sender, programme_id, **kwargs):
    programme = Programme.objects.get(pk=programme_id)
    if programme.state == ProgrammeState.OPEN:
        rebuild(programme)


def count_anew(programme):
    """Which visits count, after the window or the counted modes moved: four statements, twice changes nothing."""
    rows = VisitStudent.objects.filter(programme=programme)
    right = VisitStudent.objects.filter(
        programme=programme,
        visit__state__in=COUNTED_STATES,
        mode__in=programme.rules.counted_modes,
        visited_on__range=(programme.starts_on, programme.ends_on),
    ).values("pk")
    rows.filter(counted=True).exclude(pk__in=right).update(counted=False)
    rows.filter(counted=False, pk__in=right).update(counted=True)
    opinions = Opinion.objects.filter(
        visit__programme=programme,
        visit__state__in=COUNTED_STATES,
        visit__mode__in=programme.rules.counted_modes,
        visit__visited_on__range=(programme.starts_on, programme.ends_on),
    ).values("pk")
    Opinion.objects.filter(counted_in=programme).exclude(pk__in=opinions).update(counted_in=None)
    Opinion.objects.filter(counted_in=None, pk__in=opinions).update(counted_in=programme)
