"""后台任务 of the authority, saved views, duties, nudges, the register's export."""

desk_pages = []  # below /desk/
urlpatterns = []  # below /reports/
