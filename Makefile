# The two commands a newcomer needs: `make demo` and `make test`. Everything is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
PROJECT_FILES := setup.cfg pyproject.toml

.PHONY: demo test test-all lint types contract web-check format bench clean help

help:
	@echo "make demo      install and run the main job on a real city map, offline"
	@echo "make test      install and run the tests (make test-all adds the slow ones)"
	@echo "make lint types contract web-check     the other checks that CI runs"

$(VENV)/.installed: $(PROJECT_FILES)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 ..."; exit 1; }
	@echo "creating $(VENV) and installing (a minute or two)..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	@echo "installing what the tests need..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: $(VENV)/.installed
	@$(BIN)/impetus demo

test: $(VENV)/.dev
	@$(BIN)/python -c 'from impetus_sim.engine.warmup import warm_up; warm_up(print)'
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not slow" $(PYTEST_ARGS)

test-all: $(VENV)/.dev
	@$(BIN)/python -c 'from impetus_sim.engine.warmup import warm_up; warm_up(print)'
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

contract: $(VENV)/.dev
	$(BIN)/lint-imports

web-check:
	@command -v npx >/dev/null || { echo "npx is needed to check the types of the viewer's page: install npm"; exit 1; }
	npx --yes -p typescript@5 tsc -p impetus_sim/replay/static/jsconfig.json

format: $(VENV)/.dev
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	$(BIN)/impetus bench crowd

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
