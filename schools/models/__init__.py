from schools.models.message import Decision, Message
from schools.models.place import Authority, School, SchoolClass
from schools.models.user import Post, User
from schools.models.workday import Workday

__all__ = ["Authority", "Decision", "Message", "Post", "School", "SchoolClass", "User", "Workday"]
