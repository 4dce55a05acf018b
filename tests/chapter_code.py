"""Run a chapter's code cells outside Jupyter."""

from pathlib import Path

import jupytext
import matplotlib

CHAPTERS = Path(__file__).resolve().parent.parent / "chapters"


def run_cells(chapter: str, *names: str) -> dict:
    """Execute the code cells of `chapter`, all or until it has defined all `names`.

    Figures are drawn on no screen. Returns the chapter's names; raises KeyError if one
    that is asked for never appears.
    """
    matplotlib.use("agg")
    namespace: dict = {"__name__": chapter}
    for cell in jupytext.read(CHAPTERS / f"{chapter}.md").cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, f"{chapter}.md", "exec"), namespace)
        if names and namespace.keys() >= set(names):
            break
    if missing := set(names) - namespace.keys():
        raise KeyError(f"{chapter} does not define {', '.join(sorted(missing))}")
    return namespace
