"""`make prove`: the long proofs, on SQLite and the embedded default, then on PostgreSQL + Redis."""

from tools.children import main
from tools.suite import Suite


def prove(children):
    with Suite(children) as suite:
        suite.set_up(programs=True)
        # One at a time: proofs measure, race and kill.
        suite.pytest("proofs on SQLite", "prove and not browser and not postgres", workers=0)
        with suite.servers() as env:
            if env:
                suite.pytest("proofs on PostgreSQL + Redis", "prove and not sqlite", env=env, workers=0)
        return suite.close()


if __name__ == "__main__":
    main(prove)
