"""Train again the named models, or those that have no card."""

import sys

from aelib import pretrained

for name in sys.argv[1:] or [
    name
    for name in pretrained.MODELS
    if not (pretrained.WEIGHTS / f"{name}.json").is_file()
]:
    print(f"training {name}", flush=True)
    pretrained.retrain(name)
