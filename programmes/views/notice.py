"""A link says which notice it speaks of."""

from django.shortcuts import redirect

from programmes.queries.current import IN_ADDRESS, address_without, choose


def notice_of_address(get_response):
    """Middleware. ?notice=CODE: the session's programme from now on, then the same page without it, so that going on,
    turning pages and choosing another notice do not come back to this one."""

    def middleware(request):
        code = request.GET.get(IN_ADDRESS) if request.method in ("GET", "HEAD") else None
        if code and request.user.is_authenticated and choose(request, code):
            return redirect(address_without(request.get_full_path()))
        return get_response(request)

    return middleware
