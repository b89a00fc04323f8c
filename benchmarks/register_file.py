"""The coverage register of 200,000 pupils as a file, each way in a process of its own: seconds, and the most memory."""

import json
import os
import subprocess
import sys
import time

from benchmarks.output import line, say

ROUNDS = 3
MOST_MEMORY = 60  # MB above a process that has done nothing yet


def exported(districts):
    """The best of some rounds in turns: a slow minute of the machine spoils one round, not one way."""
    found = {}
    for _ in range(ROUNDS):
        for way in WAYS:
            once = _child(way, districts.big.code)
            if way not in found or once["seconds"] < found[way]["seconds"]:
                found[way] = once
    rows = {one["rows"] for one in found.values()}
    if len(rows) != 1:
        raise SystemExit(f"the ways differ in their rows: {found}")
    say(f"  {rows.pop()} rows: {({way: round(one['seconds'], 1) for way, one in found.items()})}")
    query, ours, usual = found["query"], found["xlsx"], found["openpyxl"]
    line("register_xlsx", ours["seconds"], "s", baseline=query["seconds"])
    line("register_csv", found["csv"]["seconds"], "s", baseline=query["seconds"])
    line("register_xlsx_usual_way", ours["seconds"], "s", baseline=usual["seconds"])
    line("register_xlsx_memory", ours["memory"] - ours["memory_before"], "MB", baseline=MOST_MEMORY)


def _child(way, code):
    command = [sys.executable, "-m", "benchmarks.register_file", way, code]
    done = subprocess.run(command, env=os.environ, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


# ── In the other process ──


def memory():
    """Most megabytes this program ever held; getrusage would tell those of the one that started it."""
    with open("/proc/self/status") as status:
        return next(int(row.split()[1]) for row in status if row.startswith("VmHWM")) / 1024


def query(programme, schools, path):
    """The same rows read from the database and thrown away."""
    from reports.queries import register

    number = 0
    for some in schools:
        by_id = {school.pk: school for school in some}
        register._labels(programme, by_id)
        register._modes(programme, by_id)
        number += sum(1 for _ in register._due(programme, by_id))
    return number


def xlsx(programme, schools, path):
    from core.clock import now
    from core.sheet_stream import stream_table
    from reports.queries.register import COLUMNS

    return stream_table(path, title="走访登记", columns=COLUMNS, rows=_rows(programme, schools), sheet="走访登记", made_at=now())


def csv(programme, schools, path):
    from csv import writer

    from core.sheets import guard

    number = 0
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        out = writer(file)
        for row in _rows(programme, schools):
            out.writerow([guard(cell) if isinstance(cell, str) else cell for cell in row])
            number += 1
    return number


def openpyxl(programme, schools, path):
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet, number = book.create_sheet("走访登记"), 0
    for row in _rows(programme, schools):
        sheet.append(row)
        number += 1
    book.save(path)
    return number


WAYS = {"query": query, "xlsx": xlsx, "csv": csv, "openpyxl": openpyxl}


def _rows(programme, schools):
    from reports.queries.register import register_rows

    for some in schools:
        yield from register_rows(programme, some)


def measure(way, code):
    import django

    django.setup()
    from programmes.models import Programme
    from reports.actions.register_export import CHUNK
    from reports.queries.register import register_schools

    programme = Programme.objects.get(code=code)
    schools = list(register_schools(programme))
    chunks = [schools[first : first + CHUNK] for first in range(0, len(schools), CHUNK)]
    path = f"{os.environ['BENCH_FOLDER']}/register-{way}"
    before, begun = memory(), time.perf_counter()
    rows = WAYS[way](programme, chunks, path)
    seconds = time.perf_counter() - begun
    if os.path.exists(path):
        os.unlink(path)
    print(json.dumps({"rows": rows, "seconds": seconds, "memory": memory(), "memory_before": before}))


if __name__ == "__main__":
    measure(*sys.argv[1:])
