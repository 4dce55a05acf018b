"""Figures with axes and numbers: histograms and curves.

Used by chapter 1 and by the chapters on loss and training.
"""

from collections.abc import Mapping

from aelib.plotting.style import DARK, LIGHT, RED, TEXT_WIDTH
from matplotlib.artist import Artist
from matplotlib.axes import Axes
import matplotlib.pyplot as plt
from matplotlib.ticker import MaxNLocator
import numpy as np

__all__ = ["show_curves", "show_pixel_histogram"]

# Lines differ in colour and in dashes, for readers who see no colours.
LINES = (
    (DARK, "-"),
    (RED, "--"),
    ("#e67700", "-."),
    ("#5f3dc4", ":"),
    ("black", "-"),
    ("#2b8a3e", (0, (8, 2))),
)


def show_pixel_histogram(images: np.ndarray) -> Axes:
    """Draw how often each byte occurs, on a logarithmic axis.

    A strip above it has the shares of 0, of 1 to 254 and of 255, on a linear scale.

    Parameters
    ----------
    images
        uint8 array of any shape, 0 to 255, not empty.

    Returns
    -------
    matplotlib.axes.Axes
        The histogram's axis, with 256 bars that sum to 100 per cent.

    Raises
    ------
    TypeError
        If `images` is not of dtype uint8.
    ValueError
        If it is empty.
    """
    images = np.asarray(images)
    if images.dtype != np.uint8:
        raise TypeError(f"images have dtype {images.dtype}; give the bytes, uint8")
    if images.size == 0:
        raise ValueError("images is empty; give at least one")
    share = 100 * np.bincount(images.ravel(), minlength=256) / images.size
    _, (strip, axis) = plt.subplots(
        2, 1, height_ratios=[1, 8], figsize=(TEXT_WIDTH, 3.6)
    )
    parts = share[0], share[1:255].sum(), share[255]
    strip.barh(0, parts, left=np.cumsum((0, *parts[:2])), color=[DARK, LIGHT, "black"])
    for text, left, part, colour in (
        ("0", 0, parts[0], "white"),
        ("1 to 254", parts[0], parts[1], "black"),
    ):
        written = f"{text}: {part:.1f} %" if part > 15 else ""  # else too narrow
        strip.text(left + part / 2, 0, written, color=colour, ha="center", va="center")
    strip.set(xlim=(0, 100))
    strip.set_axis_off()
    colours = [DARK] + [LIGHT] * 254 + [DARK]
    axis.bar(range(256), share, width=1.0, color=colours)
    axis.set(yscale="log", xlabel="pixel value (byte)", ylabel="share of pixels (%)")
    axis.set(xlim=(-4, 259), xticks=[0, 50, 100, 150, 200, 255])
    axis.yaxis.set_major_formatter("{x:g}")
    for value, align, offset in ((0, "left", 3), (255, "right", 3)):
        axis.annotate(
            f"{value}: {share[value]:.1f} %",
            (value, share[value]),
            xytext=(6 if align == "left" else 0, offset),
            textcoords="offset points",
            ha=align,
        )
    return axis


def show_curves(
    panels: Mapping[str, Mapping[str, np.ndarray]],
    x_values: np.ndarray,
    x_label: str,
    levels: Mapping[str, Mapping[str, float]] | None = None,
) -> np.ndarray:
    """Draw curves over one axis, in one panel or in several beside each other.

    Parameters
    ----------
    panels
        The label of a panel's vertical axis → its curves, name → values (n,). At most
        six names; a name has the same line in every panel.
    x_values
        (n,), rising; whole numbers get whole ticks.
    x_label
        Of the horizontal axis.
    levels
        The label of a panel's vertical axis → its horizontal lines, name → height.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        One per panel.

    Raises
    ------
    ValueError
        If there are no panels, more than six names, a curve of another length, or
        levels for a panel that there is not.
    """
    for label in levels or {}:
        if label not in panels:
            raise ValueError(
                f"levels for {label!r}; the panels are {', '.join(map(repr, panels))}"
            )
    names = list(dict.fromkeys(name for curves in panels.values() for name in curves))
    if not 1 <= len(names) <= len(LINES):
        raise ValueError(f"there are {len(names)} curves; give 1 to {len(LINES)}")
    figure, axes = plt.subplots(
        1, len(panels), figsize=(TEXT_WIDTH, 3.2), squeeze=False
    )
    for axis, (label, curves) in zip(axes[0], panels.items(), strict=True):
        for name, values in curves.items():
            if np.shape(values) != np.shape(x_values):
                raise ValueError(
                    f"{name!r} has shape {np.shape(values)}, x_values "
                    f"{np.shape(x_values)}; give one value for each x"
                )
            colour, dashes = LINES[names.index(name)]
            axis.plot(x_values, values, color=colour, linestyle=dashes, label=name)
        for name, height in (levels or {}).get(label, {}).items():
            axis.axhline(height, color="grey", linewidth=1)
            axis.annotate(
                name,
                (1, height),
                xytext=(0, 2),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                ha="right",
                fontsize=8,
            )
        axis.set(xlabel=x_label, ylabel=label)
        if np.issubdtype(np.asarray(x_values).dtype, np.integer):
            axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    handles: dict[str, Artist] = {}
    for axis in axes[0]:
        for handle, name in zip(*axis.get_legend_handles_labels(), strict=True):
            handles.setdefault(name, handle)
    letters = sum(len(name) + 8 for name in handles)
    rows = 1 + (letters > 96)  # as the text is wide
    figure.legend(
        list(handles.values()),
        list(handles),
        loc="outside upper center",
        ncols=-(-len(handles) // rows),
        frameon=False,
    )
    return axes[0]
