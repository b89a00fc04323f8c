"""`make bench`: benchmarks/ against a PostgreSQL that keeps its promises to the disk, as in production."""

import os
import sys

from tools import servers, setup
from tools.children import main


def bench(children):
    setup.environment(children, dev=True)
    with servers.postgres(fast=False) as database, servers.redis() as broker:
        env = os.environ | {"DATABASE_URL": database, "BROKER_URL": broker}
        return children.run([setup.PYTHON, "-m", "benchmarks", *sys.argv[1:]], cwd=setup.ROOT, env=env)


if __name__ == "__main__":
    main(bench)
