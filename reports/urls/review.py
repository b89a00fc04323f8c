"""审核 at the district's desk."""

from django.urls import path

from reports.views import review

urlpatterns = [
    path("review/", review.review, name="review"),
    path("review/work/<int:pk>/", review.decide_work, name="decide_work"),
    path("review/report/<int:pk>/", review.decide_report, name="decide_report"),
    path("review/plan/<int:pk>/", review.decide_plan, name="decide_plan"),
    path("review/undo/", review.undo, name="review_undo"),
]
