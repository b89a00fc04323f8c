"""What another process does for benchmarks.package: `python -m benchmarks.package_worker work|lead|bare …`"""

import hashlib
import json
import os
import sys
import time

from benchmarks.register_file import memory

CHUNK = 10  # schools of a message


def work(messages):
    from django.db import connection

    from reports.actions.compile import run_schools

    before = memory()
    connection.ensure_connection()
    print("ready", flush=True)
    sys.stdin.readline()
    for ids in messages:
        run_schools(ids)
    print(json.dumps({"memory": memory(), "memory_before": before}))


def lead(job_id):
    from reports.actions.compile import run_lead

    before, begun = memory(), time.perf_counter()
    run_lead(job_id)
    print(json.dumps({"seconds": time.perf_counter() - begun, "memory": memory(), "memory_before": before}))


def bare(code):
    """Every paper of the district twice, in turns: from its rows into a part, and from values at hand."""
    from core.clock import now
    from core.documents import render
    from programmes.models import Programme
    from reports.models import Compilation
    from reports.package import school as of_school
    from schools.models import School

    programme = Programme.objects.select_related("authority").get(code=code)
    compilation = Compilation(
        pk=0, programme=programme, authority_id=programme.authority_id, kind="coverage", as_of=now(), known_at=now()
    )
    kept, real = [], of_school.render

    def noted(*words, **more):
        kept.append((words, more))
        return real(*words, **more)

    seconds, made, papers = 0.0, 0.0, 0
    folder = os.environ["BENCH_FOLDER"]
    schools = list(School.objects.filter(authority=programme.authority_id).order_by("code"))
    for first in range(-CHUNK, len(schools), CHUNK):
        some = schools[max(first, 0) :][:CHUNK]
        of_school.render = noted
        begun = time.perf_counter()
        read = of_school.read_papers(compilation, some)
        listed = [one for school in some for one in of_school.write_part(compilation, school, f"{folder}/part.zip", read)]
        took = time.perf_counter() - begun
        of_school.render = real
        begun = time.perf_counter()
        again = [render(*words, **more) for words, more in kept]
        bare_took = time.perf_counter() - begun
        if [hashlib.sha256(data).hexdigest() for data in again] != [paper["sha256"] for paper in listed]:
            raise SystemExit("the bare papers are not the same")
        kept.clear()
        if first >= 0:  # the first schools once more: what is made once a process has been made
            seconds, made, papers = seconds + bare_took, made + took, papers + len(listed)
    print(json.dumps({"seconds": seconds, "made": made, "papers": papers}))


if __name__ == "__main__":
    import django

    django.setup()
    what, argument = sys.argv[1:]
    {"work": lambda: work(json.loads(argument)), "lead": lambda: lead(int(argument)), "bare": lambda: bare(argument)}[what]()
