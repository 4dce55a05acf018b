"""Results of studies that take too long for a page, by name.

Chapters use them where one training would decide nothing: a study over several seeds
is run once by a command (CONTRIBUTING.md lists them) and its table stored.
"""

import csv
from importlib.resources import files
from pathlib import Path

__all__ = ["load", "store"]

FOLDER = Path(str(files("aelib.results")))


def load(name: str) -> list[dict[str, str]]:
    """Return the stored table of a study.

    Parameters
    ----------
    name
        The study, e.g. "encoder_study".

    Returns
    -------
    list of dict
        One row per run: column name → value as text.

    Raises
    ------
    ValueError
        If there is no study of that name; the message lists those there are.
    """
    names = sorted(path.stem for path in FOLDER.glob("*.csv"))
    if name not in names:
        raise ValueError(f"no study is called {name!r}; there are: {', '.join(names)}")
    text = (FOLDER / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def store(name: str, rows: list[dict[str, object]]) -> None:
    """Store the table of a study, in one piece.

    Parameters
    ----------
    name
        The study; its old table is replaced.
    rows
        One per run, all with the same columns.

    Raises
    ------
    ValueError
        If there are no rows, or a row has other columns than the first.
    """
    if not rows or any(row.keys() != rows[0].keys() for row in rows):
        raise ValueError(
            f"the study {name!r} has {len(rows)} rows; give one or more, all with the "
            "same columns"
        )
    temporary = FOLDER / f"{name}.tmp"
    with temporary.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0], lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    temporary.replace(FOLDER / f"{name}.csv")
