"""Maps of a latent space of two numbers: codes as points, decoded images in place.

Used by the index page and by the chapters on training, latent space and generation.
"""

from collections.abc import Sequence

from aelib.plots import TEXT_WIDTH
from matplotlib import style
from matplotlib.axes import Axes
import matplotlib.pyplot as plt
import numpy as np

__all__ = ["CLASS_COLOURS", "draw_decoded", "show_codes"]

# Ten colours that colour-blind readers can tell apart: Petroff, Accessible Color
# Sequences for Data Visualization, 2021, arXiv:2107.02270.
CLASS_COLOURS: tuple[str, ...] = tuple(
    style.library["petroff10"]["axes.prop_cycle"].by_key()["color"]
)


def show_codes(
    codes: np.ndarray,
    labels: np.ndarray | None = None,
    class_names: Sequence[str] = (),
) -> Axes:
    """Draw codes as points, in black or each class in its own colour.

    Parameters
    ----------
    codes
        Float array (n, 2).
    labels
        Integer array (n,), each the index of a name; None draws black points.
    class_names
        At most ten names in the order of the labels; they make the legend.

    Returns
    -------
    matplotlib.axes.Axes
        With one collection of points, or one for each class.

    Raises
    ------
    ValueError
        If `codes` has another shape, is empty or holds NaN or infinity, or if `labels`
        do not match the codes or the names.
    """
    codes = np.asarray(codes)
    if codes.ndim != 2 or codes.shape[1] != 2 or len(codes) == 0:
        raise ValueError(
            f"codes have shape {codes.shape}; a map wants (n, 2) with n of 1 or more"
        )
    if not np.isfinite(codes).all():
        raise ValueError("codes hold NaN or infinity; encode finite images")
    if labels is not None:
        labels = np.asarray(labels)
        if labels.shape != (len(codes),):
            raise ValueError(
                f"labels have shape {labels.shape} for {len(codes)} codes; "
                f"give one label a code, shape ({len(codes)},)"
            )
        if not 0 <= labels.min() <= labels.max() < len(class_names) <= 10:
            raise ValueError(
                f"labels go from {labels.min()} to {labels.max()} for "
                f"{len(class_names)} names; give a name for each, at most ten"
            )
    _, axis = plt.subplots(figsize=(TEXT_WIDTH, 5.6))
    axis.set(xlabel="first number of the code", ylabel="second number")
    if labels is None:
        axis.scatter(*codes.T, s=3, color="black", linewidths=0)
        return axis
    for label, name in enumerate(class_names):
        points = codes[labels == label].T
        colour = CLASS_COLOURS[label]
        axis.scatter(*points, s=6, color=colour, label=name, linewidths=0, zorder=2)
    axis.figure.legend(
        loc="outside lower center", ncols=5, fontsize=9, frameon=False, markerscale=3
    )
    return axis


def draw_decoded(
    axis: Axes, images: np.ndarray, x_values: np.ndarray, y_values: np.ndarray
) -> None:
    """Draw decoded images behind the points of a map, each where its code lies.

    Parameters
    ----------
    axis
        The map; afterwards its limits are those of the grid.
    images
        Float array (len(y_values), len(x_values), height, width) in [0, 1].
    x_values, y_values
        First and second numbers of the decoded codes: at least two each, rising, at
        equal distances.

    Raises
    ------
    ValueError
        If the counts do not match, or the values do not rise at equal distances.
    """
    images = np.asarray(images)
    steps = []
    for values in (x_values, y_values):
        step = np.diff(values)
        if len(step) < 1 or step[0] <= 0 or not np.allclose(step, step[0]):
            raise ValueError(
                f"{values} do not rise at equal distances; np.linspace makes such "
                "values, two or more"
            )
        steps.append(step[0] / 2)
    rows, columns = len(y_values), len(x_values)
    if images.ndim != 4 or images.shape[:2] != (rows, columns):
        raise ValueError(
            f"images have shape {images.shape}; {rows} second and {columns} first "
            f"numbers want ({rows}, {columns}, height, width)"
        )
    height, width = images.shape[2:]
    sheet = images[::-1].transpose(0, 2, 1, 3).reshape(rows * height, columns * width)
    left, right = x_values[0] - steps[0], x_values[-1] + steps[0]
    bottom, top = y_values[0] - steps[1], y_values[-1] + steps[1]
    axis.imshow(
        sheet,
        extent=(left, right, bottom, top),
        aspect="auto",
        vmin=0,
        vmax=1,
        alpha=0.7,  # the points are in front
        zorder=1,
    )
    axis.set(xlim=(left, right), ylim=(bottom, top))
