"""What can be wrong with a roster. `field` repairs itself by leaving the field, `row` holds the row back,
`file` imports nothing. Messages name the repair and never the value: it may be somebody's number."""

from dataclasses import dataclass

FIELD, ROW, FILE = "field", "row", "file"

KINDS = {
    "empty_file": (FILE, "文件是空的。请选有学生的那一份。"),
    "no_header": (FILE, "没有找到表头，请保留“姓名、班级”等列名。"),
    "no_rows": (FILE, "只有表头，没有学生。"),
    "missing_column": (FILE, "缺少必需的列：{label}。"),
    "encrypted_file": (FILE, "文件有密码，请另存为无密码的文件。"),
    "unreadable_file": (FILE, "文件已损坏，打不开。请重新导出或另存为 .xlsx。"),
    "unsupported_format": (FILE, "不是可识别的表格，请另存为 .xlsx。"),
    "too_large": (FILE, "表太大了：最多10MB、20,000名学生、90列。请分年级导入。"),
    "missing_name": (ROW, "缺少姓名，请补上。"),
    "name_too_long": (ROW, "姓名超过50个字，请核对。"),
    "missing_class": (ROW, "缺少班级，请补上，如“六（1）班”。"),
    "unknown_class": (ROW, "看不懂的班级，或本校没有这个年级。请写成“六（1）班”这样。"),
    "bad_national_no": (ROW, "学籍号应为 G、L 或 J 加18位，请核对位数和字母。"),
    "number_precision_lost": (ROW, "长号码被 Excel 变成了数字，末几位已丢失。请把这一列改为文本后重填。"),
    "duplicate_in_file": (ROW, "同一号码在文件中出现多次，请核对是谁的。"),
    "ambiguous_match": (ROW, "同班同名，缺少学籍号或出生日期，无法判断是谁。请补上其中一项。"),
    "id_conflict": (ROW, "同班同名同生日，但学籍号与已有的不同，请核对学籍号。"),
    "wrong_school": (ROW, "不是本校的学生，请核对学校代码或名称。"),
    "unknown_school": (ROW, "没有这所学校，请核对学校代码或名称。"),
    "suspect_name": (FIELD, "姓名里有问号、数字、括号或缺字，请核对（已照原样导入）。"),
    "bad_date": (FIELD, "不是日期，请写成 2011-05-21。"),
    "incomplete_date": (FIELD, "出生日期缺少“日”，请写成 2011-05-21。"),
    "implausible_date": (FIELD, "出生日期不合常理，请核对年份。"),
    "unknown_gender": (FIELD, "看不懂的性别，请写“男”或“女”。"),
    "unknown_code": (FIELD, "看不懂的代码：{label}。"),
    "bad_phone": (FIELD, "电话号码不对，应为11位手机号或带区号的座机。"),
    "too_long": (FIELD, "{label}太长了，这一项没有导入。"),
}

LABELS = {
    "school_code": "学校标识码",
    "school_name": "学校名称",
    "name": "姓名",
    "former_name": "曾用名",
    "gender": "性别",
    "birth": "出生日期",
    "national_no": "全国学籍号",
    "aux_no": "学籍副号",
    "class_serial": "班内学号",
    "student_no": "校内学号",
    "grade": "年级",
    "class": "班级",
    "enrolled": "入学年月",
    "ethnicity": "民族",
    "politics": "政治面貌",
    "health": "健康状况",
    "id_type": "证件类型",
    "id_no": "证件号码",
    "address": "现住址",
    "hukou": "户口所在地",
    "phone": "联系电话",
    "boarding": "就读方式",
    "left_behind": "是否留守儿童",
    "migrant": "是否随迁子女",
    "orphan": "是否孤儿",
    "martyr": "是否烈士或优抚子女",
    "aid_needed": "是否需要申请资助",
    "disability": "残疾类型",
    "inclusion": "随班就读",
    "remark": "备注",
}
for _n in (1, 2):
    LABELS |= {
        f"g{_n}_name": f"监护人{_n}姓名",
        f"g{_n}_relation": f"监护人{_n}关系",
        f"g{_n}_phone": f"监护人{_n}联系电话",
        f"g{_n}_is_guardian": f"监护人{_n}是否监护人",
        f"g{_n}_workplace": f"监护人{_n}工作单位",
    }


@dataclass(frozen=True)
class Problem:
    """row counts as Excel shows it; None speaks of the whole file."""

    row: int | None
    field: str | None
    kind: str
    message: str
    sheet: str = ""

    @property
    def level(self):
        return KINDS[self.kind][0]


def problem(kind, *, row=None, field=None, sheet="", message=""):
    text = message or KINDS[kind][1].format(label=LABELS.get(field, field))
    return Problem(row=row, field=field, kind=kind, message=text, sheet=sheet)


class Refused(Exception):
    """Nothing of this file is imported; `problem` says why, in one sentence for the user."""

    def __init__(self, kind, message="", field=None):
        self.problem = problem(kind, field=field, message=message)
        super().__init__(self.problem.message)
