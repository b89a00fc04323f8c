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
