"""汇编: corrections, parts, mail and password."""

from django.urls import path

from reports.views import package

desk_pages = []  # below /desk/
urlpatterns = [  # below /reports/
    path("start/", package.start, name="package_start"),
    path("<int:pk>/schools/", package.schools, name="package_schools"),
    path("<int:pk>/correct/", package.correct, name="package_correct"),
    path("<int:pk>/mail/", package.mail, name="package_mail"),
    path("<int:pk>/password/", package.password, name="package_password"),
]
