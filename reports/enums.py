from django.db import models


class CompilationState(models.TextChoices):
    WAITING = "waiting", "排队中"
    FREEZING = "freezing", "正在冻结数据"
    FROZEN = "frozen", "数据已冻结"
    READY = "ready", "已完成"
    FAILED = "failed", "没有完成"


C = CompilationState
COMPILATION_MOVES = {
    "freeze": ({C.WAITING, C.FREEZING, C.FAILED}, C.FREEZING),
    "frozen": ({C.FREEZING}, C.FROZEN),
    "ready": ({C.FROZEN, C.READY}, C.READY),
    "fail": ({C.WAITING, C.FREEZING, C.FROZEN}, C.FAILED),
}
