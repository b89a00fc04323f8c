from django.db import models


class Slot(models.TextChoices):
    """One message a person a day; the evening before an appointment is the only second one."""

    DAY = "day", "当天"
    EVENING = "evening", "前一晚"


class Channel(models.TextChoices):
    MAIL = "mail", "邮件"
    ROBOT = "robot", "群机器人"


class DeliveryState(models.TextChoices):
    """Claimed before it is sent: a worker that dies in between sends nothing twice, and the next day tells again."""

    CLAIMED = "claimed", "正在发"
    SENT = "sent", "已发"
    FAILED = "failed", "没有发出"


class Platform(models.TextChoices):
    WECOM = "wecom", "企业微信"
    DINGTALK = "dingtalk", "钉钉"


class RunKind(models.TextChoices):
    DAY = "day", "每日提醒"
    EVENING = "evening", "预约提醒"


class LineKind(models.TextChoices):
    """What somebody may be told of, the most urgent first: lines stand in this order."""

    APPOINTMENTS = "appointments", "约好的家访"
    RETURNED = "returned", "退回要改"
    UNWRITTEN = "unwritten", "还没写的记录"
    MISSING = "missing", "快到期的"
    FAMILIES = "families", "还没走访的家庭"
    FOLLOW_UPS = "follow_ups", "到日子的回访"
    REVIEW = "review", "等你看的"
    JUDGING = "judging", "等你评的"
    CONFIRM = "confirm", "等你确认的"
    HINTS = "hints", "真实性提醒"
    OPINIONS = "opinions", "家长意见"
    CLASS_LEFT = "class_left", "班里还没走访的"
    OVER = "over", "可以结束的活动"


WEEKLY = (LineKind.CLASS_LEFT, LineKind.OVER)  # told in the first round of a week; the page shows it any day
