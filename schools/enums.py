from django.db import models


class System(models.IntegerChoices):
    """五四: primary 1–5, junior 6–9. 六三: primary 1–6, junior 7–9."""

    FIVE_FOUR = 54, "五四学制"
    SIX_THREE = 63, "六三学制"


class SchoolKind(models.TextChoices):
    """Units of a notice are not only schools (S2): the first value is the code's category where fixed."""

    KINDERGARTEN = "kindergarten", "幼儿园"
    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中"
    NINE_YEAR = "nine_year", "九年一贯制"
    FULL_SECONDARY = "full_secondary", "完中"
    SENIOR = "senior", "高中"
    VOCATIONAL = "vocational", "中职"
    REFORM = "reform", "工读"
    SPECIAL = "special", "特教"


class Stage(models.TextChoices):
    KINDERGARTEN = "kindergarten", "幼儿园"
    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中"
    SENIOR = "senior", "高中"


class Ownership(models.TextChoices):
    PUBLIC = "public", "公办"
    PRIVATE = "private", "民办"


class Role(models.TextChoices):
    TEACHER = "teacher", "教师"
    CLASS_HEAD = "class_head", "班主任"
    PSYCH_TEACHER = "psych_teacher", "心理教师"
    SCHOOL_LEADER = "school_leader", "学校负责人"
    SCHOOL_ADMIN = "school_admin", "学校管理员"
    REVIEWER = "reviewer", "评审"
    DISTRICT_ADMIN = "district_admin", "区级管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDITOR = "auditor", "审计管理员"
    INSPECTOR = "inspector", "回访员"


CLASS_ROLES = (Role.CLASS_HEAD,)
SCHOOL_ROLES = (Role.TEACHER, Role.PSYCH_TEACHER, Role.SCHOOL_LEADER, Role.SCHOOL_ADMIN)
AUTHORITY_ROLES = (Role.REVIEWER, Role.DISTRICT_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR, Role.INSPECTOR)
# Nobody holds two of these three (security.md §2): 系统管理员, 安全管理员, 审计管理员.
SEPARATED_ROLES = (Role.DISTRICT_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)


class Gender(models.TextChoices):
    """GB/T 2261.1"""

    UNKNOWN = "0", "未知"
    MALE = "1", "男"
    FEMALE = "2", "女"
    UNSTATED = "9", "未说明"


class Politics(models.TextChoices):
    """GB/T 4762; P is common in rosters and has no code there."""

    CPC = "01", "中共党员"
    CPC_PROBATIONARY = "02", "中共预备党员"
    LEAGUE = "03", "共青团员"
    RCCK = "04", "民革党员"
    CDL = "05", "民盟盟员"
    CNDCA = "06", "民建会员"
    CAPD = "07", "民进会员"
    CPWDP = "08", "农工党党员"
    ZGP = "09", "致公党党员"
    JIUSAN = "10", "九三学社社员"
    TAIMENG = "11", "台盟盟员"
    NON_PARTY = "12", "无党派人士"
    MASSES = "13", "群众"
    PIONEER = "P", "少先队员"


class Position(models.TextChoices):
    """职务: what somebody does. 职称 (Title) is another field."""

    PRINCIPAL = "principal", "校长"
    SECRETARY = "secretary", "书记"
    VICE_PRINCIPAL = "vice_principal", "副校长"
    MIDDLE_MANAGER = "middle_manager", "中层"
    GRADE_LEADER = "grade_leader", "年级组长"
    CLASS_HEAD = "class_head", "班主任"
    SUBJECT_TEACHER = "subject_teacher", "任课教师"
    PSYCH_TEACHER = "psych_teacher", "心理教师"


class Title(models.TextChoices):
    SENIOR_FULL = "senior_full", "正高级"
    SENIOR = "senior", "高级"
    FIRST = "first", "一级"
    SECOND = "second", "二级"
    THIRD = "third", "三级"
