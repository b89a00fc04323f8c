"""Visit records composed of invented sentences (words.py): varied, concrete, about nobody."""

import re

from homevisit.demo import details, words

# 他 becomes 她 for girls, but not in 他们 or 其他.
HE = re.compile(r"(?<!其)他(?!们)")
OLDER, YOUNGER = ("exam",), ("reading",)
MORE_OFTEN = {"homework": 3, "reading": 2, "talent": 2}
ANY_AGE = tuple(theme for theme in words.THEMES if theme not in (*OLDER, *YOUNGER, "newcomer", "sibling"))
GUARDIANS = {
    "mother": "妈妈",
    "father": "爸爸",
    "paternal": "奶奶",
    "maternal": "外婆",
    "sibling": "姐姐",
    "other": "姑姑",
}


def theme_for(rng, *, grade, is_new=False, has_siblings=False):
    """What the visit was about, as far as it can be told from plain facts."""
    if is_new and rng.random() < 0.7:
        return "newcomer"
    if has_siblings and rng.random() < 0.3:
        return "sibling"
    themes = ANY_AGE + (OLDER if grade >= 6 else YOUNGER)
    return rng.choices(themes, [MORE_OFTEN.get(theme, 1) for theme in themes])[0]


def record_texts(rng, *, kid, who, town, girl, theme, mode="in_person", detailed=False):
    """{"cause", "process", "analysis", "measures", "reflection"}, about 300 characters together.

    detailed: with small things of the own, so that many records about the same matter do not read alike.
    """
    bank = words.THEMES[theme]
    pick = rng.choice
    if mode in ("in_person", "nearby"):
        process = [pick(words.ARRIVALS), pick(words.PRAISE), *rng.sample(bank["process"], rng.randint(1, 2))]
        process += [pick(lines) for lines in (words.TALKS, words.FAREWELLS) if rng.random() < 0.4]
    else:
        process = [pick(words.AT_SCHOOL if mode == "at_school" else words.REMOTE), pick(words.PRAISE), pick(words.TALKS)]
    parts = {
        "cause": [pick(bank["cause"])],
        "process": process,
        "analysis": rng.sample(bank["analysis"], rng.randint(1, 2)),
        "measures": [*rng.sample(bank["measures"], rng.randint(1, 2)), pick(words.AGREED)],
        "reflection": [pick(bank["reflection"]) if rng.random() < 0.7 else pick(words.CLOSINGS)],
    }
    if rng.random() < 0.35:
        parts["reflection"].append(pick(words.CLOSINGS))
    if detailed:
        parts["analysis"] += rng.sample(details.SEEN, 2)
        parts["measures"] += rng.sample(details.DONE_NEXT, 2)
    slots = {"kid": kid, "who": GUARDIANS[who], "town": town}
    return {code: told("".join(lines), slots, girl) for code, lines in parts.items()}


def told(text, slots, girl):
    text = text.format_map(slots)
    return HE.sub("她", text) if girl else text


def opinion(rng, categories):
    """(category, text) in one of the programme's opinion categories."""
    known = [name for name in categories if name in words.OPINIONS]
    category = rng.choice(known or categories)
    return category, rng.choice(words.OPINIONS.get(category, words.OPINIONS["其他"]))
