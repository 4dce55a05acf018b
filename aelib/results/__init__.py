"""Results of studies that take too long for a page, by name.

Chapters use them where one training would decide nothing: a study over several seeds
is run once by a command (CONTRIBUTING.md lists them) and its table stored.
"""

import csv
from importlib.resources import files
from pathlib import Path

import pandas as pd

__all__ = ["store", "table"]

FOLDER = Path(str(files("aelib.results")))


def table(name: str) -> pd.DataFrame:
    """Return the stored table of a study.

    Parameters
    ----------
    name
        The study, e.g. "encoder_study".

    Returns
    -------
    pandas.DataFrame
        One row per run; columns of numbers are numbers.

    Raises
    ------
    ValueError
        If there is no study of that name; the message lists those there are.
    RuntimeError
        If the file is damaged: empty, or with a row that has other columns.
    """
    names = sorted(path.stem for path in FOLDER.glob("*.csv"))
    if name not in names:
        raise ValueError(f"no study is called {name!r}; there are: {', '.join(names)}")
    path = FOLDER / f"{name}.csv"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        lines = []
    # pandas would fill a row that is too short.
    header, *rows = list(csv.reader(lines)) or [[]]
    if not rows or any(len(row) != len(header) for row in rows):
        raise RuntimeError(
            f"{path} is damaged: it holds no table whose rows have the same columns; "
            "get the file again, or run the study (CONTRIBUTING.md has the command)"
        )
    return pd.read_csv(path)


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
