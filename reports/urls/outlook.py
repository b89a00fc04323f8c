"""Parts that other pages fetch: what a school owes, how many schools will not be done."""

from django.urls import path

from reports.views import outlook

desk_pages = [path("outlook/", outlook.desk, name="outlook")]  # below /desk/
urlpatterns = [path("school/<int:pk>/papers/", outlook.papers, name="papers")]  # below /reports/
