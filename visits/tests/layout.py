"""Where things stand on a printed page, in millimetres, read from its picture: rules, boxes and bands of ink."""

from PIL import Image

DOTS_PER_MM = 4
SHORTEST = 15  # mm: a rule is longer than any stroke


def page_picture(page):
    return page.render(scale=DOTS_PER_MM * 25.4 / 72).to_pil().convert("L").point(lambda v: 0 if v < 140 else 255)


def rules(picture):
    """[(y, from x, to x)] of horizontal rules: dark runs longer than SHORTEST, lines of one rule taken together."""
    width, height = picture.size
    data, found = picture.tobytes(), []
    for y in range(height):
        row, x = data[y * width : (y + 1) * width], 0
        for run in row.split(b"\xff"):
            if len(run) >= SHORTEST * DOTS_PER_MM:
                found.append((y, x, x + len(run)))
            x += len(run) + 1
    merged = []
    for y, left, right in found:
        if merged and y - merged[-1][0] <= 2 and abs(left - merged[-1][1]) < 8 and abs(right - merged[-1][2]) < 8:
            merged[-1] = (y, *merged[-1][1:])
        else:
            merged.append((y, left, right))
    return [tuple(round(value / DOTS_PER_MM, 1) for value in rule) for rule in merged]


def layout(page):
    picture = page_picture(page)
    return {
        "across": rules(picture),
        "down": rules(picture.transpose(Image.Transpose.TRANSPOSE)),
        "outside": bands(picture),
    }


def bands(picture):
    """[(from y, to y, from x, to x)] of ink above and below the table."""
    lines = rules(picture)
    top, bottom = (lines[0][0], lines[-1][0]) if lines else (999, 999)
    width, height = picture.size
    found = []
    for begin, end in ((0, int((top - 1) * DOTS_PER_MM)), (int((bottom + 1) * DOTS_PER_MM), height)):
        if begin >= end:
            continue
        part = picture.crop((0, begin, width, end))
        data = part.tobytes()
        inked = [b"\x00" in data[y * width : (y + 1) * width] for y in range(part.size[1])]
        start = None
        for y, ink in enumerate([*inked, False]):
            if ink and start is None:
                start = y
            elif not ink and start is not None:
                box = Image.eval(part.crop((0, start, width, y)), lambda v: 255 - v).getbbox()
                found.append((begin + start, begin + y, box[0], box[2]))
                start = None
    merged = []
    for band in found:  # the dots and strokes of one line of words
        if merged and band[0] - merged[-1][1] < 1.2 * DOTS_PER_MM:
            last = merged[-1]
            merged[-1] = (last[0], band[1], min(last[2], band[2]), max(last[3], band[3]))
        else:
            merged.append(band)
    return [tuple(round(value / DOTS_PER_MM, 1) for value in band) for band in merged]


def differences(found, wanted, tolerance=1.5):
    """Sentences on what stands elsewhere than in the reference."""
    told = []
    for kind, lines in wanted.items():
        if len(lines) != len(found[kind]):
            told.append(f"{kind}: {len(found[kind])} instead of {len(lines)}")
            continue
        for is_, was in zip(found[kind], lines, strict=True):
            if any(abs(a - b) > tolerance for a, b in zip(is_, was, strict=True)):
                told.append(f"{kind}: {is_} instead of {tuple(was)}")
    return told
