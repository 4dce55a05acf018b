"""Train again the named models, or those that have no card."""

import argparse

from aelib import pretrained
import joblib


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser("python -m aelib.pretrained", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of the models")
    parser.add_argument("--jobs", type=int, default=1, help="trainings at a time")
    asked = parser.parse_args()
    missing = [
        name
        for name in (*pretrained.MODELS, pretrained.CLASSIFIER)
        if not (pretrained.WEIGHTS / f"{name}.json").is_file()
    ]
    with joblib.parallel_config(n_jobs=asked.jobs):
        pretrained.retrain(*(asked.names or missing))


if __name__ == "__main__":
    main()
