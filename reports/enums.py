from django.db import models


class CompilationState(models.TextChoices):
    """How far a package has come. Whether somebody works on it, or it failed, is the job's state."""

    WAITING = "waiting", "等待冻结"
    FREEZING = "freezing", "正在冻结数据"
    FROZEN = "frozen", "数据已冻结"
    READY = "ready", "已完成"


C = CompilationState
COMPILATION_MOVES = {
    "freeze": ({C.WAITING, C.FREEZING}, C.FREEZING),  # freezing again: the next worker goes on where one died
    "frozen": ({C.FREEZING}, C.FROZEN),
    "ready": ({C.FROZEN}, C.READY),
}
