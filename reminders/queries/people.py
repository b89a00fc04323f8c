"""A batch of people with what their posts of today open, so that a line costs the same number of queries for one person
as for five hundred."""

from collections import defaultdict
from dataclasses import dataclass, field

from programmes.rules import VISITING_ROLES
from schools.enums import Role
from schools.models import Post

BATCH = 500
OFFICE = (Role.SCHOOL_LEADER, Role.SCHOOL_ADMIN)


def _sets():
    return defaultdict(set)


@dataclass
class People:
    """{place id: ids of the people} by kind of post, and {person: their schools}. programmes: the open ones of these
    people's authorities, {id: programme}; schools: {school id: authority id}."""

    ids: set
    programmes: dict
    schools: dict
    names: dict  # school id: 晨曦小学
    labels: dict  # class id: 五（3）班
    classes: dict  # class id: school id
    heads: dict  # class id: people
    leaders: dict  # school id: people
    offices: dict  # school id: people
    officers: dict  # authority id: people
    reviewers: dict  # authority id: people
    staff: dict  # person: schools
    visiting: set = field(default_factory=set)  # people whose posts have the visitor's own pages

    def works_at(self, person, school_id):
        """Only what happens at the person's school of today is told: whoever moved hears no more of the old one."""
        return school_id in self.staff.get(person, ())

    def has_several(self, person):
        """Is more than one notice open where this person works?"""
        own = {self.schools[pk] for pk in self.staff.get(person, ())}
        own |= {pk for desk in (self.officers, self.reviewers) for pk, persons in desk.items() if person in persons}
        return sum(one.authority_id in own for one in self.programmes.values()) > 1

    @property
    def authorities(self):
        return set(self.officers) | set(self.reviewers)

    def at(self, programme):
        """Schools of these people under the programme's authority."""
        return [pk for pk, authority in self.schools.items() if authority == programme.authority_id]


def batches(programmes, size=BATCH):
    """Ids of everybody with a post of today where a notice is open, in lists of one part of the district each, so
    that the schools of a list are few. One query."""
    authorities = {one.authority_id for one in programmes}
    posts = _posts_in_use().values_list(
        "user_id", "school_id", "school_class__school_id", "authority_id", "school__authority_id",
        "school_class__school__authority_id",
    )  # fmt: skip
    places = {}
    for person, school, of_class, *above in posts:
        if authorities.intersection(above):
            places[person] = min(places.get(person, (10**9,)), (school or of_class or 0,))
    ids = sorted(places, key=lambda person: (places[person], person))
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def people(ids, programmes):
    """People of these ids. One query, programmes are at hand."""
    found = People(set(ids), {}, {}, {}, {}, {}, _sets(), _sets(), _sets(), _sets(), _sets(), _sets())
    posts = _posts_in_use().filter(user_id__in=ids)
    for post in posts.select_related("school", "school_class__school"):
        _enter(found, post)
    authorities = set(found.schools.values()) | found.authorities
    found.programmes = {one.pk: one for one in programmes if one.authority_id in authorities}
    return found


def _posts_in_use():
    """Of today, of people who may sign in; a school that is no longer in use has nobody to be told."""
    posts = Post.objects.active().filter(user__is_active=True)
    return posts.exclude(school__is_active=False).exclude(school_class__school__is_active=False)


def _enter(found, post):
    school = post.place_school
    if school is not None:
        found.schools[school.pk] = school.authority_id
        found.names[school.pk] = school.short_name
        found.staff[post.user_id].add(school.pk)
    if post.role in VISITING_ROLES:
        found.visiting.add(post.user_id)
    if post.role == Role.CLASS_HEAD:
        found.heads[post.school_class_id].add(post.user_id)
        found.labels[post.school_class_id] = post.school_class.label()
        found.classes[post.school_class_id] = school.pk
    if post.role == Role.SCHOOL_LEADER:
        found.leaders[post.school_id].add(post.user_id)
    if post.role in OFFICE:
        found.offices[post.school_id].add(post.user_id)
    if post.role == Role.DISTRICT_ADMIN:
        found.officers[post.authority_id].add(post.user_id)
    if post.role == Role.REVIEWER:
        found.reviewers[post.authority_id].add(post.user_id)
