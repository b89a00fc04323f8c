"""What every request carries: a number, an address, no caching of private pages, a line for each refusal."""

import uuid

from django.conf import settings
from django.utils.cache import add_never_cache_headers

from core import audit
from core.enums import Result


def client_address(request):
    """The caller's address, trusting as many proxy hops as PROXY_COUNT says and not one more."""
    hops = settings.AXES_IPWARE_PROXY_COUNT
    forwarded = [a.strip() for a in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if a.strip()]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return request.META.get("REMOTE_ADDR") or None


def request_facts(get_response):
    def middleware(request):
        request.request_id = uuid.uuid4().hex[:12]
        request.META["HTTP_X_REQUEST_ID"] = request.request_id  # log lines carry the number the error page shows
        token = audit.request_facts.set({"address": client_address(request), "request_id": request.request_id})
        try:
            response = get_response(request)
        finally:
            audit.request_facts.reset(token)
        response["X-Request-ID"] = request.request_id
        return response

    return middleware


def private_pages(get_response):
    """Nothing a signed-in person sees stays in a shared cache (security.md H2)."""

    def middleware(request):
        response = get_response(request)
        response.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        if "Cache-Control" not in response and getattr(request, "user", None) and request.user.is_authenticated:
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
        return response

    return middleware


def refusals(get_response):
    """403 and 404 of signed-in users are written down: someone may be trying doors (security.md P3)."""

    def middleware(request):
        response = get_response(request)
        user = getattr(request, "user", None)
        if response.status_code in (403, 404) and user is not None and user.is_authenticated:
            match = request.resolver_match
            if match is not None:
                audit.record(
                    None,
                    "access.refused",
                    by=user,
                    result=Result.REFUSED,
                    authority_id=user.home_authority_id,
                    status=response.status_code,
                    view=match.view_name,
                    ids={k: str(v) for k, v in match.kwargs.items()},
                )
        return response

    return middleware
