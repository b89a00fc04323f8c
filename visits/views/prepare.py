"""Before a visit: the brief of a family, one's preparation, and who of the school is ready."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.access import authorize
from programmes.enums import ProgrammeState
from programmes.queries.current import current_programme
from programmes.queries.events import coming_training
from schools.models import School
from visits.queries import ready as queries


@require_safe
def ready(request, pk):
    """Names behind the figures of the school's page: who has not been trained, who has not signed."""
    school = get_object_or_404(School.objects.visible_to(request.user), pk=pk)
    authorize(request.user, "visits.view_school", school)
    programme = current_programme(request)
    if programme is None or programme.authority_id != school.authority_id:
        raise Http404
    people = list(queries.people(programme, school))
    rules = programme.rules
    trains, signs = rules.training.required, bool(rules.conduct.rules)
    context = {
        "school": school,
        "programme": programme,
        "people": people,
        "trains": trains,
        "signs": signs,
        "untrained": [one for one in people if not one.is_trained] if trains else [],
        "trained": [one for one in people if one.is_trained],
        "unsigned": [one for one in people if not one.is_signed] if signs else [],
        "signed": [one for one in people if one.is_signed] if signs else [],
        "training": coming_training(programme, school),
        "hold_back": rules.training.hold_back,
        "is_open": programme.state == ProgrammeState.OPEN,
    }
    return render(request, "visits/ready.html", context)
