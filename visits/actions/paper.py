"""Printing a visit: what is put on the paper for whom is written down first, the paper carries that line's number."""

from django.db import transaction

from core.access import allowed
from core.audit import record
from core.documents import fields_of, join, render
from core.formats import full_day
from core.pdf import to_pdf
from core.sheets import internal_mark
from programmes.enums import TemplateKind
from programmes.papers import BUILT_IN
from programmes.queries.template import shape_of
from students.actions.reveal import read_contact_assigned, reveal_contact
from students.models.assignment import assigned
from visits.enums import COUNTED_STATES
from visits.papers.context import context, photos_to_print, readable_visits
from visits.queries.file import open_promises, opinions, timeline

PDF = "pdf"
TITLE, FILE_TITLE = TemplateKind.VISIT_RECORD.label, "学生走访档案"


def print_record(visit, *, by, form="docx", full=False, reason="", with_photos=False):
    """The 家访记录表 of one visit (fetched by visits.papers.context.for_paper) as docx or PDF.

    full: telephones and address of the pupils whose contacts this person may read, each look written down.
    Raises PdfUnavailable, and WrongState when too much was looked at today.
    """
    with transaction.atomic():
        clear = contacts(visit, by=by, reason=reason) if full else {}
        photos = photos_to_print(visit, user=by) if with_photos else []
        shape = shape_of(visit.authority_id, TemplateKind.VISIT_RECORD)
        values = context(visit, clear=clear, photos=photos)
        line = record(
            visit, "paper.record", by=by, fields=printed(shape.data, values), form=form, contacts=sorted(clear),
            template=shape.checksum[:12], photos=[photo.pk for photo in photos],
        )  # fmt: skip
    paper = render(shape.data, values, title=TITLE, mark=internal_mark(by, line.at, line.pk))
    return to_pdf(paper) if form == PDF else paper


def printed(template, values):
    """Names of the fields that have something to say on this paper."""
    return sorted(name for name in fields_of(template) if "." not in name and values.get(name))


def contacts(visit, *, by, reason):
    """{student id: what the log now knows this person has seen}, of the pupils whose contacts he may read."""
    pupils = [row.student for row in visit.visit_students.all() if row.school_id == visit.school_id]
    near = set(assigned(by.reach).filter(student__in=pupils).values_list("student_id", flat=True))
    seen = {}
    for pupil in pupils:
        if pupil.pk in near:
            seen[pupil.pk] = read_contact_assigned(pupil, by=by)
        elif allowed(by, "students.reveal_contact", pupil):
            seen[pupil.pk] = reveal_contact(pupil, by=by, reason=reason)
    return seen


def print_pupil_file(student, *, by, form="docx"):
    """One file of a pupil: what happened when, then each record this person may read, contacts masked."""
    with transaction.atomic():
        of_pupil = readable_visits(by).filter(visit_students__student=student, state__in=COUNTED_STATES)
        visits = list(of_pupil.order_by("visited_on", "pk"))
        shape = shape_of(student.authority_id, TemplateKind.VISIT_RECORD)
        line = record(
            student, "paper.pupil_file", by=by, form=form, visits=[visit.pk for visit in visits],
            template=shape.checksum[:12],
        )  # fmt: skip
    mark = internal_mark(by, line.at, line.pk)
    sheet = render(BUILT_IN / "pupil_file.docx", _first_sheet(student, by), title=FILE_TITLE, mark=mark)
    papers = [render(shape.data, context(visit), title=FILE_TITLE, mark=mark) for visit in visits]
    paper = join(sheet, papers, title=FILE_TITLE)
    return to_pdf(paper) if form == PDF else paper


def _first_sheet(student, by):
    return {
        "学校": student.school.name,
        "班级": student.school_class.label() if student.school_class_id else "不在班",
        "学生": student.name,
        "性别": student.get_gender_display() if student.gender != "0" else "",
        "走访": [
            {"日期": full_day(one.on), "方式": one.mode, "教师": one.people, "状态": one.tag[1]}
            for one in timeline(by, student)
        ],
        "家长意见": [
            {"日期": full_day(one.visit.visited_on) if one.visit.visited_on else "", "内容": one.text,
             "类别": one.category, "答复": one.get_answerer_display()}
            for one in opinions(by, student)
        ],
        "约定": [
            {"谁": one.get_who_display(), "内容": one.text, "期限": full_day(one.due_on) if one.due_on else ""}
            for one in open_promises(by, student)
        ],
    }  # fmt: skip
