from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from homevisit import views

admin.autodiscover()
for model in [m for m in admin.site._registry if m._meta.app_label not in settings.ROOMS]:
    admin.site.unregister(model)  # libraries' tables know no scope
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("accounts/", include("homevisit.account_urls")),
    path("admin/", admin.site.urls),
    path("programme/", include("programmes.urls")),
    path("students/", include("students.urls")),
    path("visits/", include("visits.urls")),
    path("honesty/", include("honesty.urls")),
    path("works/", include("works.urls")),
    path("reminders/", include("reminders.urls")),
    path("messages/", include("schools.urls")),
    path("", include("reports.urls")),
]
handler400 = "homevisit.views.bad_request"
handler403 = "homevisit.views.forbidden"
handler404 = "homevisit.views.not_found"
handler500 = "homevisit.views.server_error"
