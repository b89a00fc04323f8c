from django.db import models


class CompilationState(models.TextChoices):
    """How far a package has come. Whether somebody works on it, or it failed, is the job's state."""

    WAITING = "waiting", "等待冻结"
    FREEZING = "freezing", "正在冻结数据"
    FROZEN = "frozen", "数据已冻结"
    READY = "ready", "已完成"
    INCOMPLETE = "incomplete", "缺几所学校"


C = CompilationState
MADE = (C.READY, C.INCOMPLETE)  # it stands as a file, and nobody is at it
COMPILATION_MOVES = {
    "freeze": ({C.WAITING, C.FREEZING}, C.FREEZING),  # freezing again: the next worker goes on where one died
    "frozen": ({C.FREEZING}, C.FROZEN),
    "ready": ({C.FROZEN}, C.READY),
    "incomplete": ({C.FROZEN}, C.INCOMPLETE),  # schools that failed are named in the package; the others are in it
    "again": ({C.INCOMPLETE, C.FROZEN}, C.FREEZING),
}


class Handed(models.TextChoices):
    """How a paper a school owes stands in the submissions register, as of an instant."""

    MISSING = "missing", "未交"
    DRAFT = "draft", "草稿"
    FILED = "filed", "待审"
    ACCEPTED = "accepted", "通过"
    RETURNED = "returned", "退回"


class FilingState(models.TextChoices):
    """A plan or a report of a school."""

    DRAFT = "draft", "草稿"
    APPROVED = "approved", "校长已审定"
    FILED = "filed", "已报区"
    ACCEPTED = "accepted", "区已通过"
    RETURNED = "returned", "退回修改"


F = FilingState
FILING_MOVES = {
    "approve": ({F.DRAFT, F.RETURNED}, F.APPROVED),
    "reopen": ({F.APPROVED}, F.DRAFT),
    "file": ({F.APPROVED}, F.FILED),
    "recall": ({F.FILED}, F.APPROVED),
    "return": ({F.FILED, F.ACCEPTED}, F.RETURNED),
    "accept": ({F.FILED}, F.ACCEPTED),
    "recommend": ({F.FILED, F.ACCEPTED}, F.ACCEPTED),
}
FILING_LABELS = {  # in the district's words; else the state's own label
    F.FILED: "待审",
    F.RETURNED: "已退回学校",
    F.ACCEPTED: "已通过",
}


class StatementState(models.TextChoices):
    COUNTED = "counted", "已算好，未公示"
    SHOWN = "shown", "请本人核对"
    OBJECTED = "objected", "有异议"
    FINAL = "final", "已定稿"


S = StatementState
STATEMENT_MOVES = {
    "recount": ({S.COUNTED, S.SHOWN, S.OBJECTED}, S.COUNTED),
    "show": ({S.COUNTED}, S.SHOWN),
    "agree": ({S.SHOWN}, S.SHOWN),
    "object": ({S.SHOWN}, S.OBJECTED),
    "answer": ({S.OBJECTED}, S.SHOWN),  # shown again, right or corrected
    "finish": ({S.SHOWN}, S.FINAL),
    "revise": ({S.FINAL}, S.COUNTED),
}
