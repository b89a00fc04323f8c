from programmes.urls import pages, upward

app_name = "programmes"
urlpatterns = [*pages.urlpatterns, *upward.urlpatterns]
