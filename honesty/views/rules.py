"""规则: what is noticed, by the notice's own numbers, who sees it when, and that nothing is scored."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access import allowed
from programmes.queries.current import current_programme


@require_safe
def rules(request):
    programme = current_programme(request)
    context = {
        "programme": programme,
        "hints": programme.rules.hints if programme else None,
        "leads": allowed(request.user, "honesty.view_schools"),
        "has_own": allowed(request.user, "honesty.view_own"),
    }
    return render(request, "honesty/rules.html", context)
