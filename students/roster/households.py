"""Households: pupils who share a guardian of the same name and the same telephone, across the authority's schools.

The same telephone alone joins nobody: it may be an after-school centre's.
"""

from collections import defaultdict
from dataclasses import dataclass

from core.fields import blind_index
from students.models import Guardian

CHUNK = 2000


@dataclass(frozen=True)
class Join:
    """A household that will hold these new pupils (line numbers) and these known ones (ids).

    households: those some of them are in already; the first keeps its row and takes all members.
    """

    lines: tuple
    students: tuple
    households: tuple


def find_joins(entries, authority_ids):
    """Households of two or more pupils that were not the same before. Reads only what new telephones touch."""
    groups, by_key = Groups(), defaultdict(list)
    for entry in entries:
        node = _node(entry)
        if entry.student is not None:
            groups.add(node, entry.student.household_id)
        for key in _new_keys(entry):
            by_key[key].append(node)
    for key, student_id, household_id in _known(by_key, authority_ids):
        node = ("student", student_id)
        groups.add(node, household_id)
        by_key[key].append(node)
    for nodes in by_key.values():
        for node in nodes[1:]:
            groups.unite(nodes[0], node)
    return [join for members in groups.all() if (join := _join(members))]


def _node(entry):
    return ("student", entry.student.pk) if entry.student else ("line", entry.line.number)


def _new_keys(entry):
    """(name, phone index) of guardians this line adds or changes."""
    people = list(entry.new_guardians)
    people += [
        {"name": changed.get("name", known.name), "phone": changed.get("phone", known.phone)}
        for known, changed in entry.changed_guardians
        if {"name", "phone"} & changed.keys()
    ]
    return {
        (person["name"], blind_index(person["phone"], "phone"))
        for person in people
        if person.get("name") and person.get("phone")
    }


def _known(by_key, authority_ids):
    """(key, student id, household id) of guardians in the database with one of the keys."""
    phones = sorted({phone for _, phone in by_key})
    found = []
    for start in range(0, len(phones), CHUNK):
        rows = Guardian.objects.filter(
            phone_index__in=phones[start : start + CHUNK], student__authority__in=set(authority_ids)
        ).values_list("name", "phone_index", "student_id", "student__household_id")
        found += [((name, phone), student, household) for name, phone, student, household in rows]
    return [row for row in found if row[0] in by_key]


def _join(members):
    lines = tuple(sorted(pk for kind, pk in members if kind == "line"))
    students = tuple(sorted(pk for kind, pk in members if kind == "student"))
    households = tuple(sorted(pk for kind, pk in members if kind == "household"))
    return Join(lines, students, households) if len(lines) + len(students) > 1 else None


class Groups:
    """Union-find over pupils and the households they are in already."""

    def __init__(self):
        self.parent, self.household_of = {}, {}

    def add(self, node, household_id):
        self.find(node)
        self.household_of[node] = household_id
        if household_id:
            self.unite(node, ("household", household_id))

    def find(self, node):
        self.parent.setdefault(node, node)
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def unite(self, one, other):
        self.parent[self.find(other)] = self.find(one)

    def all(self):
        """Groups with somebody in them who is not in their one household yet."""
        groups = defaultdict(set)
        for node in self.parent:
            groups[self.find(node)].add(node)
        for members in groups.values():
            homes = {node[1] for node in members if node[0] == "household"}
            people = [node for node in members if node[0] != "household"]
            if len(homes) != 1 or any(self.household_of.get(node) not in homes for node in people):
                yield members
