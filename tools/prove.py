"""`make prove`: the long proofs, on SQLite and the embedded default, then on PostgreSQL + Redis."""

from tools.children import main
from tools.suite import Suite


def prove(children):
    with Suite(children) as suite:
        suite.set_up(programs=True, proofs=True)
        settings = {"DJANGO_SETTINGS_MODULE": "homevisit.settings_test"}
        suite.step("migrate on SQLite", "manage.py", "migrate", "-v0", env=settings)
        # One at a time: proofs measure, race and kill; only walks go side by side.
        suite.pytest("proofs on SQLite", "prove and not browser and not postgres and not walk", workers=0)
        suite.pytest("walks on SQLite", "prove and walk and not browser and not postgres")
        with suite.servers() as env:
            if env:
                suite.step("migrate on PostgreSQL", "manage.py", "migrate", "-v0", env=settings | env)
                suite.pytest("proofs on PostgreSQL + Redis", "prove and not sqlite and not walk", env=env, workers=0)
                suite.pytest("walks on PostgreSQL + Redis", "prove and walk and not sqlite", env=env, workers=3)
        return suite.close()


if __name__ == "__main__":
    main(prove)
