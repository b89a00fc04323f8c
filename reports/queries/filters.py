"""What a list of the desk is narrowed to, as its address says it."""

from dataclasses import dataclass
from urllib.parse import urlencode

OF_SCHOOL = ("report", "plan")  # one a school; every other tab is a kind of work
EVERY = ("every", "报上来的全部")
STATES = [("waiting", "待审"), ("accepted", "已通过"), ("recommended", "已推荐"), ("returned", "已退回")]
AWARDED = ("awarded", "已表彰")
UPPER = ("upper", "已报上级")  # asked for by an address, where the kind goes on
HINTS = {"hints": "有提醒", "overdue": "超期未回"}  # 真实性提醒, where the notice lets the district count them
AHEAD = {"warned": "赶不上或扎堆", "slow": "赶不上", "rush": "扎堆"}  # what the outlook says, counted only where it is asked for
DESK_TABS = {"unreported": "报告未交", "waiting": "待审", "returned": "退回中", "behind": "进度落后", **HINTS, **AHEAD}
FIRST = "first"  # sorts by 重点首访
NOBODY_READS = "none"  # schools nobody was named to read for


@dataclass(frozen=True)
class QueueFilter:
    """What the address asks for; anything unknown falls back to the waiting list."""

    tab: str
    state: str = "waiting"
    q: str = ""
    again: bool = False
    late: bool = False
    mine: bool = False  # of the schools the reader was named for

    @classmethod
    def read(cls, data, tabs, default):
        tab = data.get("tab", "")
        tab = tab if tab in tabs else default
        states = [code for code, _ in [*states_of(tab), EVERY, *([] if tab in OF_SCHOOL else [UPPER])]]
        state = data.get("state", "")
        return cls(
            tab=tab, state=state if state in states else "waiting", q=data.get("q", "").replace("\x00", "").strip()[:30],
            again=data.get("again") == "1", late=data.get("late") == "1", mine=data.get("mine") == "1",
        )  # fmt: skip

    @property
    def narrows(self):
        return bool(self.q or self.again or self.late or self.mine)

    def address(self, **other):
        """?tab=…: this filter, or with some of it changed; what stands at its default is left out."""
        values = {
            "tab": self.tab, "state": "" if self.state == "waiting" else self.state, "q": self.q,
            "again": "1" if self.again else "", "late": "1" if self.late else "",
            "mine": "1" if self.mine else "",
        } | other  # fmt: skip
        return "?" + urlencode({name: value for name, value in values.items() if value})


def states_of(tab):
    return STATES if tab in OF_SCHOOL else [*STATES, AWARDED]
