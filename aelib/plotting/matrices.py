"""Small matrices, and parts of an image, drawn with their numbers.

Used by chapters 1 and 3.
"""

from collections.abc import Sequence

from aelib.plotting.style import RED, TEXT_WIDTH
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
import matplotlib.pyplot as plt
import numpy as np

__all__ = ["show_numbers", "show_pixels"]

TINT = "#b8dde3"  # of squares that a figure follows from one matrix to the next


def show_numbers(
    matrices: Sequence[np.ndarray],
    titles: Sequence[str],
    frames: Sequence[Sequence[tuple[int, ...]]] | None = None,
    columns: int | None = None,
    tints: Sequence[np.ndarray | None] | None = None,
) -> np.ndarray:
    """Draw small matrices in rows, each number in its shaded square.

    Parameters
    ----------
    matrices
        Arrays (rows, columns) of numbers; masked entries are left blank.
    titles
        One per matrix.
    frames
        For each matrix the parts to frame in red, as (row, column, side) or (row,
        column, height, width); or None.
    columns
        Matrices beside each other; None: all in one row.
    tints
        For each matrix a boolean array of its shape, True for squares to tint in colour
        in place of the shade, or None; or None for all.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        One per matrix.

    Raises
    ------
    ValueError
        If a matrix has another rank, is empty or holds NaN, a tint has another shape,
        or the counts differ.
    """
    count = len(matrices)
    frames = [()] * count if frames is None else frames
    tints = [None] * count if tints is None else tints
    if not count == len(titles) == len(frames) == len(tints):
        raise ValueError(
            f"there are {count} matrices, {len(titles)} titles, {len(frames)} lists "
            f"of frames and {len(tints)} tints; give one each"
        )
    masked = [np.ma.asarray(matrix) for matrix in matrices]
    for matrix, title, tint in zip(masked, titles, tints, strict=True):
        if matrix.ndim != 2 or matrix.size == 0 or np.isnan(matrix.filled(0)).any():
            raise ValueError(
                f"{title!r} has shape {matrix.shape}; give a matrix (rows, columns) "
                "without NaN"
            )
        if tint is not None and np.shape(tint) != matrix.shape:
            raise ValueError(
                f"the tint of {title!r} has shape {np.shape(tint)}, the matrix "
                f"{matrix.shape}; give one entry for each square"
            )
    columns = columns or count
    rows = [range(first, count)[:columns] for first in range(0, count, columns)]
    heights = [max(masked[n].shape[0] for n in row) for row in rows]
    across = max(sum(masked[n].shape[1] + 1 for n in row) - 1 for row in rows)
    square = min(TEXT_WIDTH / across, 0.36)  # inches
    width, up = across * square, sum(heights) * square + 0.3 * len(rows)
    figure = plt.figure(figsize=(width, up), layout="none")
    axes, top = [], up
    for row, height in zip(rows, heights, strict=True):
        left, top = 0.0, top - 0.3
        for n in row:
            tall, wide = (square * length for length in masked[n].shape)
            place = left / width, (top - tall) / up, wide / width, tall / up
            axis = figure.add_axes(place)
            _fill_squares(axis, masked[n], tints[n], has_text=square > 0.15)
            for first, column, *size in frames[n]:
                corner = (column - 0.5, first - 0.5)
                frame = Rectangle(
                    corner, size[-1], size[0], fill=False, edgecolor=RED, linewidth=2
                )
                axis.add_patch(frame)
                frame.set(clip_on=False, zorder=5)
            axis.set_title(titles[n])
            axes.append(axis)
            left += wide + square
        top -= height * square
    return np.array(axes)


def _fill_squares(
    axis: Axes, matrix: np.ma.MaskedArray, tint: np.ndarray | None, has_text: bool
) -> None:
    shade = np.abs(matrix.filled(0))
    # Twice the largest: black lettering stays readable on the darkest square.
    axis.imshow(shade, vmin=0, vmax=2 * max(shade.max(), 1e-9))
    if tint is not None:
        colour = np.zeros((*matrix.shape, 4))
        colour[np.asarray(tint)] = to_rgba(TINT)
        axis.imshow(colour)
    if has_text:
        axis.set_xticks(np.arange(1, matrix.shape[1]) - 0.5, minor=True)
        axis.set_yticks(np.arange(1, matrix.shape[0]) - 0.5, minor=True)
        axis.grid(which="minor", color="0.85", linewidth=0.5)
        axis.tick_params(which="minor", length=0)
        blank = np.ma.getmaskarray(matrix)
        for (row, column), value in np.ndenumerate(matrix.filled(0)):
            if not blank[row, column]:
                axis.text(column, row, f"{value:g}", ha="center", va="center")
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(True)


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
