"""/reminders/…: what is due for me, and how I am told."""

app_name = "reminders"
urlpatterns = []
