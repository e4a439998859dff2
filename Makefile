# `make run` starts the suite on a fresh machine; `make test` proves it. Both set up what is missing, and only that.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8080
VENV := .venv
PY := $(VENV)/bin/python
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(PY) -m pip install --quiet --no-deps
CATALOGUES := $(wildcard translations/*/LC_MESSAGES/*.po addons/*/translations/*/LC_MESSAGES/*.po)
COMPILED := $(CATALOGUES:.po=.mo)

.PHONY: setup run test coverage lint lock clean system fonts translations

setup: system $(VENV)/.ready fonts translations

system:
	@scripts/system-packages.sh

# The stamp comes last, so that a set-up which was interrupted is done again.
$(VENV)/.ready: requirements.lock setup.cfg pyproject.toml | system
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed (PYTHON=… names one)")'
	$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(PIP) -r requirements.lock
	$(PIP) --no-build-isolation --editable .
	touch $@

# Outside the checkout and named for their recipe; there already: nothing happens.
fonts: $(VENV)/.ready
	@$(PY) -m core.letter.prepare_fonts

translations: $(COMPILED)

$(COMPILED) &: $(CATALOGUES) $(VENV)/.ready
	$(PY) scripts/translations.py compile

run: setup
	@$(PY) scripts/run.py --port $(PORT)

lint: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

test: setup lint
	$(PY) -m pytest -n 2 --dist worksteal

# The same tests with a count of the lines that they reach: a third slower, so it is asked for by itself.
coverage: setup
	$(PY) -m pytest -n 2 --dist worksteal --cov --cov-report=term

lock:
	scripts/lock.sh

# The data in var/ stays.
clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* *.egg-info
	find . -path ./$(VENV) -prune -o -name '*.mo' -exec rm {} +
