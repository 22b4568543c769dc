# Two commands matter to a newcomer: `make demo` and `make test`. Both keep everything they install inside .venv/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
COMPILE := uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 --custom-compile-command "make lock" pyproject.toml
ARGS ?=

.PHONY: demo test lint format bench lock openapi schema clean

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

demo: $(VENV)/.runtime  ## the sandbox organisation, no accounts needed
	$(BIN)/guardian demo $(ARGS)

test: lint  ## lint, types and every test
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev  ## ratios against a floor measured in the same run
	$(BIN)/python -m benchmarks $(ARGS)

lock:  ## needs uv on the path
	$(COMPILE) --group build -o requirements/runtime.txt
	$(COMPILE) --group build --group dev -o requirements/dev.txt

openapi: $(VENV)/.dev  ## the committed description of the HTTP interface
	$(BIN)/python -m guardian.web.openapi > docs/openapi.json

schema: $(VENV)/.dev  ## the JSON Schema editors use for policies.yaml
	$(BIN)/guardian policy schema > config/policy.schema.json

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
