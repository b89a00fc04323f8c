"""On which line of a TOML text a key stands. tomllib says what is written, not where.

The text must have parsed already: this reads on, it does not judge.
"""

from bisect import bisect_right

SPACE, BREAK = " \t", " \t\r\n"
BARE_ENDS = "=.]},# \t\r\n"


def lines_of(text):
    """{path: line}: ("visit", "modes", 0, "code") → 12. Tables, [[tables]], dotted and inline keys, array items."""
    return _Reader(text).read()


def line_of(lines, path):
    """The line of the path, else of the nearest thing around it that is written (a missing key: its table)."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


class _Reader:
    def __init__(self, text):
        self.text = text
        self.at = 0
        self.starts = [0] + [i + 1 for i, letter in enumerate(text) if letter == "\n"]
        self.lines = {}
        self.counts = {}  # [[path]] → how many so far

    def read(self):
        table = ()
        while self.skip(BREAK):
            if self.peek("[["):
                table = self.header(2)
            elif self.peek("["):
                table = self.header(1)
            else:
                self.pair(table)
        return self.lines

    def header(self, brackets):
        start = self.at
        self.at += brackets
        *around, last = self.key()
        path = ()
        for part in around:
            path = self.enter(path + (part,), start)
        path += (last,)
        if brackets == 2:
            self.note(path, start)
            self.counts[path] = self.counts.get(path, 0) + 1
        path = self.enter(path, start)
        self.skip(SPACE)
        self.at += brackets
        return path

    def enter(self, path, start):
        """Into the last table of an array of tables, or the table itself."""
        if path in self.counts:
            path += (self.counts[path] - 1,)
        self.note(path, start)
        return path

    def pair(self, table):
        start = self.at
        path = table
        for part in self.key():
            path += (part,)
            self.note(path, start)
        self.at += 1  # "="
        self.value(path)

    def key(self):
        """The parts of a dotted key; stands behind it afterwards, before "=" or "]"."""
        parts = []
        while True:
            self.skip(SPACE)
            if self.text[self.at] in "\"'":
                start = self.at
                self.string()
                parts.append(self.text[start + 1 : self.at - 1])
            else:
                start = self.at
                while self.text[self.at] not in BARE_ENDS:
                    self.at += 1
                parts.append(self.text[start : self.at])
            self.skip(SPACE)
            if not self.peek("."):
                return parts
            self.at += 1

    def value(self, path):
        self.skip(SPACE)
        letter = self.text[self.at]
        if letter in "\"'":
            self.string()
        elif letter == "[":
            self.items(path)
        elif letter == "{":
            self.inline(path)
        else:  # number, date (with a space inside), true, false
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\r\n":
                self.at += 1

    def items(self, path):
        self.at += 1
        count = 0
        while self.skip(BREAK) and not self.peek("]"):
            if self.peek(","):
                self.at += 1
                continue
            self.note(path + (count,), self.at)
            self.value(path + (count,))
            count += 1
        self.at += 1

    def inline(self, path):
        self.at += 1
        while self.skip(BREAK) and not self.peek("}"):
            if self.peek(","):
                self.at += 1
            else:
                self.pair(path)
        self.at += 1

    def string(self):
        quote = self.text[self.at]
        if self.peek(quote * 3):
            end = self.closing(quote * 3, self.at + 3)
            while self.text[end + 3 : end + 4] == quote:  # up to two quotes may stand before the closing ones
                end += 1
            self.at = end + 3
        else:
            self.at = self.closing(quote, self.at + 1) + 1

    def closing(self, mark, start):
        at = start
        while not self.text.startswith(mark, at):
            at += 2 if self.text[at] == "\\" and mark[0] == '"' else 1
        return at

    def skip(self, blank):
        """Past blanks and, where a line may end, comments. False at the end of the text."""
        while self.at < len(self.text):
            if self.text[self.at] in blank:
                self.at += 1
            elif self.text[self.at] == "#" and "\n" in blank:
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return True
        return False

    def peek(self, mark):
        return self.text.startswith(mark, self.at)

    def note(self, path, at):
        self.lines.setdefault(path, bisect_right(self.starts, at))
