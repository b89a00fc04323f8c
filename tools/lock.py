"""Write requirements.txt and requirements-dev.txt, exact pins, from the .in files.

Pins that still fit stay; `python -m tools.lock --upgrade` takes the newest versions allowed.
"""

import sys

from tools import setup
from tools.children import main

# Where packages are fetched from is this machine's matter and never written down.
QUIET_ABOUT_HERE = (
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
    "--no-emit-options",
    "--no-header",
)


def lock(children):
    setup.environment(children, dev=True)
    for name in ("requirements", "requirements-dev"):
        pins = setup.ROOT / f"{name}.txt"
        command = [setup.PYTHON, "-m", "piptools", "compile", "--quiet", *QUIET_ABOUT_HERE, "--strip-extras"]
        command += ["--annotation-style=line", *sys.argv[1:], f"--output-file={name}.txt", f"{name}.in"]
        children.run(command, cwd=setup.ROOT, sentence=f"pip-compile could not resolve {name}.in")
        pins.write_text(f"# Made by `make lock` from {name}.in.\n{pins.read_text()}")


if __name__ == "__main__":
    main(lock)
