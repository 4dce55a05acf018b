"""Results of studies that take too long for a page, by name.

Chapters use them where one training would decide nothing: a study over several seeds
is run once by a command (CONTRIBUTING.md lists them) and its table stored.
"""

import csv
from importlib.resources import files

__all__ = ["load"]


def load(name: str) -> list[dict[str, str]]:
    """Return the stored table of a study.

    Parameters
    ----------
    name
        The study, e.g. "encoder_study".

    Returns
    -------
    list of dict
        One row a run: column name → value as text.

    Raises
    ------
    ValueError
        If there is no study of that name; the message lists those there are.
    """
    folder = files("aelib") / "stored_runs"
    names = sorted(file.name.removesuffix(".csv") for file in folder.iterdir())
    if name not in names:
        raise ValueError(f"no study is called {name!r}; there are: {', '.join(names)}")
    text = (folder / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
