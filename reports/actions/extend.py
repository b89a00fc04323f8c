"""延期: more time for many schools at once, through the same act as for one."""

from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError

from core.access import authorize
from schools.models import School
from works.actions.late import give_late_pass

OWN_SCHOOL = "你在这所学校任职，要回避"


@dataclass
class Extended:
    """done: schools that have the time now; refused: {reason: [short name]}; error: what every school was refused for."""

    done: int = 0
    refused: dict = field(default_factory=dict)
    error: ValidationError | None = None


def extend(programme, school_ids, *, by, submission, until, reason):
    """Give each school a late pass for one paper → Extended. A school by itself: one that may not have it stops nobody.

    The same again changes nothing. Each pass is audited by itself.
    """
    authorize(by, "reports.view_desk", programme)
    outcome = Extended()
    schools = School.objects.visible_to(by).filter(authority=programme.authority_id, pk__in=school_ids).order_by("code")
    for school in schools:
        try:
            give_late_pass(programme, school, by=by, submission=submission, until=until, reason=reason)
        except PermissionDenied:
            outcome.refused.setdefault(OWN_SCHOOL, []).append(school.short_name)
        except ValidationError as error:
            outcome.error = error
            for text in error.messages:
                outcome.refused.setdefault(text, []).append(school.short_name)
        else:
            outcome.done += 1
    return outcome
