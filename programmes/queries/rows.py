"""A programme as it stands in the database, in the shape of a notice's file (Notice.rows)."""

from datetime import date, datetime

from programmes.config.days import utc_words

PROGRAMME_DAYS = ("issued_on", "starts_on", "ends_on", "due_on")
CATEGORY_FIELDS = ("name", "restricted", "psych", "suggested_by")
USE_FIELDS = ("position", "label", "priority", "from_changes")


def rows_in(programme):
    def plain(row, *fields):
        return {name: _plain(getattr(row, name)) for name in fields}

    names = ("code", "school_year", "title", "short_title", "document_no", "document_title", "issuer", *PROGRAMME_DAYS)
    return {
        "authority": programme.authority.code,
        "programme": plain(programme, *names),
        "phases": {p.code: plain(p, "name", "starts_on", "ends_on", "steps", "position") for p in programme.phases.all()},
        "deadlines": {d.kind: plain(d, "title", "at", "position") for d in programme.deadlines.all()},
        "categories": {
            use.category.code: plain(use.category, *CATEGORY_FIELDS) | plain(use, *USE_FIELDS)
            for use in programme.categories.select_related("category")
        },
        "config": programme.config,
    }


def _plain(value):
    if isinstance(value, datetime):
        return utc_words(value)
    return str(value) if isinstance(value, date) else value


def values_of(row):
    """JSON back to columns."""
    values = dict(row)
    for name in (*PROGRAMME_DAYS, "at"):
        if isinstance(values.get(name), str):
            kind = datetime if name == "at" else date
            values[name] = kind.fromisoformat(values[name])
    return values
