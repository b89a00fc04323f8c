"""`make test`: set-up, lint, migration check, then the suite on SQLite and on PostgreSQL + Redis."""

from tools.children import main
from tools.suite import Suite


def test(children):
    with Suite(children) as suite:
        suite.set_up(programs=True)
        suite.step("ruff", "-m", "ruff", "check", ".")
        settings = {"DJANGO_SETTINGS_MODULE": "homevisit.settings_test"}
        suite.step("migrations", "manage.py", "makemigrations", "--check", "--dry-run", env=settings)
        suite.pytest("pytest on SQLite", "not prove and not browser and not postgres")
        with suite.servers() as env:
            if env:
                suite.pytest("pytest on PostgreSQL + Redis", "not prove and not sqlite", env=env, workers=3)
        return suite.close()


if __name__ == "__main__":
    main(test)
