"""Which pupils somebody is near to, as one set of ids.

One IN over a UNION, never OR over subqueries: along the first PostgreSQL walks indexes, for the second it reads every
row of the table it filters (a teacher's page over a million visits: milliseconds against a second).
"""

from core.scope import union
from students.models.assignment import assigned
from students.models.mark import mentored, referred
from students.models.student import Student


def near_pupils(reach, *, schools=(), to_visit=True, referrals=True):
    """Ids of the pupils of the user's classes, the mentored, and of whole schools; with to_visit those whose family
    the user is to visit, with referrals those referred to the psychologist."""
    parts = [mentored(reach)]
    if schools:
        parts.append(Student.objects.filter(school_id__in=schools).values("pk"))
    if reach.classes:
        parts.append(Student.objects.filter(school_class_id__in=reach.classes).values("pk"))
    if to_visit and reach.staff_schools:
        parts.append(assigned(reach))
    if referrals and reach.psych_schools:
        parts.append(referred(reach))
    return union(*parts)
