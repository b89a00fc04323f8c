"""The brief before a visit."""

urlpatterns = []
