"""Many rows at once: COPY on PostgreSQL, executemany elsewhere. Keys are given out here, not by the database."""

import io
import json
from contextlib import contextmanager

from django.core.management.color import no_style
from django.db import connection, models

BATCH = 20_000
NULL = r"\N"


class Table:
    """Rows of one model as tuples in the order of `names` (columns); other columns get the field's default.

    Values are str, int, bool or None, dates and times in ISO form as text. Keys count up from the largest there is.
    after: tables whose rows these rows point to, so they are written first.
    """

    def __init__(self, model, *names, after=()):
        self.model = model
        fields = [f for f in model._meta.concrete_fields if f.column not in names and not f.primary_key]
        self.columns = ["id", *names, *(f.column for f in fields)]
        self.rest = [_default(field) for field in fields]
        self.rows, self.after = [], after
        self.next_id = (model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1

    def add(self, *values):
        """Returns the key of the new row."""
        key = self.next_id
        self.next_id += 1
        self.rows.append((key, *values))
        if len(self.rows) >= BATCH:
            self.flush()
        return key

    def flush(self):
        for table in self.after:
            table.flush()
        if not self.rows:
            return
        table = connection.ops.quote_name(self.model._meta.db_table)
        columns = ", ".join(connection.ops.quote_name(name) for name in self.columns)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                end = "".join("\t" + _cell(value) for value in self.rest) + "\n"
                text = "".join("\t".join([_cell(value) for value in row]) + end for row in self.rows)
                cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", io.StringIO(text))
            else:
                marks = ", ".join(["%s"] * len(self.columns))
                rest = tuple(self.rest)
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", [row + rest for row in self.rows])
        self.rows = []


def _default(field):
    """As a column takes it; JSON as text, which an INSERT and a COPY both read."""
    value = field.get_default()
    return json.dumps(value) if isinstance(field, models.JSONField) else field.get_db_prep_save(value, connection)


def _cell(value):
    return NULL if value is None else str(value)


@contextmanager
def quick_writes():
    """Inside a transaction: no foreign key checks where the database lets us (a superuser of PostgreSQL), else checks
    batch by batch: thirteen million of them put off to the end would fill the memory.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        superuser = cursor.fetchone()[0]
        cursor.execute("SET LOCAL session_replication_role = replica" if superuser else "SET CONSTRAINTS ALL IMMEDIATE")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin" if superuser else "SET CONSTRAINTS ALL DEFERRED")


def finish(*tables):
    """Write what is left, let the database go on counting where we stopped, and let it know its new size."""
    for table in tables:
        table.flush()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in tables]):
            cursor.execute(statement)
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table.model._meta.db_table)}")
