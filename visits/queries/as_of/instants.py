"""The two instants of a figure, as days and as parameters of one statement."""

from django.db import connection

from programmes.config.days import last_day_before


def deciding_day_as_of(programme, at):
    """Who is due is fixed as of due_on; before that, as of the last day before the instant."""
    return min(programme.due_on, last_day_before(at))


def last_visit_day(programme, at):
    """Visits count through this day: the programme's last, or the last before the instant."""
    return min(programme.ends_on, last_day_before(at))


def params(programme, at, known_at=None):
    return {
        "programme": programme.pk,
        "authority": programme.authority_id,
        "known_at": connection.ops.adapt_datetimefield_value(known_at or at),
        "day": deciding_day_as_of(programme, at),
        "starts_on": programme.starts_on,
        "last_on": last_visit_day(programme, at),
    }


def listed(ids):
    return ",".join(str(int(pk)) for pk in ids)


def rows(sql, values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while found := cursor.fetchmany(2000):
            yield from found
