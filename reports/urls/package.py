"""汇编: corrections, parts, mail and password."""

desk_pages = []  # below /desk/
urlpatterns = []  # below /reports/
