from dataclasses import dataclass
from urllib.parse import urlencode

from reports.enums import Handed
from reports.queries.filters import AHEAD, DESK_TABS, FIRST, HINTS, NOBODY_READS

SORTS = ("coverage", "name", "due", "waiting", "declined", "answered")
LONGEST = 40
VISITS = "visits"  # the columns of the visits instead of those of the papers
DEFAULTS = {"sort": "coverage"}  # every other value is empty when nothing is asked


@dataclass(frozen=True)
class DeskFilter:
    """What the desk's table shows, as the address says. A value that makes no sense is as if it were not there."""

    q: str = ""
    kind: str = ""
    town: str = ""
    tab: str = ""
    plan: str = ""  # how it stands, as reports.enums.Handed
    report: str = ""
    reader: str = ""  # id of who reads it, or NOBODY_READS
    sort: str = "coverage"  # worst first; "-…" downwards; "c2": waiting in the category of dimension 2
    cols: str = ""

    @classmethod
    def read(cls, query, *, kinds, towns, dimensions, papers=(), readers=(), hints=False):
        """papers: codes the notice asks schools for; readers: ids of those who read for a school; hints: they are counted."""
        sort = query.get("sort", "")
        by_category = [f"c{dimension}" for dimension in dimensions]
        beside_papers = [FIRST] if papers and query.get("cols") != VISITS else []  # sorted by: seen
        sort = sort if sort.removeprefix("-") in {*SORTS, *by_category, *beside_papers} else "coverage"
        tab = "behind" if query.get("behind") == "1" else query.get("tab", "")
        every = [NOBODY_READS, *map(str, readers)]
        return cls(
            q=query.get("q", "").replace("\x00", "").strip()[:LONGEST],
            kind=_one_of(query.get("kind"), kinds),
            town=_one_of(query.get("town"), towns),
            tab=tab if tab in tabs_of(papers, hints=hints) else "",
            plan=_one_of(query.get("plan"), Handed.values if "plan" in papers else ()),
            report=_one_of(query.get("report"), Handed.values if "report" in papers else ()),
            reader=_one_of(query.get("reader"), every if readers else ()),
            sort=sort,
            cols=VISITS if query.get("cols") == VISITS or sort.removeprefix("-") in by_category else "",  # sorted by: seen
        )

    @property
    def behind(self):
        return self.tab == "behind"

    @property
    def looks_ahead(self):
        """Whether the table is of schools the outlook speaks of."""
        return self.tab in AHEAD

    @property
    def asks_hints(self):
        return self.tab in HINTS

    @property
    def number(self):
        """How many filters are in force, 搜索 and the tab left out."""
        return sum(map(bool, (self.kind, self.town, self.plan, self.report, self.reader)))

    @property
    def narrows(self):
        return bool(self.q or self.tab or self.number)

    @property
    def pairs(self):
        """{name: value} of what an address must say to show the same again."""
        return {name: value for name, value in vars(self).items() if value != DEFAULTS.get(name, "")}

    def address(self, **other):
        """"?town=…": this table, or with some of it changed; "" for the plain one."""
        values = {name: value for name, value in (self.pairs | other).items() if value}
        return f"?{urlencode(values)}" if values else ""


def tabs_of(papers, *, hints=False):
    """{code: label} of the tabs a notice that asks for these papers has; hints: the district counts 真实性提醒."""
    without = set() if "report" in papers else {"unreported"}
    without |= set() if papers else {"waiting", "returned"}
    without |= set() if hints else set(HINTS)
    return {code: label for code, label in DESK_TABS.items() if code not in without}


def _one_of(value, known):
    return value if value in known else ""
