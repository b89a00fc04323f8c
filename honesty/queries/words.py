"""What a hint says, made of its numbers: no name, no text of a record."""

from collections import defaultdict
from datetime import date

from core import formats
from honesty.enums import HintKind
from honesty.models import HintVisit
from schools.models import SchoolClass
from visits.models import Visit

TENTHS = "零一二三四五六七八九"


def sentence(hint):
    """“9月13日一天走访了11家，最短间隔4分钟”. Reads hint.programme."""
    return SENTENCES[hint.kind](hint)


def _bunched(hint):
    facts, hints = hint.facts, hint.programme.rules.hints
    parts = [f"{formats.day(date.fromisoformat(hint.key))}一天走访了{facts['visits']}家"]
    if facts["gap"] == 0:
        parts.append("有两家的时间连着或重叠")
    elif facts["gap"] is not None:
        parts.append(f"最短间隔{facts['gap']}分钟")
    if facts["short"] >= hints.short_visits:
        parts.append(f"其中{facts['short']}家停留不到{hints.shorter_than_minutes}分钟")
    return "，".join(parts)


def _alike(hint):
    facts = hint.facts
    words = f"{facts['records']}份“{field_label(hint.programme, facts['field'])}”{alike_words(facts['percent'])}"
    others = facts["all"] - facts["records"]
    return f"{words}，和别的老师的{others}份也是" if others > 0 else words


def _photo(hint):
    return f"同一张照片出现在{hint.facts['pupils']}个学生的记录里"


SENTENCES = {HintKind.BUNCHED: _bunched, HintKind.ALIKE: _alike, HintKind.PHOTO: _photo}


def alike_words(percent):
    """有九成相同: whole tenths, rounded down, so that it never says more than it is."""
    return "完全相同" if percent >= 100 else f"有{TENTHS[percent // 10]}成相同"


def field_label(programme, code):
    """The notice's own word for a text of the record."""
    asked = {field.code: field.label for field in programme.rules.record.fields}
    return asked.get(code) or Visit._meta.get_field(code).verbose_name


def class_labels(hints):
    """{hint id: “三（4）班”} of those whose pupils were all of one class. Two queries for a page of hints."""
    years = {hint.pk: hint.programme.school_year for hint in hints}
    rows = HintVisit.objects.filter(hint__in=years).order_by()
    found = defaultdict(set)
    for hint_id, class_id in rows.values_list("hint_id", "visit__visit_students__school_class_id").distinct():
        found[hint_id].add(class_id)
    of_one = {hint_id: class_id for hint_id, (class_id, *more) in found.items() if class_id and not more}
    classes = SchoolClass.objects.select_related("school").in_bulk(of_one.values())
    return {hint_id: classes[class_id].label(years[hint_id]) for hint_id, class_id in of_one.items()}
