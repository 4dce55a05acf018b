"""The command line that the studies share."""

import argparse
from collections.abc import Callable

import joblib


def run(main: Callable[[], None]) -> None:
    """Run a study; `--jobs N` trains N networks at a time."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=1, help="trainings at a time")
    with joblib.parallel_config(n_jobs=parser.parse_args().jobs):
        main()
