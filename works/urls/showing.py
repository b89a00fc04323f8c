"""Display page, families' consent to it, 先进教师."""

from django.urls import path

from works.views import consent, honours, showing

urlpatterns = [
    path("stories/", showing.showings, name="showings"),
    path("stories/<int:pk>/", showing.showing, name="showing"),
    path("stories/<int:pk>/take-down/", showing.take_down, name="take_down"),
    path("<int:pk>/publish/", showing.publish, name="publish"),
    path("<int:pk>/show-school/", showing.show_school, name="show_school"),
    path("<int:pk>/consents/", consent.of_work, name="consents"),
    path("consent/<int:pk>/", consent.of_pupil, name="pupil_consent"),
    path("honours/", honours.honours, name="honours"),
    path("honours/list.xlsx", honours.xlsx, name="honours_xlsx"),
]
