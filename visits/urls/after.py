"""What comes after a record."""

from django.urls import path

from visits.views import record, records, review

urlpatterns = [
    path("records/", records.record_list, name="records"),
    path("to-review/", review.to_review, name="to_review"),
    path("class/<int:pk>/review/", review.review_class, name="review_class"),
    path("to-review/withdraw/", review.withdraw, name="withdraw"),
    path("<int:pk>/", record.detail, name="detail"),
    path("<int:pk>/accept/", record.accept_record, name="accept"),
    path("<int:pk>/return/", record.return_record, name="return"),
    path("<int:pk>/void/", record.void, name="void"),
    path("<int:pk>/unvoid/", record.unvoid, name="unvoid"),
    path("<int:pk>/amend/", record.amend, name="amend"),
    path("<int:pk>/versions/", record.version_list, name="versions"),
]
