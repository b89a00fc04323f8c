from reminders.models.digest import Delivery, Digest, Run
from reminders.models.robot import RobotHook

__all__ = ["Delivery", "Digest", "RobotHook", "Run"]
