from dataclasses import dataclass

SORTS = ("coverage", "name", "due", "waiting", "declined")
LONGEST = 40


@dataclass(frozen=True)
class DeskFilter:
    """What the desk's table shows, as the address says. A value that makes no sense is as if it were not there."""

    q: str = ""
    kind: str = ""
    town: str = ""
    behind: bool = False
    sort: str = "coverage"  # worst first; "-…" downwards; "c2": waiting in the category of dimension 2

    @classmethod
    def read(cls, query, *, kinds, towns, dimensions):
        sort = query.get("sort", "")
        known = {*SORTS, *(f"c{dimension}" for dimension in dimensions)}
        return cls(
            q=query.get("q", "").replace("\x00", "").strip()[:LONGEST],
            kind=query.get("kind", "") if query.get("kind") in kinds else "",
            town=query.get("town", "") if query.get("town") in towns else "",
            behind=query.get("behind") == "1",
            sort=sort if sort.removeprefix("-") in known else "coverage",
        )

    @property
    def number(self):
        """How many filters are in force, 搜索 left out."""
        return sum(map(bool, (self.kind, self.town, self.behind)))

    @property
    def narrows(self):
        return bool(self.q or self.number)
