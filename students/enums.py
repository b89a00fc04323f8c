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
