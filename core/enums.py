from django.db import models


class JobState(models.TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "进行中"
    WAITING = "waiting", "分给各校做"
    DONE = "done", "已完成"
    FAILED = "failed", "没有完成"
    CANCELLED = "cancelled", "已取消"


J = JobState
OPEN = (J.QUEUED, J.RUNNING, J.WAITING)
JOB_MOVES = {
    "start": ({J.QUEUED, J.RUNNING}, J.RUNNING),  # running again: its worker died, another takes over
    "wait": ({J.RUNNING}, J.WAITING),  # its parts are done by jobs of their own; the last of them wakes it
    "wake": ({J.WAITING}, J.QUEUED),
    "finish": ({J.RUNNING}, J.DONE),
    "fail": ({J.QUEUED, J.RUNNING, J.WAITING}, J.FAILED),
    "cancel": ({J.QUEUED, J.RUNNING, J.WAITING}, J.CANCELLED),
    "requeue": ({J.QUEUED, J.RUNNING, J.WAITING}, J.QUEUED),  # without a sign of life: sent to the queue once more
    "retry": ({J.FAILED, J.CANCELLED}, J.QUEUED),
    "reopen": ({J.DONE}, J.QUEUED),  # done without some of its parts: those are tried once more
}


class Result(models.TextChoices):
    OK = "ok", "成功"
    REFUSED = "refused", "拒绝"
    FAILED = "failed", "失败"
