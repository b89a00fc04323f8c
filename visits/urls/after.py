"""What comes after a record."""

from django.urls import path

from visits.views import record

urlpatterns = [
    path("records/", record.record_list, name="records"),
    path("<int:pk>/", record.detail, name="detail"),
    path("<int:pk>/return/", record.return_record, name="return"),
    path("<int:pk>/void/", record.void, name="void"),
]
