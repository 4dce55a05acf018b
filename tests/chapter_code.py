"""Run a chapter's code cells outside Jupyter."""

from pathlib import Path

import jupytext
import matplotlib

CHAPTERS = Path(__file__).resolve().parent.parent / "chapters"


def run_cells(chapter: str, *names: str, without: tuple[str, ...] = ()) -> dict:
    """Execute the code cells of `chapter`, all or until it has defined all `names`.

    Cells that hold one of the texts in `without` are left out. Figures are drawn on no
    screen. Returns the chapter's names; raises KeyError if one that is asked for never
    appears, and ValueError if a text is in no cell.
    """
    matplotlib.use("agg")
    namespace: dict = {"__name__": chapter}
    cells = jupytext.read(CHAPTERS / f"{chapter}.md").cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    for text in without:
        if not any(text in source for source in sources):
            raise ValueError(f"{chapter} has no cell with {text}")
    for source in sources:
        if not any(text in source for text in without):
            exec(compile(source, f"{chapter}.md", "exec"), namespace)
        if names and namespace.keys() >= set(names):
            break
    if missing := set(names) - namespace.keys():
        raise KeyError(f"{chapter} does not define {', '.join(sorted(missing))}")
    return namespace
