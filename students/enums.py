from django.db import models


class Status(models.TextChoices):
    ACTIVE = "active", "在读"
    SUSPENDED = "suspended", "休学"
    LEFT = "left", "转出"
    GRADUATED = "graduated", "毕业"


class Relation(models.TextChoices):
    FATHER = "father", "父"
    MOTHER = "mother", "母"
    PATERNAL_GRANDPARENT = "paternal", "祖父母"
    MATERNAL_GRANDPARENT = "maternal", "外祖父母"
    SIBLING = "sibling", "兄姐"
    OTHER = "other", "其他"


class MarkSource(models.TextChoices):
    CLASS_HEAD = "class_head", "班主任认定"
    ROSTER = "roster", "名册建议"


class ChangeKind(models.TextChoices):
    """思想和学业上有重大变化 (S18); 情感、家庭等变故 (W52)."""

    THOUGHT = "thought", "思想状况"
    STUDY = "study", "学业"
    FAMILY = "family", "家庭"
    EMOTION = "emotion", "情感"
    ECONOMY = "economy", "经济"
    OTHER = "other", "其他"


class RosterFlag(models.TextChoices):
    """What a roster says about a pupil that may suggest a category; which one is the category's own data."""

    LEFT_BEHIND = "left_behind", "留守"
    MIGRANT = "migrant", "随迁子女"
    ORPHAN = "orphan", "孤儿"
    MARTYR = "martyr", "烈士或优抚子女"
    AID_NEEDED = "aid_needed", "需要申请资助"
    DISABILITY = "disability", "残疾"
    INCLUSION = "inclusion", "随班就读"


class RosterScope(models.TextChoices):
    """Whom a roster speaks of: pupils in scope whom it doesn't list have left."""

    CLASSES = "classes", "整班名册"
    SCHOOL = "school", "全校名册"
    LISTED = "listed", "补充名单"


class UploadState(models.TextChoices):
    WAITING = "waiting", "待确认"
    APPLIED = "applied", "已导入"
    CANCELLED = "cancelled", "已取消"
    EXPIRED = "expired", "已过期"


U = UploadState
UPLOAD_MOVES = {
    "apply": ({U.WAITING}, U.APPLIED),
    "cancel": ({U.WAITING}, U.CANCELLED),
    "expire": ({U.WAITING}, U.EXPIRED),
}


class RevealReason(models.TextChoices):
    """Why somebody looks at a number or an address: kept in the log, so it is a code and never free text."""

    VISIT = "visit", "联系家访"
    URGENT = "urgent", "紧急联系"
    AID = "aid", "办理资助"
    ROSTER = "roster", "核对名册"


class AssignmentRole(models.TextChoices):
    LEAD = "lead", "主访"
    OTHER = "other", "同行"


class AssignmentSource(models.TextChoices):
    HEAD = "head", "班主任分配"
    APPOINTMENT = "appointment", "约好同去"


class ConsentPurpose(models.TextChoices):
    """Each purpose needs its own consent (security.md T0)."""

    PHOTO = "photo", "拍照留存"
    PUBLICATION = "publication", "公开展示"


class Aspect(models.TextChoices):
    """学生画像: observed facts, never a score."""

    STRENGTHS = "strengths", "兴趣与长处"
    FAMILY = "family", "家庭与陪伴"
    STUDY = "study", "学业与习惯"
    MIND = "mind", "身心状态"
    PEERS = "peers", "同伴与班级"
    LIFE = "life", "劳动与生活"


class NoteSource(models.TextChoices):
    SCHOOL = "school", "在校观察"
    TALK = "talk", "谈话"
    CALL = "call", "电话"
    VISIT = "visit", "家访"
