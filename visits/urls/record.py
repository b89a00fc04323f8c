"""The record form."""

from django.urls import path

from visits.views import log

urlpatterns = [
    path("new/", log.log, name="log"),
    path("new/<int:student_id>/", log.log, name="log"),
    path("new/review/", log.review, name="review"),
    path("<int:pk>/log/", log.log_planned, name="log_planned"),
    path("colleagues/", log.find_colleagues, name="colleagues"),
    path("<int:pk>/correct/", log.correct, name="correct"),
    path("<int:pk>/correct/review/", log.review_correction, name="review_correction"),
]
