from django.urls import path

from programmes import views

app_name = "programmes"
urlpatterns = [
    path("", views.switch, name="switch"),
    path("overview/", views.overview, name="overview"),
    path("form/", views.my_school_form, name="school_form"),
    path("form/<int:pk>/", views.school_form, name="school_form"),
    path("form/<int:pk>/preview/", views.school_form_preview, name="school_form_preview"),
]
