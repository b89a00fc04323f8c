from visits.urls import after, appointment, draft, lists, media, papers, plan, prepare, record

app_name = "visits"
parts = [lists, plan, appointment, prepare, record, draft, media, after, papers]
urlpatterns = [pattern for part in parts for pattern in part.urlpatterns]
