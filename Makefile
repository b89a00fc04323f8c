# Everything is done by plain Python scripts in tools/; each sets up what it needs first.
PYTHON ?= $(shell command -v python3.11 || command -v python3)

.PHONY: run test prove bench screenshots lint lock

run:          # set-up, demo data, then web + worker + beat until Ctrl-C; PORT=8000
	@$(PYTHON) -m tools.run

test:         # lint, migrations, the suite on SQLite and on PostgreSQL + Redis, browser tests
	@$(PYTHON) -m tools.test

prove:        # the long proofs
	@$(PYTHON) -m tools.prove

bench:        # performance, one JSON object a line
	@$(PYTHON) -m tools.bench

screenshots:  # docs/screenshots/
	@$(PYTHON) -m tools.dev -m tools.screenshots

lint:
	@$(PYTHON) -m tools.dev -m ruff check .

lock:         # requirements*.txt from requirements*.in
	@$(PYTHON) -m tools.lock
