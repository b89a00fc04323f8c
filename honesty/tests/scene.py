"""Records that are worth a question, as pages show them: a day of calls, copied texts, one photo three times."""

from core.tests import pictures
from honesty.enums import HintKind, HintState
from honesty.models import HintVisit
from honesty.tests.factories import add_call, make_hint
from students.tests.factories import make_student
from visits.tests.photo_place import on_record

NAMES = ("顾嘉树", "江予安", "林一诺", "苏念", "方知行", "何清越", "陆星河", "叶知秋", "程书言", "沈小满", "许明远")
TEXT = "孩子作业拖得晚，晚上没有人陪。约好每晚八点开始写，家长在旁边看二十分钟，两周后再看看效果怎么样。下次家访早一点去。"
OTHER = "孩子作业拖得晚，晚上外婆在家陪。约好每晚八点开始写，家长在旁边看二十分钟，一个月后再看看效果怎么样。下次家访早一点去。"


def pupils(school_class, number=11):
    return [make_student(school_class, name=name) for name in NAMES[:number]]


def day_of_calls(teacher, programme, students, **fields):
    """One after another from half past one on, the third ten minutes too short, the fifth before the fourth is over."""
    starts = ["13:30", "14:04", "14:40", "14:52", "15:10", "15:45", "16:20", "17:00", "17:40", "18:30", "19:20"]
    lengths = [30, 30, 8, 25, 20, 30, 30, 35, 35, 45, 40]
    visits = [
        add_call(programme, student, teacher, f"2022-09-13 {start}", minutes=minutes)
        for student, start, minutes in zip(students, starts, lengths, strict=False)
    ]
    return make_hint(teacher, programme, visits[0].school, kind=HintKind.BUNCHED, visits=visits, **fields)


def copied_texts(teacher, programme, students, **fields):
    texts = [TEXT, TEXT, OTHER, TEXT.replace("两周", "十天"), TEXT, OTHER]
    visits = [
        add_call(programme, student, teacher, f"2022-09-{day:02} 18:30", reflection=text)
        for day, (student, text) in enumerate(zip(students, texts, strict=False), 5)
    ]
    fields = {"facts": {"field": "reflection", "records": len(visits), "all": len(visits) + 2, "percent": 91}, **fields}
    return make_hint(teacher, programme, visits[0].school, kind=HintKind.ALIKE, visits=visits, **fields)


def one_photo(teacher, programme, students, **fields):
    """Files are written: settings.MEDIA_ROOT is the test's own."""
    visits = [
        add_call(programme, student, teacher, f"2022-09-{day:02} 19:00") for day, student in enumerate(students[:3], 14)
    ]
    data = pictures.jpeg(pictures.drawn(400, 300))
    photos = {visit.pk: on_record(visit, data=data) for visit in visits}
    hint = make_hint(teacher, programme, visits[0].school, kind=HintKind.PHOTO, visits=visits, **fields)
    for row in HintVisit.objects.filter(hint=hint):
        row.media = photos[row.visit_id]
        row.save(update_fields=["media"])
    return hint


def all_kinds(teacher, programme, school_class, **fields):
    """[one hint of each kind], answered unless said otherwise."""
    students = pupils(school_class)
    fields = {"state": HintState.ANSWERED, **fields}
    return [make(teacher, programme, students, **fields) for make in (day_of_calls, copied_texts, one_photo)]
