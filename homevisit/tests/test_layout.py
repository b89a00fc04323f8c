"""The house rules on imports: rooms import downwards only, and so do the drawers of a room (docs/structure.md)."""

import ast

from django.conf import settings

# Low to high.
ROOMS = ["core", "schools", "programmes", "students", "visits", "honesty", "care", "works", "reports", "reminders", "homevisit"]
# A drawer imports only drawers before it. Names not listed (apps, signals, calendar, roster …) are free:
# they hold the nouns of one room and stand between its models and its views.
DRAWERS = ["enums", "rules", "tasks", "models", "queries", "actions", "forms", "resources", "views", "admin", "urls"]
SAME_LEVEL = {"forms": 6, "resources": 6, "views": 8, "admin": 8, "urls": 8}
LEVEL = {name: SAME_LEVEL.get(name, i) for i, name in enumerate(DRAWERS)}


def imports_of(path):
    """(line, module) of every import in the file, also inside functions and TYPE_CHECKING."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)


def files():
    for room in ROOMS:
        yield from (settings.BASE_DIR / room).rglob("*.py")


def test_rooms_import_downwards_only():
    upward = []
    for path in files():
        here = ROOMS.index(path.relative_to(settings.BASE_DIR).parts[0])
        for line, module in imports_of(path):
            room = module.split(".")[0]
            if room in ROOMS and ROOMS.index(room) > here:
                upward.append(f"{path.relative_to(settings.BASE_DIR)}:{line} imports {module}")
    assert upward == []


def drawer(parts):
    """The drawer of "visits/actions/visit.py" or "visits.actions.visit"; None for a free module."""
    name = parts[1] if len(parts) > 1 else ""
    return name if name in LEVEL else None


def test_drawers_import_downwards_only():
    upward = []
    for path in files():
        parts = path.relative_to(settings.BASE_DIR).with_suffix("").parts
        here = drawer(parts)
        if here is None or here == "tasks" or "tests" in parts or "migrations" in parts:
            continue
        for line, module in imports_of(path):
            other = module.split(".")
            if other[0] == parts[0] and drawer(other) and LEVEL[drawer(other)] > LEVEL[here]:
                upward.append(f"{'/'.join(parts)}:{line} imports {module}")
    assert upward == []


def test_tasks_import_actions_only_inside_functions():
    early = []
    for room in ROOMS:
        path = settings.BASE_DIR / room / "tasks.py"
        if path.exists():
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] in ROOMS:
                    if drawer(node.module.split(".")) not in (None, "enums"):
                        early.append(f"{room}/tasks.py:{node.lineno} imports {node.module}")
    assert early == []


def test_no_file_grows_past_450_lines():
    long = {str(path.relative_to(settings.BASE_DIR)): len(path.read_text().splitlines()) for path in files()}
    assert {name: lines for name, lines in long.items() if lines > 450 and "/migrations/" not in name} == {}
