"""家访记录表, a pupil's file, a class's archive."""

urlpatterns = []
