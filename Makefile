# The commands of the course; README.md says what each is for.
PYTHON ?= python3
TORCH_INDEX ?=
ARGS ?=
SUBMISSIONS ?=

VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
RUN := $(BIN)/python
BOOTSTRAP = $(PYTHON) course/bootstrap.py --venv $(VENV) \
	--torch-index "$(TORCH_INDEX)"
PINS := pyproject.toml requirements.lock

.PHONY: help lab test quick lint format exercises slides site student \
	grade update bench lock clean

help:  ## say what each command does
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

lab: $(VENV)/ready-lab  ## open JupyterLab on the lectures
	@$(RUN) -m course lab $(ARGS)

test: lint  ## run everything that is checked
	@$(RUN) -m pytest $(ARGS)

quick: $(VENV)/ready-test  ## run the tests without browser and notebooks
	@$(RUN) -m pytest -m "not slow and not browser" $(ARGS)

lint: $(VENV)/ready-test  ## look for slips in code and notebooks
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

format: $(VENV)/ready-test  ## put code into the common form
	@$(RUN) -m ruff check --fix .
	@$(RUN) -m ruff format .

exercises: $(VENV)/ready-test  ## make exercises/ from solutions/
	@$(RUN) -m course exercises $(ARGS)

slides: $(VENV)/ready-test  ## make decks that need no Python and no network
	@$(RUN) -m course slides $(ARGS)

site: $(VENV)/ready-test  ## make the web site of the course
	@$(RUN) -m course site $(ARGS)

student: $(VENV)/ready-test  ## make the zip that a class gets
	@$(RUN) -m course student $(ARGS)

grade: $(VENV)/ready-test  ## grade what a class handed in
	@$(if $(SUBMISSIONS),,$(error SUBMISSIONS must name a folder or a zip, \
	such as: make grade SUBMISSIONS=handed-in))
	@# With status 2 all went well, and a human is to look at something.
	@$(RUN) -m course grade "$(SUBMISSIONS)" --out build/grades $(ARGS) \
		|| test $$? -eq 2

update: $(VENV)/ready-lab  ## take the newest course, keep your answers
	@$(RUN) -m course update

bench: $(VENV)/ready-test  ## measure speed against other ways
	@$(RUN) -m bench $(ARGS)

lock:  ## renew requirements.lock
	@$(BOOTSTRAP) --extras lock
	@$(RUN) -m piptools compile --quiet --all-extras --strip-extras \
		--no-emit-index-url --no-emit-find-links --no-annotate \
		--no-header --upgrade --output-file requirements.lock \
		pyproject.toml
	@sed -i.old 's/^\(torch==[0-9.]*\)+.*/\1/' requirements.lock
	@rm requirements.lock.old

clean:  ## remove what was built
	rm -rf build .pytest_cache .ruff_cache .hypothesis lossviz.egg-info
	find . -name __pycache__ -not -path "./$(VENV)/*" -prune \
		-exec rm -rf {} +
	rm -rf $(VENV)

$(VENV)/ready-lab: $(PINS)
	@$(BOOTSTRAP)
	@touch $@

$(VENV)/ready-test: $(PINS)
	@$(BOOTSTRAP) --extras test,grading,publishing
	@touch $@ $(VENV)/ready-lab
