from works.urls import author, judging, papers, school, showing

app_name = "works"
parts = [author, school, judging, papers, showing]
urlpatterns = [pattern for part in parts for pattern in part.urlpatterns]
