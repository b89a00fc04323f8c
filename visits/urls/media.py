"""Photos and video."""

urlpatterns = []
