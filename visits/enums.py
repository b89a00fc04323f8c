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
    "submit": ({V.PLANNED, V.DONE, V.RECORDED}, V.RECORDED),  # recorded again: a returned record is corrected
    "return": ({V.RECORDED}, V.RECORDED),  # stays counted, with an open return mark
    "accept": ({V.RECORDED}, V.LOCKED),
    "decline": ({V.PLANNED}, V.DECLINED),
    "void": ({V.DONE, V.RECORDED, V.LOCKED}, V.VOIDED),
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
