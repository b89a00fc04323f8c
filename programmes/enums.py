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
    STORY_FORM = "story_form", "感人故事推荐表（附件1）"
    WORK_FORM = "work_form", "作品表"
    SCHOOL_REPORT = "school_report", "学校活动报告（附件2）"
    SCHOOL_PLAN = "school_plan", "学校走访方案"
    STATEMENT = "statement", "教师走访情况表"


class PublicityKind(models.TextChoices):
    """What was made known, and how (S31, W61, W84): a media log, not a score."""

    MEDIA = "media", "媒体报道"
    SCHOOL = "school", "校内宣传"
    MATERIAL = "material", "发放材料"
    REPORTED = "reported", "报送信息"
