# What can be done here: `make help`.
.DEFAULT_GOAL := help
.PHONY: help run test lint bench soak vm lock clean
PY := .venv/bin/python
# Browser tests hang on the machine's pace: what failed runs once more, alone. A test named here is to be mended.
AGAIN = echo "These failed beside others. Once more, alone:" && $(PY) -m pytest -q --last-failed --lfnf=none $(ARGS)

help:  ## what can be done here
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run:  ## install what is missing and start the sample shop (make run ARGS=--fresh starts it anew)
	@tools/bootstrap run
	@.venv/bin/tillbox demo $(ARGS)

test: lint  ## every test, with a real broker and a real browser
	@$(PY) -m pytest -q -n 2 --dist loadfile $(ARGS) || { [ $$? -eq 1 ] && $(AGAIN); }

lint:  ## ruff and mypy
	@tools/bootstrap test
	@.venv/bin/ruff check .
	@.venv/bin/mypy

bench:  ## the budgets: times, bytes and disk syncs of a sale, 2,000 grocery baskets
	@tools/bootstrap test
	@$(PY) -m tests.bench $(ARGS)

soak:  ## the crash and outage tests and whole days, points in two stores, many times over; the services on a booted system (root)
	@tools/bootstrap test
	@$(PY) -m pytest -q tests/edge/test_days.py tests/edge/test_whole_day.py tests/sync/test_two_stores.py \
		tests/e2e tests/systemd --soak $(ARGS)

vm:  ## check the systemd units, then a whole box as a virtual machine: USB devices, sales, power cuts (root)
	@tools/bootstrap test
	@tools/check-units
	@$(PY) -m tests.vm $(ARGS)

lock:  ## choose the newest fitting versions again and write the lock files
	@tools/lock

clean:  ## remove what was built here (not the sample shop's data)
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find edge drivers web sync tests -name __pycache__ -type d -prune -exec rm -rf {} +
