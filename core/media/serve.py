"""A kept picture or film as the answer to a request whose reader has been checked: never kept by the browser."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse

from core.files import in_folder, open_private

POLICY = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"  # a browser's own page around a picture


def kept_file(name, filename, content_type="image/jpeg", *, attachment=False):
    """name: in private storage; filename: what it is called when saved. 404 where the file is gone."""
    response = _file(name)
    response["Content-Type"] = content_type
    response["Content-Disposition"] = f'{"attachment" if attachment else "inline"}; filename="{filename}"'
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    return response


def _file(name):
    if settings.X_ACCEL_PREFIX and in_folder():
        response = HttpResponse()
        response["X-Accel-Redirect"] = settings.X_ACCEL_PREFIX.rstrip("/") + "/" + name
        return response
    try:
        return FileResponse(open_private(name))
    except FileNotFoundError:
        raise Http404 from None
