"""Keys are found where they stand, however TOML lets one write them."""

import tomllib
from pathlib import Path

import pytest

from programmes.config.lines import line_of, lines_of

DATA = Path(__file__).parents[1] / "data"
TRICKY = '''# a comment with [brackets] and "quotes"
plain = 1
"quoted key" = "a # no comment \\" still text"
dotted.inner . deep = 2022-09-30 21:00:00 # a date with a space
text = """
[not.a.table]
key = "no"
"quotes inside""" # ends here
literal = \'\'\'it\'s = [
\'\'\'
list = [
  1, # first
  [2, 3],
  { name = "x", tags = ["a", "b"] },
]
inline = { a = 1, b = { c = "}]#", d.e = 2 } }

[table]
key = "值"
[table.sub]
key = 1

[[rows]]
code = "one"
[[rows.parts]]
n = 1
[[rows.parts]]
n = 2
[rows.more]
x = 1
[[rows]]
code = "two"
[[rows.parts]]
n = 3
["odd table".'x.y']
z = true'''


def paths_in(value, path=()):
    """Every key and list item of parsed TOML."""
    children = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    return {path + (key,) for key, _ in children}.union(*(paths_in(child, path + (key,)) for key, child in children))


@pytest.mark.parametrize(
    "text",
    [TRICKY, TRICKY.replace("\n", "\n\n"), ""]
    + [(DATA / name).read_text(encoding="utf-8") for name in ("baoshan-2022.toml", "wujin-2023.toml")],
)
def test_lines_are_known_for_every_key_and_no_other(text):
    assert set(lines_of(text)) == paths_in(tomllib.loads(text))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("plain",), 2),
        (("quoted key",), 3),
        (("dotted", "inner", "deep"), 4),
        (("text",), 5),
        (("literal",), 9),
        (("list", 0), 12),
        (("list", 1, 1), 13),
        (("list", 2, "tags", 1), 14),
        (("inline", "b", "d", "e"), 16),
        (("table", "key"), 19),
        (("table", "sub", "key"), 21),
        (("rows", 0, "code"), 24),
        (("rows", 0, "parts", 1, "n"), 28),
        (("rows", 0, "more", "x"), 30),
        (("rows", 1, "parts", 0, "n"), 34),
        (("odd table", "x.y", "z"), 36),
        (("rows", 1, "missing"), 31),
        (("table", "sub", "missing", 3), 20),
        (("nothing",), 1),
    ],
)
def test_line_of_key(path, line):
    assert line_of(lines_of(TRICKY), path) == line
