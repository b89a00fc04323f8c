"""The file a job made, as the answer to a request."""

from django.http import FileResponse, Http404

from core.clock import now
from core.enums import JobState
from core.files import open_private


def job_file(job, *, kept, name, content_type):
    """The job's file to keep; 404 where it is not made, not kept any more (a timedelta after it was finished) or gone.

    Whether this person may have it, and writing down who had it, is the caller's.
    """
    if job.state != JobState.DONE or not job.file or job.finished_at < now() - kept:
        raise Http404
    try:
        file = open_private(job.file)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response
