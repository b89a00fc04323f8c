app_name = "honesty"
urlpatterns = []
