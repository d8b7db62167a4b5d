# Needs Python 3.11 or newer and make; everything else is installed into .venv.
BIN   := .venv/bin
READY := .venv/ready
LOCK  := --universal --python-version 3.11 --generate-hashes --no-build --no-emit-index-url --no-annotate \
         --custom-compile-command 'make lock'

.PHONY: help demo demo-reset test test-long test-more check bench generate lock clean

help:
	@echo 'make demo        run Chiron with a sample organisation at http://127.0.0.1:8000/graphql'
	@echo 'make demo-reset  the same, from the beginning: forgets what the demo has stored'
	@echo 'make test        run the tests but the long ones, measure their coverage'
	@echo 'make test-long   run the long tests'
	@echo 'make test-more   try every property with many more examples'
	@echo 'make check       style, types, import contracts, generated files'
	@echo 'make bench       measure, next to its peers; ONLY=group measures one group'
	@echo 'make generate    write the generated files anew'
	@echo 'make lock        choose dependencies anew (needs uv)'
	@echo 'make clean       remove what was built and installed; the data in .chiron stays'

demo: $(READY)
	@$(BIN)/chiron demo

demo-reset: $(READY)
	@$(BIN)/chiron demo --reset

test: $(READY)
	@mkdir -p build/coverage
	@$(BIN)/coverage erase
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not long' --cov --cov-report=
	$(BIN)/coverage report --include='domain/*' --fail-under=100
	$(BIN)/coverage report --omit='domain/*' --fail-under=95
	@cat build/left-out

test-long: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m long

test-more: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m hypothesis --hypothesis-profile=more

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m deploy.generate --check

bench: $(READY)
	$(BIN)/python -m tests.benchmarks $(ONLY)

generate: $(READY)
	$(BIN)/python -m deploy.generate

lock:
	uv pip compile pyproject.toml --extra embedded --group pyproject.toml:dev --output-file requirements.lock $(LOCK)
	uv pip compile pyproject.toml --constraint requirements.lock --output-file deploy/requirements.lock $(LOCK)

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Made again when the dependencies change; a half-made one is completed.
$(READY): requirements.lock pyproject.toml deploy/bootstrap
	@sh deploy/bootstrap
