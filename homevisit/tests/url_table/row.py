"""One line of the table: status for each place of homevisit/tests/world.py.

Own class / same school / other school / other authority; one number where all are the same. "rest" is every other
role. Out of scope is 404 like a missing id, a wrong role 403, a form without its fields 422, a wrong state 409.
"""

from dataclasses import dataclass

PLACES = "csox"


@dataclass(frozen=True)
class Row:
    name: str
    method: str
    label: str  # the model whose row stands in the address, "" for none
    cells: dict  # roles → statuses; "rest" for all others
    data: dict | None = None

    def expected(self, role):
        found = [status for roles, status in self.cells.items() if role in roles.split()] or [self.cells["rest"]]
        assert len(found) == 1, f"{self.name} {self.method}: {role} stands in {len(found)} cells"
        statuses = found[0].split("/")
        return statuses * (len(PLACES) // len(statuses)) if self.label else statuses
