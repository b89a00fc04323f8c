"""The nominee's fields of 附件1: taken from the person and the visit, so that nobody types them; sealed when handed in."""

import json

from core.formats import mask_phone
from schools.enums import Gender, Position, Role
from visits.models import VisitStudent
from visits.queries.board import label_year
from works.enums import EDITABLE_STATES, WorkState
from works.queries.alias import pupil_alias

PERSONAL = ("birth_month", "politics", "phone")  # the nominee's own, the school's and the district's (security.md §2)
LIVE = (*EDITABLE_STATES, WorkState.WITHDRAWN)


def facts_of(work):
    """{name, gender, birth_month, position, politics, phone, target, visited_on}: as sealed at the last submission, or
    for a text still in the author's hands as they are now.

    In words for the form, except birth_month “1991-04” and visited_on “2022-09-18”; "" where nothing is known.
    """
    if work.facts and work.state not in LIVE:
        return json.loads(work.facts)
    return facts_now(work)


def facts_now(work):
    """As they are now. work fetched with author, honoree, visit and programme; two queries more."""
    person = nominee(work)
    return {
        "name": person.name,
        "gender": person.get_gender_display() if person.gender in (Gender.MALE, Gender.FEMALE) else "",
        "birth_month": person.birth_month,
        "position": position_words(person),
        "politics": person.get_politics_display(),
        "phone": person.phone,
        "target": target(work),
        "visited_on": work.visit.visited_on.isoformat() if work.visit and work.visit.visited_on else "",
    }


def seal_facts(work):
    return json.dumps(facts_now(work), ensure_ascii=False)


def nominee(work):
    """Whom the paper is about."""
    return work.honoree or work.author


def sees_personal(user, work):
    """Birth, politics and phone of the nominee: the person, the school's office, the district's administrators."""
    reach = user.reach
    return (
        nominee(work).pk == user.pk
        or work.school_id in reach.whole_schools
        or work.authority_id in reach.authorities
    )


def shown_facts(work, user):
    """facts_of for a page this reader opens: the phone masked, what is not theirs left out."""
    facts = facts_of(work)
    facts["phone"] = mask_phone(facts["phone"]) if facts["phone"] else ""
    return facts if sees_personal(user, work) else facts | dict.fromkeys(PERSONAL, "")


def position_words(person):
    """语文教师、班主任: the 职务 as 附件1 has it, from position, subject and posts."""
    taught = f"{person.subject}教师" if person.subject else ""
    words = []
    if person.position == Position.SUBJECT_TEACHER:
        words = [taught or person.get_position_display()]
    elif person.position == Position.CLASS_HEAD:
        words = [taught, person.get_position_display()]
    elif person.position:
        words = [person.get_position_display()]
    if any(post.role == Role.CLASS_HEAD for post in person.posts_now):
        words.append(Position.CLASS_HEAD.label)
    return "、".join(dict.fromkeys(filter(None, words))) or taught


def target(work):
    """五（3）班 顾同学家庭: class and alias, the children of one home together; "" without a visit."""
    if not work.visit_id:
        return ""
    year, classes = label_year(work.programme), {}
    rows = VisitStudent.objects.filter(visit_id=work.visit_id).select_related("student", "school_class__school")
    for row in rows.order_by("pk"):
        of_school = row.school_class is not None and row.school_id == work.school_id
        label = row.school_class.label(year) if of_school else ""
        classes.setdefault(label, []).append(pupil_alias(row.student.name))
    words = [f"{label} {'、'.join(dict.fromkeys(names))}".strip() for label, names in classes.items()]
    return f"{'，'.join(words)}家庭" if words else ""
