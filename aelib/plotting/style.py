"""The book's look: sizes, colours, lettering, and axes in rows.

Used by every chapter; `use_style` stands in each one's first cells.
"""

from matplotlib import style
import matplotlib.pyplot as plt
import numpy as np

__all__ = ["CLASS_COLORS", "DARK", "LIGHT", "RED", "TEXT_WIDTH", "use_style"]

# Inches; the text column is as wide, so lettering appears at its nominal size.
TEXT_WIDTH = 7.2
DARK, LIGHT, RED = "#0b7285", "#6fa8b3", "#c92a2a"

STYLE = {
    "figure.figsize": (TEXT_WIDTH, 3.2),
    "figure.dpi": 150,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",  # comes with Matplotlib: the same everywhere
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "image.cmap": "gray_r",  # ink on white paper
    "image.interpolation": "nearest",
}


# Ten colours that colour-blind readers can tell apart: Petroff, Accessible Color
# Sequences for Data Visualization, 2021, arXiv:2107.02270.
CLASS_COLORS: tuple[str, ...] = tuple(
    style.library["petroff10"]["axes.prop_cycle"].by_key()["color"]
)


def use_style() -> None:
    """Give all figures of a notebook the book's look."""
    plt.rcParams.update(STYLE)  # type: ignore[arg-type]  # a plain dict is fine


def make_grid(
    count: int, columns: int, height: float, width: float = TEXT_WIDTH
) -> np.ndarray:
    """Make `count` axes in rows of `columns`, each `height` inches high, (count,)."""
    rows = -(-count // columns)
    figsize = width, rows * height
    _, axes = plt.subplots(rows, columns, figsize=figsize, squeeze=False)
    for axis in axes.flat[count:]:
        axis.remove()
    return axes.flatten()[:count]
