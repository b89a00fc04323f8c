from django.db import models


class WorkKind(models.TextChoices):
    """What a notice may ask for. Its name, prompts, levels and quota are the programme's data (rules.works)."""

    STORY = "story", "感人故事"
    ESSAY = "essay", "家访征文"
    DIARY = "diary", "家访日记"
    SURVEY = "survey", "家访调查报告"
    CASE = "case", "典型案例"
    DEEDS = "deeds", "先进事迹"


class WorkState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已交学校"
    APPROVED = "approved", "学校已推荐"
    FILED = "filed", "已报区"
    ACCEPTED = "accepted", "区已收下"
    SHORTLISTED = "shortlisted", "入围"
    AWARDED = "awarded", "已表彰"
    PUBLISHED = "published", "已展示"
    RETURNED = "returned", "退回修改"
    WITHDRAWN = "withdrawn", "已撤回"


class Level(models.TextChoices):
    SCHOOL = "school", "学校"
    DISTRICT = "district", "区"


class Side(models.TextChoices):
    """From where a state is read: each has its own word for it."""

    AUTHOR = "author", "作者"
    SCHOOL = "school", "学校"
    DISTRICT = "district", "区"


W = WorkState
WORK_MOVES = {
    "submit": ({W.DRAFT, W.RETURNED}, W.SUBMITTED),
    "withdraw": ({W.DRAFT, W.SUBMITTED, W.APPROVED, W.RETURNED}, W.WITHDRAWN),
    "reopen": ({W.WITHDRAWN}, W.DRAFT),
    "return_to_author": ({W.SUBMITTED, W.APPROVED}, W.RETURNED),
    "approve": ({W.SUBMITTED}, W.APPROVED),
    "file": ({W.APPROVED}, W.FILED),
    "recall": ({W.FILED}, W.APPROVED),  # the school takes it back before the district has decided
    "return_to_school": ({W.FILED, W.ACCEPTED, W.SHORTLISTED}, W.RETURNED),
    "accept": ({W.FILED}, W.ACCEPTED),
    "shortlist": ({W.FILED, W.ACCEPTED}, W.SHORTLISTED),  # 推荐
    "award": ({W.ACCEPTED, W.SHORTLISTED}, W.AWARDED),
    "publish": ({W.AWARDED}, W.PUBLISHED),
    "take_down": ({W.PUBLISHED}, W.AWARDED),
}
# On to the office above, where the notice's levels say so: a mark beside the state, which stays.
SENDABLE_STATES = (W.SHORTLISTED, W.AWARDED, W.PUBLISHED)
UPPER_MOVES = {verb: (set(SENDABLE_STATES), None) for verb in ("send_up", "take_back_up", "upper_award", "upper_clear")}
EDITABLE_STATES = (W.DRAFT, W.RETURNED)
AT_SCHOOL_STATES = (W.SUBMITTED, W.APPROVED)
AT_DISTRICT_STATES = (W.FILED, W.ACCEPTED, W.SHORTLISTED, W.AWARDED, W.PUBLISHED)
STANDING_STATES = (*AT_SCHOOL_STATES, *AT_DISTRICT_STATES)  # handed in, and not sent back
RECOMMENDED_STATES = (W.APPROVED, *AT_DISTRICT_STATES)

# The same state in the words of each side; what is not here is the state's own label.
SIDE_LABELS = {
    W.SUBMITTED: {Side.AUTHOR: "等学校审", Side.SCHOOL: "待审", Side.DISTRICT: "学校未报"},
    W.APPROVED: {Side.AUTHOR: "学校已推荐", Side.SCHOOL: "待报区", Side.DISTRICT: "学校未报"},
    W.FILED: {Side.AUTHOR: "已报区里", Side.SCHOOL: "已报区，等结果", Side.DISTRICT: "待审"},
    W.ACCEPTED: {Side.AUTHOR: "区里收下了", Side.SCHOOL: "区里收下了", Side.DISTRICT: "已通过"},
    W.SHORTLISTED: {Side.AUTHOR: "入围", Side.SCHOOL: "入围", Side.DISTRICT: "已推荐"},
    W.RETURNED: {Side.AUTHOR: "退回，待修改", Side.SCHOOL: "退回，等作者改", Side.DISTRICT: "已退回学校"},
}


def side_label(state, side):
    return SIDE_LABELS.get(state, {}).get(side) or WorkState(state).label


class RoundState(models.TextChoices):
    DRAFT = "draft", "准备中"
    OPEN = "open", "评分中"
    CLOSED = "closed", "已结束"


R = RoundState
ROUND_MOVES = {
    "open": ({R.DRAFT}, R.OPEN),
    "close": ({R.OPEN}, R.CLOSED),
    "reopen": ({R.CLOSED}, R.OPEN),  # only while no award of it is given
}


class SheetState(models.TextChoices):
    DEALT = "dealt", "待评"
    SCORED = "scored", "已评"
    RECUSED = "recused", "回避"


class HighlightKind(models.TextChoices):
    """找亮点、树典型、创特色 (S43)"""

    BRIGHT = "bright", "亮点"
    TYPICAL = "typical", "典型"
    SPECIAL = "special", "特色"


class PraisedBy(models.TextChoices):
    PARENT = "parent", "家长"
    STUDENT = "student", "孩子"
