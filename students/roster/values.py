"""What one cell means. Each reader takes a cell of reader.Sheet and returns a value, None for an empty cell, or
raises Bad(kind). Nothing is derived from a number: no birthday, no sex (domain.md §2)."""

import re
import unicodedata
from datetime import date, timedelta

from students.enums import Relation

EMPTY = {"", "无", "暂无", "没有", "空", "/", "-", "—", "——", "待补", "办理中"}
INVISIBLE = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
DRESS = re.compile(r'^="(.*)"$')  # what keeps Excel from turning a number into a float
DOTS = re.compile("[•・･‧．∙⋅●]")
HAN = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U000323af"
BETWEEN_HAN = re.compile(f"(?<=[{HAN}·])[ \u3000]+(?=[{HAN}·])")
DOT_BETWEEN_HAN = re.compile(f"(?<=[{HAN}])\\.(?=[{HAN}])")
SUSPECT = re.compile("[?？□■◇◆�*＊()（）\\[\\]【】〔〕<>《》0-9０-９\ue000-\uf8ff]")
NATIONAL_NO = re.compile(r"[GJL]\d{17}[\dX]")
SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+")
LONGEST_EXACT = 10**15  # Excel keeps fifteen digits
SERIALS = range(20_000, 60_000)  # days since 1899-12-30: 1954 to 2064
YEARS = range(1900, 2100)


class Bad(Exception):
    """The cell can't be used; args[0] is the problem's kind."""


def text(cell):
    """Trimmed text of any cell: half width, no control characters, whole numbers without “.0”."""
    if isinstance(cell, list):
        return cell[0]
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    plain = INVISIBLE.sub("", unicodedata.normalize("NFKC", str(cell))).strip()
    if dressed := DRESS.match(plain):
        plain = dressed[1].strip()
    return plain.removeprefix("'")


def filled(cell):
    """The text, or None for an empty cell and for words that stand for one."""
    plain = text(cell)
    return None if plain in EMPTY else plain


# ── who ──


def person(cell):
    """A name: no spaces between Chinese characters, one sort of dot. Raises name_too_long."""
    plain = filled(DOTS.sub("·", cell) if isinstance(cell, str) else cell)
    if plain is None:
        return None
    plain = BETWEEN_HAN.sub("", DOT_BETWEEN_HAN.sub("·", DOTS.sub("·", plain)))
    plain = re.sub(r"\s+", " ", re.sub(r"\s*·\s*", "·", plain))
    if len(plain) > 50:
        raise Bad("name_too_long")
    return plain


def is_suspect(name):
    """Marks that stand where a character was lost, remarks inside the name: for a human to look at."""
    return bool(SUSPECT.search(name))


RELATION_WORDS = (  # the first that fits: 外祖父 before 祖父 before 父
    (Relation.MATERNAL_GRANDPARENT, ("外", "姥")),
    (Relation.PATERNAL_GRANDPARENT, ("祖", "爷", "奶")),
    (Relation.FATHER, ("父", "爸")),
    (Relation.MOTHER, ("母", "妈")),
    (Relation.SIBLING, ("兄", "姐", "哥", "弟", "妹")),
)
UNCLES = ("伯", "叔", "舅", "姑", "姨")


def relation(cell):
    plain = filled(cell)
    if plain is None:
        return None
    plain = _after_code(plain)
    if plain.isdigit():
        raise Bad("unknown_code")
    if plain[0] not in UNCLES:
        for value, words in RELATION_WORDS:
            if any(word in plain for word in words):
                return value.value
    return Relation.OTHER.value


def phone(cell):
    """Digits of a mobile or a land line."""
    plain = filled(cell)
    if plain is None:
        return None
    digits = re.sub(r"[\s\-–—()]", "", plain).removeprefix("+86")
    if digits.startswith("86") and len(digits) == 13:
        digits = digits[2:]
    if re.fullmatch(r"1\d{10}|0\d{9,11}|[2-9]\d{6,7}", digits):
        return digits
    raise Bad("bad_phone")


# ── numbers ──


def _long_number(cell):
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= LONGEST_EXACT:
        raise Bad("number_precision_lost")
    plain = filled(cell)
    if plain is None:
        return None
    plain = re.sub(r"\s", "", plain).upper()
    if SCIENTIFIC.fullmatch(plain):
        raise Bad("number_precision_lost")
    return plain


def national_no(cell):
    plain = _long_number(cell)
    if plain is not None and not NATIONAL_NO.fullmatch(plain):
        raise Bad("bad_national_no")
    return plain


def aux_no(cell):
    plain = _long_number(cell)
    if plain is not None and len(plain) > 20:
        raise Bad("too_long")
    return plain


def serial(cell):
    """班内学号: 01 and 1 are the same."""
    plain = filled(cell)
    return plain and (plain.lstrip("0") or "0")


# ── dates ──


def birth(cell):
    day = _date(cell)
    if day == "month":
        raise Bad("incomplete_date")
    return day


def enrolled(cell):
    """入学年月 as 202209"""
    plain = filled(cell)
    if plain is None:
        return None
    if isinstance(cell, float) and not cell.is_integer():  # 2021.1 may be January or October
        raise Bad("bad_date")
    if found := re.fullmatch(r"(\d{4})(?:[-/.年])?(\d{1,2})月?", plain):
        year, month = int(found[1]), int(found[2])
        if year in YEARS and 1 <= month <= 12:
            return f"{year}{month:02d}"
    return f"{_date(cell):%Y%m}"


def _date(cell):
    """A day, or "month" where only year and month are told. Year first, nothing else; raises bad_date."""
    if isinstance(cell, list):
        return date.fromisoformat(cell[0])
    plain = filled(cell)
    if plain is None:
        return None
    if isinstance(cell, float) and not cell.is_integer() and int(cell) in YEARS:
        return "month"
    plain = re.sub(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$", "", plain)
    if re.fullmatch(r"\d{5}(\.\d+)?", plain) and int(float(plain)) in SERIALS:
        return date(1899, 12, 30) + timedelta(days=int(float(plain)))
    found = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", plain) or re.fullmatch(
        r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?", plain
    )
    if found and int(found[1]) in YEARS:
        try:
            return date(*map(int, found.groups()))
        except ValueError as error:
            raise Bad("bad_date") from error
    found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})月?", plain)
    if found and int(found[1]) in YEARS and 1 <= int(found[2]) <= 12:
        return "month"
    raise Bad("bad_date")


def age(born, on):
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


# ── codes ──

ETHNICITIES = dict(
    enumerate(
        "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
        "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 "
        "塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺".split(),
        start=1,
    )
)
TABLES = {
    "gender": {"1": "男 男性 男生", "2": "女 女性 女生", "0": "未知", "9": "未说明"},
    "ethnicity": {f"{n:02d}": f"{name} {name}族" for n, name in ETHNICITIES.items()},
    "politics": {
        "01": "中共党员 党员", "02": "中共预备党员 预备党员", "03": "共青团员 团员", "04": "民革党员 民革", "05": "民盟盟员 民盟",
        "06": "民建会员 民建", "07": "民进会员 民进", "08": "农工党党员 农工党", "09": "致公党党员 致公党",
        "10": "九三学社社员 九三学社", "11": "台盟盟员 台盟", "12": "无党派人士 无党派", "13": "群众", "P": "少先队员 队员",
    },
    "health": {
        "10": "健康或良好 健康 良好", "20": "一般或较弱 一般 较弱", "30": "有慢性病 慢性病", "40": "有生理缺陷 生理缺陷",
        "50": "残疾",
    },
    "boarding": {"1": "走读 走读生", "2": "住校 住宿 寄宿 住校生", "3": "借宿", "9": "其他"},
    "left_behind": {
        "0": "否 非留守儿童 非留守 不是", "1": "是 单亲留守儿童 单亲留守 留守 留守儿童", "2": "双亲留守儿童 双亲留守",
    },
}  # fmt: skip
TABLES["ethnicity"]["36"] += " 毛难 毛难族"
TABLES["ethnicity"]["46"] += " 崩龙 崩龙族"
CODE_OF = {
    name: {word: code for code, words in table.items() for word in words.split()} for name, table in TABLES.items()
}
DISABILITIES = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重", "其他")


def _after_code(plain):
    """“1-父亲” → 父亲"""
    return re.sub(r"^[0-9A-Z]{1,3}[-—]", "", plain)


def coded(name, cell):
    """A code of one of the TABLES from `代码-名称`, the name or the code. Raises unknown_code/unknown_gender."""
    plain = filled(cell)
    if plain is None:
        return None
    unknown = Bad("unknown_gender" if name == "gender" else "unknown_code")
    table, code_of = TABLES[name], CODE_OF[name]
    head, dash, tail = plain.partition("-")
    width = max(map(len, table))
    if dash and head.isalnum() and tail:
        code = head.zfill(width) if head.isdigit() else head
        if code in table and code_of.get(tail, code) == code and tail in code_of:
            return code
        raise unknown
    if plain in code_of:
        return code_of[plain]
    code = plain.zfill(width) if plain.isdigit() and plain not in table else plain
    if code in table:
        return code
    raise unknown


def yes_no(cell):
    """是/否, 1/0, `1-是`, √; “0-非随班就读” by its code."""
    plain = filled(cell)
    if plain is None:
        return None
    if found := re.match(r"([01])(-|$)", plain):
        return found[1] == "1"
    if plain in ("是", "有", "√", "✓", "Y", "y"):
        return True
    if plain in ("否", "不是", "×", "N", "n") or plain.startswith("非"):
        return False
    raise Bad("unknown_code")


def disability(cell):
    """无, or the kind without the word 残疾. “无” is a fact here, not an empty cell."""
    plain = _after_code(text(cell)).removesuffix("残疾")
    if plain in ("无", "0", "没有"):
        return "无"
    if plain in EMPTY:
        return None
    if plain in DISABILITIES:
        return plain
    raise Bad("unknown_code")


def free(limit):
    def read(cell):
        plain = filled(cell)
        if plain is not None and len(plain) > limit:
            raise Bad("too_long")
        return plain

    return read
