"""Run one command in the development environment: `python -m tools.dev -m ruff check .`"""

import sys

from tools import setup
from tools.children import main


def dev(children):
    setup.environment(children, dev=True)
    return children.run([setup.PYTHON, *sys.argv[1:]], cwd=setup.ROOT)


if __name__ == "__main__":
    main(dev)
