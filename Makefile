# Commands of maintenance; `make help` lists them. Run them with .venv activated.
.PHONY: help book strict twins test deep lint format weights study losses sizes denoising variational repairs race forming tiles constraints links clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

book: ## build the book; only changed pages are made again
	jupyter-book build .

strict: ## build every page; a warning is an error (as CI does)
	rm -rf _build/html _build/.doctrees _build/jupyter_execute
	jupyter-book build . -W -n --keep-going

twins: ## derive the chapters' notebooks from their sources
	python tools/twins.py

test: ## run the quick tests and every notebook once
	pytest --nbval

deep: ## run the other tests: the built book, exercises, every pretrained model
	pytest -m deep tests

lint: ## check formatting, code, types and spelling, code cells of chapters included
	python tools/lint.py

format: ## format the code, code cells of chapters included
	python tools/lint.py --fix

study: ## train the variants of chapter 2 again, ten seeds each
	python studies/encoder_study.py

losses: ## train chapter 4's networks again, three losses from three seeds
	python studies/loss_study.py

sizes: ## train and sample chapter 7's networks of latent dimension 2 to 64 again
	python studies/size_study.py

denoising: ## train chapter 9's networks and denoisers again
	python studies/denoising_study.py

variational: ## train and measure chapter 8's variational networks again
	python studies/variational_study.py

repairs: ## train chapter 8's networks, and sample them in several ways again
	python studies/repair_study.py

race: ## time the recipes "plain" and "fast", and what lies between
	python studies/time_to_quality.py

forming: ## train the network that chapter 5's live figure watches again
	python studies/forming_study.py

tiles: ## train chapter 10's networks on tiles of photographs again
	python studies/tile_study.py

weights: ## train the models that have no card; one again: python -m aelib.pretrained NAME
	python -m aelib.pretrained

constraints: ## resolve every version again, for all systems and Pythons
	pip install --quiet uv
	grep -v '^-c' requirements.txt | uv pip compile - --universal --python-version 3.11 \
	  --no-annotate --no-header --no-emit-package aelib --quiet -o constraints.txt

links: ## check the links of the book (needs a network)
	jupyter-book build . --builder linkcheck

clean: ## remove everything that was built
	rm -rf _build build *.egg-info
