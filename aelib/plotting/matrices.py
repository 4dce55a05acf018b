"""Small matrices, and parts of an image, drawn with their numbers.

Used by chapters 1 and 3.
"""

from collections.abc import Sequence

from aelib.plotting.style import RED, TEXT_WIDTH
from matplotlib.patches import Rectangle
import matplotlib.pyplot as plt
import numpy as np

__all__ = ["show_numbers", "show_pixels"]


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


def show_pixels(image: np.ndarray, row: int, column: int, side: int = 10) -> np.ndarray:
    """Draw an image, and beside it a square part of it with the value of each pixel.

    Parameters
    ----------
    image
        uint8 (height, width), 0 to 255; 0 is white and 255 black.
    row, column
        The upper left pixel of the part.
    side
        Height and width of the part in pixels, at most 12, so that three digits fit.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        Two: the image with the part framed in red, and the part.

    Raises
    ------
    TypeError
        If `image` is not of dtype uint8.
    ValueError
        If it has another rank, or the part is empty, larger than 12×12 or reaches
        outside the image.
    """
    image = np.asarray(image)
    if image.dtype != np.uint8:
        raise TypeError(f"image has dtype {image.dtype}; give the bytes, uint8")
    if image.ndim != 2:
        raise ValueError(f"image has shape {image.shape}; give one, (height, width)")
    if not 1 <= side <= 12:
        raise ValueError(f"side is {side}; give 1 to 12")
    if min(row, column) < 0 or max(row + side, column + side) > min(image.shape):
        raise ValueError(
            f"the part from ({row}, {column}) with side {side} is not inside an image "
            f"of shape {image.shape}"
        )
    part = image[row : row + side, column : column + side]
    _, axes = plt.subplots(1, 2, figsize=(TEXT_WIDTH, TEXT_WIDTH / 2))
    for axis, pixels in zip(axes, (image, part), strict=True):
        axis.imshow(pixels, vmin=0, vmax=255)
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(True)
    axes[1].spines[:].set(color=RED, linewidth=2)
    axes[0].add_patch(
        Rectangle(
            (column - 0.5, row - 0.5),
            *(side, side),
            fill=False,
            edgecolor=RED,
            linewidth=2,
        )
    )
    for (down, across), value in np.ndenumerate(part):
        ink = "white" if value > 127 else "black"
        axes[1].text(across, down, str(value), color=ink, ha="center", va="center")
    return axes
