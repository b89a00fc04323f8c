"""Opening the register anew: its time against the bare SELECT it writes, and the memory of the process."""

import json
import os
import resource
import subprocess
import sys
import time

from benchmarks.output import line


def open_anew(districts):
    command = [sys.executable, "-m", "benchmarks.register", districts.big.code]
    done = subprocess.run(command, env=os.environ, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    line("open_register", found["seconds"], "s", baseline=found["select"])
    line("open_register_memory", found["memory"], "MB", baseline=found["memory_before"])


def measure(code):
    import django

    django.setup()
    from django.db import connection, transaction

    from programmes.models import Programme
    from visits.actions.register import open_register
    from visits.models import ClassCount, Due
    from visits.queries.facts import select_facts

    programme = Programme.objects.get(code=code)
    Due.objects.filter(programme=programme)._raw_delete("default")
    ClassCount.objects.filter(programme=programme)._raw_delete("default")
    sql, params = select_facts(programme)
    with connection.cursor() as cursor:
        begun = time.perf_counter()
        cursor.execute(f"SELECT COUNT(*), SUM(visits) FROM ({sql}) facts ({', '.join(columns())})", params)
        select = time.perf_counter() - begun
    before = memory()
    begun = time.perf_counter()
    with transaction.atomic():
        due = open_register(programme)
    print(
        json.dumps(
            {"due": due, "seconds": time.perf_counter() - begun, "select": select, "memory": memory(), "memory_before": before}
        )
    )


def columns():
    from visits.queries.facts import COLUMNS

    return COLUMNS


def memory():
    """Most megabytes this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    measure(sys.argv[1])
