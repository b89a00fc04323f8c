"""Plain makers of rows for tests of this room and the rooms above. Names are invented (domain.md §9)."""

from itertools import count

from schools.enums import Role, SchoolKind, Stage, System
from schools.grades import entry_year_for
from schools.models import Authority, Post, School, SchoolClass, User

serial = count(1)


def make_authority(code="binhe", *, system=System.FIVE_FOUR, **fields):
    fields = {"name": f"{code}区教育局", "short_name": f"{code}区", "region_code": "990101", **fields}
    known = Authority.objects.filter(code=code).first()  # get_or_create would ask for two savepoints in every test
    return known or Authority.objects.create(code=code, system=system, **fields)


def make_school(authority=None, *, kind=SchoolKind.PRIMARY, **fields):
    authority = authority or make_authority()
    number = next(serial)
    fields = {
        "code": f"2131{900_000 + number}",  # ten digits however many a run makes: lists go by code
        "name": f"示例第{number}小学",
        "short_name": f"示例{number}小",
        "system": authority.system,
        "town": "晨曦镇",
        **fields,
    }
    return School.objects.create(authority=authority, kind=kind, **fields)


def make_class(school=None, *, grade=5, number=3, school_year=2022, stage=None):
    school = school or make_school()
    stage = stage or (Stage.PRIMARY if school.kind == SchoolKind.PRIMARY else Stage.JUNIOR)
    entry_year = entry_year_for(grade, school_year=school_year, stage=stage, system=school.system)
    place = {"school": school, "stage": stage, "entry_year": entry_year, "number": number}
    return SchoolClass.objects.filter(**place).first() or SchoolClass.objects.create(**place)


def make_user(role=None, *, authority=None, school=None, school_class=None, starts_on="2020-08-01", **fields):
    """A user with one post; the place must fit the role."""
    number = next(serial)
    fields = {"username": f"t{number:05d}", "name": f"示例{number}", **fields}
    user = User.objects.create_user(password="a-long-test-password", **fields)
    if role:
        add_post(user, role, authority=authority, school=school, school_class=school_class, starts_on=starts_on)
    return user


def add_post(user, role, *, starts_on="2020-08-01", **place):
    post = Post.objects.create(user=user, role=role, starts_on=starts_on, **place)
    for name in ("posts_now", "reach", "home_authority_id"):
        user.__dict__.pop(name, None)
    return post


def make_class_head(school_class, **fields):
    return make_user(Role.CLASS_HEAD, school_class=school_class, **fields)


def make_officer(authority, **fields):
    return make_user(Role.DISTRICT_ADMIN, authority=authority, **fields)


def make_leader(school, **fields):
    return make_user(Role.SCHOOL_LEADER, school=school, **fields)
