from django.db import models


class VisitState(models.TextChoices):
    PLANNED = "planned", "已约"
    DONE = "done", "已走访，未记录"
    RECORDED = "recorded", "已记录"
    LOCKED = "locked", "已归档"
    DECLINED = "declined", "婉拒"
    NO_ONE_HOME = "no_one_home", "没人在家"
    CANCELLED = "cancelled", "已取消"
    VOIDED = "voided", "已作废"


V = VisitState
VISIT_MOVES = {
    "reschedule": ({V.PLANNED}, V.PLANNED),
    "confirm": ({V.PLANNED}, V.PLANNED),
    "arrive": ({V.PLANNED}, V.DONE),
    "not_home": ({V.PLANNED}, V.NO_ONE_HOME),
    "cancel": ({V.PLANNED}, V.CANCELLED),
    "decline": ({V.PLANNED}, V.DECLINED),
    "reopen": ({V.DONE, V.NO_ONE_HOME, V.CANCELLED, V.DECLINED}, V.PLANNED),  # the appointment stands after all
    "submit": ({V.PLANNED, V.DONE, V.RECORDED}, V.RECORDED),  # recorded again: a returned record is corrected
    "return": ({V.RECORDED}, V.RECORDED),  # stays counted, with an open return mark
    "accept": ({V.RECORDED}, V.LOCKED),
    "withdraw": ({V.LOCKED}, V.RECORDED),  # within a minute of accepting
    "amend": ({V.LOCKED}, V.LOCKED),  # a new version
    "void": ({V.DONE, V.RECORDED, V.LOCKED}, V.VOIDED),
    "unvoid": ({V.VOIDED}, V.RECORDED),  # back to locked where it was locked
}
COUNTED_STATES = (V.RECORDED, V.LOCKED)


class VisitKind(models.TextChoices):
    UNIVERSAL = "universal", "普访"
    PRIORITY = "priority", "重点访"
    FOLLOW_UP = "follow_up", "跟踪访"


class VisitorRole(models.TextChoices):
    LEAD = "lead", "主访"
    OTHER = "other", "同行"


class Answerer(models.TextChoices):
    """Who will answer an opinion; its life from there is care/'s."""

    ANSWERED = "answered", "已当面答复"
    ME = "me", "我来答复"
    SCHOOL = "school", "转学校答复"


class Exempt(models.TextChoices):
    ABROAD = "abroad", "长期在外地或境外"
    HOSPITAL = "hospital", "住院治疗"
    SUSPENDED = "suspended", "休学"
    OTHER = "other", "其他"


class Priority(models.IntegerChoices):
    """Rank of a pupil in a list; lists show the rank and facts, never a category."""

    FIRST = 1, "一级优先"  # open change event, or a mark of level 1 in a priority category
    SECOND = 2, "二级优先"  # any priority category
    THIRD = 3, "三级优先"  # newly arrived
    NONE = 9, "不分先后"


class Channel(models.TextChoices):
    """How an appointment was made."""

    PHONE = "phone", "电话"
    WECHAT = "wechat", "微信"
    FACE = "face", "当面"
    LETTER = "letter", "书面"


class CancelledBy(models.TextChoices):
    FAMILY = "family", "家长"
    TEACHER = "teacher", "老师"
    SCHOOL = "school", "学校"


class LateReason(models.TextChoices):
    """Why a record was written late: one word, nobody is asked for an essay."""

    BUSY = "busy", "忙"
    ILL = "ill", "生病"
    NETWORK = "network", "断网"
    PAPER = "paper", "先记在纸上"
    OTHER = "other", "其他"


class Promiser(models.TextChoices):
    TEACHER = "teacher", "老师"
    FAMILY = "family", "家里"
    SCHOOL = "school", "学校"


class Outcome(models.TextChoices):
    """How a promise went, told at the next visit."""

    KEPT = "kept", "坚持了"
    PARTLY = "partly", "断断续续"
    NOT_KEPT = "not_kept", "没做"


class MediaState(models.TextChoices):
    WAITING = "waiting", "处理中"
    READY = "ready", "可以看"
    REFUSED = "refused", "没有收下"
    REMOVED = "removed", "已删除"


M = MediaState
MEDIA_MOVES = {
    "keep": ({M.WAITING}, M.READY),
    "refuse": ({M.WAITING}, M.REFUSED),
    "remove": ({M.WAITING, M.READY, M.REFUSED}, M.REMOVED),
}
