from django.db import models


class JobState(models.TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "没有完成"
    CANCELLED = "cancelled", "已取消"


J = JobState
JOB_MOVES = {
    "start": ({J.QUEUED, J.RUNNING}, J.RUNNING),  # running again: its worker died, another takes over
    "finish": ({J.RUNNING}, J.DONE),
    "fail": ({J.QUEUED, J.RUNNING}, J.FAILED),
    "cancel": ({J.QUEUED, J.RUNNING}, J.CANCELLED),
    "requeue": ({J.QUEUED, J.RUNNING}, J.QUEUED),  # without a sign of life: sent to the queue once more
    "retry": ({J.FAILED, J.CANCELLED}, J.QUEUED),
}


class Result(models.TextChoices):
    OK = "ok", "成功"
    REFUSED = "refused", "拒绝"
    FAILED = "failed", "失败"
