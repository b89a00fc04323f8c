"""Pages of one school under the notice one looks at: the school's own page and the parts it fetches."""

from functools import wraps

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.access import authorize
from programmes.queries.current import current_programme
from schools.models import School


def of_school(view):
    """view(request, place, programme); where the notice is not that of the school's authority, a sentence instead."""

    @require_safe
    @wraps(view)
    def page(request, pk):
        place = get_object_or_404(School.objects.visible_to(request.user), pk=pk)
        authorize(request.user, "visits.view_school", place)
        programme = current_programme(request)
        if programme is None or programme.authority_id != place.authority_id:
            return render(request, "visits/school_none.html", {"school": place})
        return view(request, place, programme)

    return page
