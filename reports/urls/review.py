"""审核 at the district's desk."""

from django.urls import path

from reports.views import pack, review

urlpatterns = [
    path("review/", review.review, name="review"),
    path("review/work/<int:pk>/", review.decide_work, name="decide_work"),
    path("review/report/<int:pk>/", review.decide_report, name="decide_report"),
    path("review/plan/<int:pk>/", review.decide_plan, name="decide_plan"),
    path("review/undo/", review.undo, name="review_undo"),
    path("review/forms/", pack.forms, name="forms"),
    path("review/forms/start/", pack.start, name="forms_start"),
    path("review/forms/<int:pk>/", pack.job, name="forms_job"),
    path("review/forms/<int:pk>/cancel/", pack.cancel, name="forms_cancel"),
    path("review/forms/<int:pk>/retry/", pack.retry, name="forms_retry"),
    path("review/forms/<int:pk>/password/", pack.password, name="forms_password"),
    path("review/forms/<int:pk>/download/", pack.download, name="forms_download"),
]
