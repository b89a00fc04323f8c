from django.urls import path

from schools.views import messages

app_name = "schools"
urlpatterns = [
    path("", messages.messages, name="messages"),
    path("read/", messages.read_all, name="messages_read"),
    path("<int:pk>/open/", messages.open_message, name="message_open"),
]
