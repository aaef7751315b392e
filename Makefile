# The same commands by hand and in CI. `make demo` and `make test` need Python 3.11 or newer, git and make, and make
# a virtual environment of their own.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made

.PHONY: demo test check docs bench acceptance fuzz clean

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Bridle needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

demo: $(STAMP)  ## make a synthetic phone, scan it, show what was found
	$(BIN)/bridle demo --force -o demo

test: $(STAMP)  ## all tests
	$(BIN)/python -m pytest

check: $(STAMP)  ## style, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(STAMP)  ## write the reference from the code
	$(BIN)/python -m scanner.docs docs

bench: $(STAMP)  ## measure against MVT, side by side (takes minutes)
	$(BIN)/python -m benchmarks.run

acceptance: $(STAMP)  ## real samples beside the project, where they are there
	$(BIN)/python -m benchmarks.acceptance

fuzz: $(STAMP)  ## damage every store many times (takes minutes)
	BRIDLE_FUZZ=200 $(BIN)/python -m pytest tests/test_damage.py tests/test_damaged_backups.py

clean:
	rm -rf $(VENV) demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
