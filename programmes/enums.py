from django.db import models


class Mode(models.TextChoices):
    """How a visit was made. Which of them count is the programme's data."""

    IN_PERSON = "in_person", "上门"
    NEARBY = "nearby", "就近第三地点"
    AT_SCHOOL = "at_school", "到校"
    VIDEO = "video", "视频"
    PHONE = "phone", "电话"


class DeadlineKind(models.TextChoices):
    PLAN = "plan", "走访方案"
    COVERAGE = "coverage", "走访全覆盖"
    SUBMISSIONS = "submissions", "材料报送"
    ESSAYS = "essays", "征文"
    REPORT = "report", "活动报告"


class ProgrammeState(models.TextChoices):
    DRAFT = "draft", "准备中"
    OPEN = "open", "进行中"
    CLOSED = "closed", "已结束"


P = ProgrammeState
PROGRAMME_MOVES = {
    "open": ({P.DRAFT, P.CLOSED}, P.OPEN),
    "close": ({P.OPEN}, P.CLOSED),
}


class TemplateKind(models.TextChoices):
    """Papers whose shape a bureau may replace by a .docx of its own."""

    VISIT_RECORD = "visit_record", "家访记录表"
