# make demo    the demonstration region on 127.0.0.1 (PORT, DATABASE_URL)
# make test    checks, then all ordinary tests: services on both databases, pages on SQLite
# make help    the rest

PYTHON ?= python3
PORT ?= 5000
BIN := .venv/bin
STAMP := .venv/stamp-$(shell cat requirements.lock requirements-dev.lock pyproject.toml | cksum | cut -d ' ' -f 1)
# Tests bring their own databases and ports, whatever the shell is set to.
CLEAN := env -u PORT -u DATABASE_URL -u DATABASE_OWNER_URL

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test test-full check bench venv browser clean

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

venv: $(STAMP) ## set up .venv; again only when the lock or pyproject.toml changed
	@$(BIN)/python tools/translations.py --compile

$(STAMP):
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer with venv is needed. Run:"; \
		  echo "apt-get install -y python3 python3-venv"; exit 1; }
	@rm -f .venv/stamp-*
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --requirement requirements.lock --requirement requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

demo: venv ## the demonstration region on 127.0.0.1:$(PORT)
	$(BIN)/flask --app wsgi demo serve --port $(PORT)

demo-reset: ## forget what was done in the demonstration; stop it first
	rm -f instance/demo.db instance/demo.db-shm instance/demo.db-wal

check: venv ## style, types, import rules, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/translations.py --check

browser: venv
	@$(BIN)/python tools/browser.py

test: browser check ## checks, then all ordinary tests: services on both databases, pages on SQLite
	$(CLEAN) $(BIN)/python -m pytest -n 2

test-full: browser check ## everything, nightly sizes included
	$(CLEAN) KOKEMUSSILTA_TEST_FULL=1 $(BIN)/python -m pytest -n 2 -m "full or not full"

bench: venv ## measure
	$(CLEAN) $(BIN)/python -m bench

clean: ## remove .venv and what was built; databases and keys in instance/ stay
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find core plugins -name '*.mo' -delete
