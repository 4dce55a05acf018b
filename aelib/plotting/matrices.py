"""Small matrices drawn with their numbers.

Used by chapter 3.
"""

from collections.abc import Sequence

from aelib.plotting.style import RED, TEXT_WIDTH
from matplotlib.patches import Rectangle
import matplotlib.pyplot as plt
import numpy as np

__all__ = ["show_numbers"]


def show_numbers(
    matrices: Sequence[np.ndarray],
    titles: Sequence[str],
    frames: Sequence[Sequence[tuple[int, int, int]]] | None = None,
) -> np.ndarray:
    """Draw small matrices beside each other, each number in its shaded square.

    Parameters
    ----------
    matrices
        Arrays (rows, columns) of numbers.
    titles
        One per matrix.
    frames
        For each matrix the squares to frame in red, as (row, column, side); or None.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        One per matrix.

    Raises
    ------
    ValueError
        If a matrix has another rank, is empty or holds NaN, or the counts differ.
    """
    frames = [()] * len(matrices) if frames is None else frames
    if not len(matrices) == len(titles) == len(frames):
        raise ValueError(
            f"there are {len(matrices)} matrices, {len(titles)} titles and "
            f"{len(frames)} lists of frames; give one each"
        )
    matrices = [np.asarray(matrix) for matrix in matrices]
    for matrix, title in zip(matrices, titles, strict=True):
        if matrix.ndim != 2 or matrix.size == 0 or np.isnan(matrix).any():
            raise ValueError(
                f"{title!r} has shape {matrix.shape}; give a matrix (rows, columns) "
                "without NaN"
            )
    rows = max(matrix.shape[0] for matrix in matrices)
    columns = sum(matrix.shape[1] for matrix in matrices) + len(matrices) - 1
    square = min(TEXT_WIDTH / columns, 0.36)  # inches
    size = columns * square, rows * square + 0.3
    figure = plt.figure(figsize=size, layout="none")
    axes, left = [], 0.0
    for matrix, title, own in zip(matrices, titles, frames, strict=True):
        height, width = (square * length for length in matrix.shape)
        bottom = rows * square - height
        across, up = size
        axis = figure.add_axes(
            (left / across, bottom / up, width / across, height / up)
        )
        axes.append(axis)
        left += width + square
        # Twice the largest: black lettering stays readable on the darkest square.
        top = 2 * max(np.abs(matrix).max(), 1e-9)
        axis.imshow(np.abs(matrix), vmin=0, vmax=top)
        if square > 0.15:
            for (row, column), value in np.ndenumerate(matrix):
                axis.text(column, row, f"{value:g}", ha="center", va="center")
        for row, column, side in own:
            corner = (column - 0.5, row - 0.5)
            axis.add_patch(
                Rectangle(corner, side, side, fill=False, edgecolor=RED, linewidth=2)
            )
        axis.set_title(title)
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(True)
    return np.array(axes)
