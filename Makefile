# Two commands: `make run` and `make test`. Both set up what they need in .venv; nothing is installed outside it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCKS := requirements

.PHONY: run test lint docs bench killstorm lock clean
.DEFAULT_GOAL := run

run: $(VENV)/.run
	@if [ -e oncecast.toml ]; then exec $(BIN)/oncecast run; else exec $(BIN)/oncecast rehearse; fi

test: $(VENV)/.test
	$(BIN)/python -m pytest -n 4 --dist worksteal $(ARGS)

docs: $(VENV)/.test
	ONCECAST_WRITE_DOCS=1 $(BIN)/python -m pytest tests/test_docs.py tests/planning/test_approved.py tests/promise/test_fault_matrix.py

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# .venv is made anew when it was not finished, when its Python is gone, and when another one is asked for.
TELL := import sys; print("%d.%d" % sys.version_info[:2])
HERE := $(shell $(BIN)/python -c 'import pip; $(TELL)' 2>/dev/null)
ASKED := $(if $(filter command,$(origin PYTHON)),$(shell $(PYTHON) -c '$(TELL)' 2>/dev/null),$(HERE))
ifeq ($(filter $(HERE),$(ASKED)),)
.PHONY: $(VENV)/.made
endif

$(VENV)/.made:
	@command -v $(firstword $(PYTHON)) >/dev/null || { echo 'There is no $(PYTHON). Oncecast needs Python 3.11 or newer: install one, or name one that is here: make PYTHON=python3.14' >&2; exit 1; }
	@$(PYTHON) $(LOCKS)/python.py
	@rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made $(LOCKS)/run.lock pyproject.toml
	$(PIP) install --require-hashes -r $(LOCKS)/run.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run $(LOCKS)/test.lock
	$(PIP) install --require-hashes -r $(LOCKS)/test.lock
	@touch $@

$(VENV)/.lint: $(VENV)/.test $(LOCKS)/lint.lock
	$(PIP) install --require-hashes -r $(LOCKS)/lint.lock
	@touch $@

# The short benchmarks, and the long one (an hour and a half on two cores; stopped, it goes on where it was).
bench: $(VENV)/.test
	$(BIN)/python -m benchmarks.compose
	$(BIN)/python -m benchmarks.counting
	$(BIN)/python -m benchmarks.late_worker

killstorm: $(VENV)/.test
	$(BIN)/python -m benchmarks.killstorm --kills 2000 --resume killstorm-sqlite.jsonl --write
	$(BIN)/python -m benchmarks.killstorm --kills 500 --database postgresql --daemons 2 --resume killstorm-postgresql.jsonl --write

# Needs uv. The locks carry hashes and no host names.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet $(UPGRADE) --group build -o $(LOCKS)/run.lock pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet $(UPGRADE) --group test -c $(LOCKS)/run.lock -o $(LOCKS)/test.lock pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet $(UPGRADE) --group lint -c $(LOCKS)/run.lock -o $(LOCKS)/lint.lock pyproject.toml

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
