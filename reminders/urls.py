"""/reminders/…: what is due for me, and how I am told."""

from django.urls import path

from reminders.views import mine, robot

app_name = "reminders"
urlpatterns = [
    path("", mine.mine, name="mine"),
    path("settings/", mine.settings, name="settings"),
    path("robot/", robot.robot, name="robot"),
    path("robot/<int:pk>/try/", robot.robot_try, name="robot_try"),
    path("robot/<int:pk>/trial/", robot.robot_trial, name="robot_trial"),
    path("robot/<int:pk>/remove/", robot.robot_remove, name="robot_remove"),
]
