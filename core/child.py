"""A program of ours that opens what strangers sent, in a process of its own: `python -I PROGRAM ARGUMENTS…` → JSON.

The program imports nothing of the project and sets its own limits of memory and CPU time. A hostile file may eat
memory or abort the process: here that is just an exit code (students/roster/child.py, core/media/child.py).
"""

import json
import subprocess
import sys


class ChildFailed(Exception):
    """It was aborted, killed, took too long, or said nothing that can be read."""


def ask_child(program, *arguments, seconds):
    """What the program says. seconds: wall clock; its own limit is CPU time."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(program), *map(str, arguments)],
            capture_output=True, stdin=subprocess.DEVNULL, env={}, timeout=seconds, check=True,
        )  # fmt: skip
        return json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise ChildFailed from error
