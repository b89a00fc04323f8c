"""What stands on a 家访记录表: the values of FIELDS for one visit, as far as this person may have them on paper.

Marks, categories and the kind of visit never stand here: a paper lies about. A pupil of another school is named by
the first character and nothing more. Telephone and address are masked unless `clear` brings them.
"""

import io

from django.db.models import Prefetch
from PIL import Image

from core.clock import local_date
from core.documents import Picture
from core.files import open_private
from core.formats import full_day, mask_phone
from core.media.kinds import MediaKind
from programmes.enums import Mode
from students.enums import ConsentPurpose
from students.models import Consent
from students.queries.pupil import mask_address
from visits.actions.checks import mode_label
from visits.enums import MediaState, VisitorRole, VisitState
from visits.forms.record import AT_HOME, STUDENT_AT_HOME
from visits.models import Media, Visit, VisitNote, VisitStudent, VisitVisitor
from visits.papers.fields import PHOTO_MM, TEXT_FIELDS, TEXTS
from visits.queries.board import label_year
from visits.queries.records import duration, shown_name

ON, OFF = "☑", "☐"
GIFT = "没有接受宴请和礼物"
MOST_PHOTOS = 2
PHOTO_PIXELS = 900
PLACES = {Mode.IN_PERSON: "学生家中", Mode.NEARBY: "家附近", Mode.AT_SCHOOL: "学校"}
BLANK = "　　　年　　月　　日"
ON_PAPER = (VisitState.PLANNED, VisitState.DONE, VisitState.RECORDED, VisitState.LOCKED, VisitState.VOIDED)


def for_paper(rows):
    """A queryset of visits with everything a paper prints: a fixed number of queries for any number of visits."""
    return rows.select_related("programme", "school", "lead", "accepted_by").prefetch_related(
        Prefetch("visit_students", VisitStudent.objects.select_related("student", "school_class__school")),
        "visit_students__student__guardians",
        Prefetch("visitors", VisitVisitor.objects.select_related("user")),
        Prefetch("notes", VisitNote.objects.select_related("student")),
        "opinions", "promises", "help_given",
    )  # fmt: skip


def context(visit, *, clear=None, photos=()):
    """{field name: value} of one visit fetched with for_paper.

    clear: {student id: what students.actions.reveal.reveal_contact gave}; photos: Media to print.
    """
    programme = visit.programme
    rules, year = programme.rules, label_year(programme)
    rows = list(visit.visit_students.all())
    own = [row for row in rows if row.school_id == visit.school_id]
    visitors = sorted(visit.visitors.all(), key=lambda v: (v.role != VisitorRole.LEAD, v.pk))
    others = [v.user.name for v in visitors if v.role != VisitorRole.LEAD and v.denied_at is None]
    at_home = ([STUDENT_AT_HOME] if visit.student_present else []) + visit.guardians_met
    day = visit.visited_on or (local_date(visit.planned_at) if visit.planned_at else None)
    labels = {field.code: field.label for field in rules.record.fields}
    texts = {name: getattr(visit, column) for name, column in TEXT_FIELDS.items()}
    return {
        "活动": programme.title,
        "记录状态": _state(visit),
        "学校": visit.school.name,
        "班级": _list(row.school_class.label(year) for row in own if row.school_class),
        "学生": "、".join(shown_name(row.student, visit.school_id) for row in rows),
        "性别": "、".join(row.student.get_gender_display() for row in own if row.student.gender != "0"),
        "日期": full_day(day) if day else "",
        "时间": duration(visit) if visit.started_at else "",
        "方式": mode_label(programme, visit.mode),
        "地点": visit.plan_place or PLACES.get(visit.mode, "–"),
        "家访教师": "、".join([f"{visit.lead.name}（主访）" if others else visit.lead.name, *others]),
        "主访": visit.lead.name,
        "同行": "、".join(others),
        "家庭成员": "、".join(label for code, label in AT_HOME if code in at_home),
        "监护人": _guardians(own, clear or {}),
        "住址": _list(_address(row.student, clear or {}) for row in own),
        "备课": visit.preparation,
        **texts,
        TEXTS: [
            {"标题": label, "内容": getattr(visit, code)}
            for code, label in labels.items()
            if getattr(visit, code) or visit.state in (VisitState.PLANNED, VisitState.DONE)
        ] or [{"标题": name, "内容": text} for name, text in texts.items()],
        "孩子": [
            {"姓名": note.student.name, "优点": note.strengths, "记录": note.text}
            for note in visit.notes.all()
            if note.school_id == visit.school_id == note.student.school_id
        ],
        "观察": [
            {"栏目": one.label, "内容": visit.observations[one.code]}
            for one in rules.record.observations
            if visit.observations.get(one.code)
        ],
        "聊到的内容": [{"栏目": group.label, "内容": _ticks(group.items, visit.checklist)} for group in rules.checklist],
        "家长意见": [
            {"序号": str(i), "类别": one.category, "内容": one.text, "答复": one.get_answerer_display()}
            for i, one in enumerate(visit.opinions.all(), start=1)
        ],
        "约定": [
            {"谁": one.get_who_display(), "内容": one.text, "期限": full_day(one.due_on) if one.due_on else "",
             "结果": one.get_outcome_display()}
            for one in visit.promises.all()
        ],
        "回访": "，".join(filter(None, [full_day(visit.follow_up_on) if visit.follow_up_on else "", visit.follow_up_note])),
        "帮助": [
            {"种类": one.kind, "内容": one.text, "金额": f"{one.amount.normalize():f}元" if one.amount else ""}
            for one in visit.help_given.all()
        ],
        "材料": "、".join(item.label for item in rules.materials if item.code in visit.materials),
        "廉洁": f"{ON if visit.gift_declined else OFF}{GIFT}" if rules.visit.gift_statement else "",
        "照片": [{"图片": picture(one)} for one in photos],
        "记录人": visit.lead.name if visit.recorded_at else "",
        "记录日期": full_day(local_date(visit.recorded_at)) if visit.recorded_at else BLANK,
        "审核人": visit.accepted_by.name if visit.accepted_by_id else "",
        "审核日期": full_day(local_date(visit.locked_at)) if visit.locked_at and visit.accepted_by_id else BLANK,
    }  # fmt: skip


def _list(texts):
    return "、".join(dict.fromkeys(text for text in texts if text))


def _state(visit):
    if visit.state == VisitState.VOIDED:
        return "已作废，不作依据"
    if visit.state in (VisitState.PLANNED, VisitState.DONE):
        return "待填"
    word = "退回待改" if visit.is_returned else "已归档" if visit.state == VisitState.LOCKED else "已提交"
    return f"{word}，第{visit.version}版" if visit.version > 1 else word


def _guardians(rows, clear):
    lines = []
    for row in rows:
        shown = clear.get(row.student_id, {}).get("guardians", {})
        for one in row.student.guardians.all():
            phone = (shown.get(one.pk) or mask_phone(one.phone)) if one.phone else ""
            lines.append(" ".join(filter(None, [one.get_relation_display(), one.name, phone])))
    return "\n".join(dict.fromkeys(lines))  # sisters have one mother


def _address(student, clear):
    return clear[student.pk]["address"] if student.pk in clear else mask_address(student.address)


def _ticks(items, ticked):
    return "　".join(f"{ON if item.code in ticked else OFF}{item.label}" for item in items)


# ── Photos ──


def photos_to_print(visit, *, user):
    """At most two pictures that this person may see, where the notice has photos and each family still agrees."""
    if visit.programme.rules.visit.photos == "off":
        return []
    pupils = {row.student_id for row in visit.visit_students.all()}
    agreed = Consent.objects.filter(student__in=pupils, purpose=ConsentPurpose.PHOTO, withdrawn_at__isnull=True)
    if set(agreed.values_list("student_id", flat=True)) != pupils:
        return []
    rows = Media.objects.visible_to(user).filter(visit=visit, kind=MediaKind.PHOTO, state=MediaState.READY)
    return list(rows[:MOST_PHOTOS])


def picture(media):
    with open_private(media.file) as file, Image.open(file) as image:
        image.thumbnail((PHOTO_PIXELS, PHOTO_PIXELS))
        small = io.BytesIO()
        image.convert("RGB").save(small, "JPEG", quality=80)
    return Picture(small.getvalue(), PHOTO_MM)


def readable_visits(user):
    """Visits whose paper this person may have: those whose text he reads, and that happened or are to happen."""
    return for_paper(Visit.objects.visible_to(user).filter(state__in=ON_PAPER))
