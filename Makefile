# Everything needed is set up by the first target that needs it: .venv, requirements, a Chromium for the browser tests.
PYTHON ?= python3
PORT ?= 8501
PY := .venv/bin/python
# Test files run two at a time, those whose limits are of wall-clock time afterwards and alone (decision 0032).
TESTS := $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: run test test-long check browser pictures gallery bench clean

run: .venv/installed
	$(PY) -m pages --server.port $(PORT)

test: check browser
	$(TESTS) -m "not long and not alone"
	$(PY) -m pytest -m "alone and not long"

test-long: check browser
	$(TESTS) -m "not alone"
	$(PY) -m pytest -m "alone"

# Lint, format and types: the quick part.
check: .venv/installed-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

browser: .venv/installed-dev
	$(PY) -m tests.browser.install

.venv/created:
	$(PYTHON) -c 'import sys; sys.exit("Proving Ground needs Python 3.11 or newer; this is %d.%d. Try: make PYTHON=python3.12" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv || { command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv .venv; }
	touch $@

.venv/installed: .venv/created requirements.txt
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

# The training step beside other frameworks, in an environment of its own.
bench: .venv-bench/installed
	.venv-bench/bin/python benchmarks/training.py

.venv-bench/installed: .venv/created requirements.txt requirements-bench.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	touch $@

clean:
	rm -rf .venv .venv-bench store .pytest_cache .mypy_cache .ruff_cache

# The pictures of the README, as the browser test saw them.
pictures: browser
	$(PY) -m pytest -q tests/browser/test_journey.py -k "trains_sees or white"
	cp tests/browser/screenshots/money.png docs/pictures/money.png

# Every page and section, light and dark, wide and narrow, to be looked at: tests/browser/screenshots/gallery/index.html.
gallery: browser
	$(PY) -m tests.browser.gallery
