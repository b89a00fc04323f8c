"""The school's side: /works/school/…; more time for a school: /works/late/."""

from django.urls import path

from works.views import late, scan, school, school_paper

urlpatterns = [
    path("school/", school.school, name="school"),
    path("school/file/", school.file, name="file"),
    path("school/<int:pk>/", school_paper.school_review, name="school_review"),
    path("school/<int:pk>/approve/", school_paper.approve, name="approve"),
    path("school/<int:pk>/return/", school_paper.return_work, name="return_to_author"),
    path("school/<int:pk>/order/", school.order, name="order"),
    path("school/<int:pk>/award/", school_paper.award, name="school_award"),
    path("school/<int:pk>/recall/", school.recall, name="recall"),
    path("school/<int:pk>/scan/", scan.scan_upload, name="scan_upload"),
    path("scan/<uuid:token>/", scan.scan, name="scan"),
    path("scan/<uuid:token>/remove/", scan.scan_remove, name="scan_remove"),
    path("<int:pk>/undo/", school.undo, name="undo"),
    path("late/", late.late_passes, name="late_passes"),
    path("late/<int:pk>/revoke/", late.late_revoke, name="late_revoke"),
]
