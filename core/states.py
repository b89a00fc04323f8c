"""States are a table: {verb: ({from, …}, to)}; to None leaves the state as it is. See enums.py of each room."""


class WrongState(Exception):
    """The row is not in a state the verb starts from. The message is for the user."""


def can_move(obj, moves, verb):
    return obj.state in moves[verb][0]


def move(obj, moves, verb):
    """Set obj.state by the table; the caller saves. Raises WrongState, and KeyError for an unknown verb."""
    sources, target = moves[verb]
    if obj.state not in sources:
        raise WrongState(f"现在是“{obj.get_state_display()}”，不能这样做。请刷新页面看最新状态。")
    if target is not None:
        obj.state = target
