from django.db import models


class HintKind(models.TextChoices):
    BUNCHED = "bunched", "突击走访"
    ALIKE = "alike", "文字雷同"
    PHOTO = "photo", "照片重复"


# As the district's table writes them.
SHORT = {HintKind.BUNCHED: "突击", HintKind.ALIKE: "雷同", HintKind.PHOTO: "照片"}


class HintState(models.TextChoices):
    TOLD = "told", "等老师说明"
    ANSWERED = "answered", "老师已说明"
    CONCLUDED = "concluded", "已核实"
    GONE = "gone", "已不存在"


H = HintState
OPEN_STATES = (H.TOLD, H.ANSWERED)
HINT_MOVES = {
    "answer": ({H.TOLD, H.ANSWERED}, H.ANSWERED),
    "conclude": ({H.TOLD, H.ANSWERED}, H.CONCLUDED),
    "reopen_told": ({H.CONCLUDED}, H.TOLD),
    "reopen_answered": ({H.CONCLUDED}, H.ANSWERED),
    "vanish": ({H.TOLD, H.ANSWERED}, H.GONE),  # the records were corrected, nothing is left to tell
    "return": ({H.GONE, H.CONCLUDED}, H.TOLD),  # there again, or clearly more than what was looked into
}


class Reason(models.TextChoices):
    """What a teacher says it is. By the kind of hint only some fit: REASONS."""

    NEIGHBOURS = "neighbours", "住得近，一趟走完"
    GATHERED = "gathered", "约在一处依次谈"
    WRONG_TIME = "time", "时间填错了，会改"
    COMMON = "common", "说的本来是同一件事"
    TEMPLATE = "template", "用了自己的模板，会改"
    TOGETHER = "together", "几家一起拍的合影"
    WRONG_PHOTO = "photo", "照片传错了，会换"
    OTHER = "other", "别的原因"


R = Reason
REASONS = {
    HintKind.BUNCHED: [R.NEIGHBOURS, R.GATHERED, R.WRONG_TIME, R.OTHER],
    HintKind.ALIKE: [R.COMMON, R.TEMPLATE, R.OTHER],
    HintKind.PHOTO: [R.TOGETHER, R.WRONG_PHOTO, R.OTHER],
}


class Finding(models.TextChoices):
    FINE = "fine", "情况属实"
    MENDED = "mended", "记录已改正"
    AGAIN = "again", "需要补访或重写"
