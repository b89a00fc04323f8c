"""The desk's lists at 3,000 filed works: the review page, the administration's list and its search, against an empty page."""

from urllib.parse import quote

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.district import officer
from benchmarks.judging import forget, page, prepared
from benchmarks.output import say
from benchmarks.pages import gunicorn
from reports.queries.filters import QueueFilter
from reports.queries.review import listed
from works.models import Work


def queue(districts):
    programme = districts.small
    user = officer(programme)
    round_ = prepared(programme, user)
    works = Work.objects.filter(programme=programme)
    with CaptureQueriesContext(connection) as captured:
        waiting = listed(user, programme, QueueFilter(tab="story")).count()
    if waiting != works.count() or len(captured) > 3:
        raise SystemExit(f"{waiting} works wait, {works.count()} were filed")
    say(f"  {waiting} works wait at the desk")
    lists = reverse("admin:works_work_changelist")
    with gunicorn() as port:
        page("review_queue_page", port, user, reverse("desk:review") + "?tab=story")
        page("review_queue_last_page", port, user, reverse("desk:review") + f"?tab=story&page={waiting // 50}")
        page("review_admin_list", port, user, lists)
        page("review_admin_search", port, user, lists + "?q=" + quote("第99行"))
    forget(round_)
