"""Invented texts for measuring likeness: rows of characters as often as a language uses them, about nobody."""

HAN = [chr(0x4E00 + 7 * number) for number in range(1500)]
OFTEN = [1 / (number + 5) for number in range(1500)]


def invented(rng, length):
    return "".join(rng.choices(HAN, OFTEN, k=length))


def edited(rng, text, share):
    """Characters exchanged, put in and left out at `share` of the places."""
    letters = list(text)
    for _ in range(round(share * len(text))):
        at, how = rng.randrange(len(letters)), rng.random()
        letters[at : at + (how < 0.8)] = [] if how < 0.2 else rng.choices(HAN)
    return "".join(letters)


def renamed(rng, text):
    """Another name of two characters at four places."""
    letters = list(text)
    for at in rng.sample(range(len(text) - 2), 4):
        letters[at : at + 2] = rng.choices(HAN, k=2)
    return "".join(letters)


def rearranged(rng, text):
    """A sentence of a twentieth of the text stands elsewhere."""
    long = len(text) // 20
    at = rng.randrange(len(text) - long)
    rest = text[:at] + text[at + long :]
    to = rng.randrange(len(rest))
    return rest[:to] + text[at : at + long] + rest[to:]
