"""The rows a roster could not import, as a workbook to repair and upload again; and the empty template."""

from core.sheets import Column, write_table
from students.roster import values
from students.roster.lines import NEVER_READ
from students.roster.problems import LABELS, ROW

RELATIONS = {"father": "父亲", "mother": "母亲"}
TEMPLATE = [
    ("class", "六（1）班"), ("name", "张三"), ("gender", "男"), ("birth", "2011-05-21"), ("national_no", "G990101201105210017"),
    ("class_serial", "1"), ("g1_name", "张大明"), ("g1_relation", "父亲"), ("g1_phone", "19900000000"), ("g2_name", ""),
    ("g2_relation", ""), ("g2_phone", ""), ("address", "示例区示例路1号"), ("left_behind", "否"), ("orphan", "否"),
    ("aid_needed", "否"), ("disability", "无"), ("remark", ""),
]  # fmt: skip
WIDTHS = {"national_no": 22, "aux_no": 22, "address": 28, "birth": 12, "g1_phone": 14, "g2_phone": 14, "phone": 14}


def write_held(path, plan, numbers):
    """Lines with these row numbers: what was read of them, and what to repair. No ID numbers: they are never read."""
    header = plan.header
    fields = [name for name in header.columns.values() if name not in NEVER_READ]
    if not {"class", "grade"} & set(fields):
        fields.insert(0, "class")  # it stood in the title or above the rows
    for n in header.relations:
        if f"g{n}_relation" not in fields:
            fields.append(f"g{n}_relation")
    chosen = [line for line in plan.lines.pupils if line.number in numbers]
    columns = [Column("原行号", 7), Column("问题", 36), *(Column(LABELS[name], WIDTHS.get(name, 11)) for name in fields)]
    systems = {school.pk: school.system for school in plan.schools}
    rows = [[str(line.number), _words(line), *(_cell(plan, line, name, systems) for name in fields)] for line in chosen]
    return write_table(path, title="没有导入的学生：改好后，把这份表再传一次", columns=columns, rows=rows, sheet="没有导入的学生")


def _words(line):
    return "；".join(p.message.rstrip("。") for p in line.problems if p.level == ROW)


def _cell(plan, line, name, systems):
    if any(p.field == name and p.kind == "number_precision_lost" for p in line.problems):
        return ""  # the last digits are gone: to be typed again
    if name in line.cells:
        cell = line.cells[name]
        return cell.strip() if isinstance(cell, str) else values.text(cell)
    if name == "class" and line.place and "grade" not in line.cells:
        return line.place.label(plan.year, systems[line.place.school_id])
    if name.endswith("_relation") and f"{name[:2]}_name" in line.cells:
        return RELATIONS.get(plan.header.relations.get(int(name[1])), "")
    return ""


def write_template(path):
    columns = [Column(LABELS[name], WIDTHS.get(name, 11)) for name, _ in TEMPLATE]
    example = [value if name != "name" else f"（示例）{value}" for name, value in TEMPLATE]
    return write_table(
        path, title="学生名册", columns=columns, rows=[example], sheet="学生名册",
        subtitle="前四列最要紧；没有学籍号时请填出生日期。不要填身份证号。示例行可以留着，不会导入。",
    )  # fmt: skip
