"""Each night: the schools of open notices in which something is new are looked through, ten to a message."""

from core.beat import beat_run, could, could_not
from honesty.actions.look import look
from honesty.queries.of_school import schools_to_look_at
from honesty.tasks import look_at_schools
from programmes.enums import ProgrammeState
from programmes.models import Programme
from schools.models import School

CHUNK = 10  # a task costs about 11 ms (performance.md)
ONE = "honesty.school"
AGAIN = "中途出错，已有数据没有改动，下一个晚上再看。一直不成就请管理员看日志。"


def look_through():
    with beat_run("honesty", "夜间查看走访记录") as run:
        schools = 0
        for programme in Programme.objects.filter(state=ProgrammeState.OPEN).order_by("pk"):
            ids = schools_to_look_at(programme)
            for first in range(0, len(ids), CHUNK):
                look_at_schools.delay(programme.pk, ids[first : first + CHUNK])
            schools += len(ids)
        run.message = f"{schools}所"


def look_at(programme_id, school_ids):
    """A school that fails is named on the jobs page and does not keep the others from their turn."""
    programme = Programme.objects.filter(pk=programme_id, state=ProgrammeState.OPEN).first()
    if programme is None:
        return
    errors = []
    for school in School.objects.filter(pk__in=school_ids).order_by("pk"):
        about = {"programme": programme.pk, "school": school.pk}
        try:
            look(programme, school)
            could(ONE, **about)
        except Exception as error:  # noqa: BLE001 (raised below)
            errors.append(error)
            label = f"查看{school.short_name}的走访记录"
            could_not(ONE, label, AGAIN, authority_id=programme.authority_id, **about)
    if errors:
        raise ExceptionGroup("honesty", errors)
