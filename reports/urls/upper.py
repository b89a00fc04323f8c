"""On from the district to the office above: desk/upper/."""

from django.urls import path

from reports.views import upper

desk_pages = [
    path("upper/", upper.upper, name="upper"),
    path("upper/send/", upper.send, name="upper_send"),
    path("upper/list.xlsx", upper.xlsx, name="upper_xlsx"),
    path("upper/<int:pk>/back/", upper.take_back, name="upper_back"),
    path("upper/<int:pk>/result/", upper.result, name="upper_result"),
]
