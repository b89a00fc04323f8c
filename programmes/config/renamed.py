"""Settings that were called something else, or are gone. A notice and what it said before it was changed (PastNotice) keep
the words they were written in; they are read in today's.

Whoever renames or removes a setting says so here; programmes/tests/test_settings_ever.py fails until then. A key of RENAMED
is the path of the old name, lists passed through (“works.prompts”); its value the new name beside it, or None for gone.
"""

RENAMED = {}


def in_todays_words(config, renamed=None):
    """A copy of the settings under today's names. A setting that stands under both keeps today's."""
    shown = config
    for path, new in (RENAMED if renamed is None else renamed).items():
        *above, old = path.split(".")
        shown = _renamed(shown, above, old, new)
    return shown


def _renamed(part, above, old, new):
    if isinstance(part, list):
        return [_renamed(one, above, old, new) for one in part]
    if not isinstance(part, dict):
        return part
    if above:
        name, *below = above
        return part | {name: _renamed(part[name], below, old, new)} if name in part else part
    if old not in part:
        return part
    rest = {name: value for name, value in part.items() if name != old}
    return {new: part[old]} | rest if new else rest
