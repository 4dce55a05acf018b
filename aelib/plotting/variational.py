"""Drawings of a variational autoencoder: its diagram, and distributions as ellipses.

Used by chapter 8.
"""

from collections.abc import Mapping, Sequence

from aelib.plotting.style import CLASS_COLORS, DARK, LIGHT, RED, TEXT_WIDTH
from aelib.validation import check_labels
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection
from matplotlib.patches import Circle, Polygon, Rectangle
import matplotlib.pyplot as plt
import numpy as np

__all__ = ["draw_ellipses", "draw_variational_autoencoder", "show_posteriors"]

PALE = "#e3eef0"
# The diagram's arrows, from and to, in tenths of an inch.
FORWARD = (
    ((10.8, 19), (12.6, 19)),
    ((22.4, 20.5), (26.6, 22.8)),
    ((22.4, 17.5), (26.6, 15.2)),
    ((31.4, 22.7), (38.6, 19.9)),
    ((31.4, 15.3), (38.6, 18.1)),
    ((43.5, 19.8), (47.6, 19.8)),
    ((57.4, 19.8), (61, 19.8)),
)
BACKWARD = (
    ((61, 17.6), (57.4, 17.6)),
    ((47.6, 17.6), (43.6, 17.6)),
    ((39.3, 21.2), (31.2, 24.6)),
    ((39.3, 16.8), (31.2, 13.4)),
    ((26.4, 23.9), (22.4, 21.8)),
    ((26.4, 14.1), (22.4, 16.2)),
)


def draw_ellipses(
    axis: Axes,
    means: np.ndarray,
    covariances: np.ndarray,
    colors: str | Sequence[str] = RED,
    scale: float = 2.0,
) -> None:
    """Draw Gaussian distributions in the plane as outlines.

    Parameters
    ----------
    axis
        The map.
    means
        Float array (n, 2).
    covariances
        Float array (n, 2, 2), or the variances alone, (n, 2), of distributions whose
        components are independent.
    colors
        One for all outlines, or n.
    scale
        How many standard deviations an outline is away from its mean: 2 encloses 86 %
        of the distribution.

    Raises
    ------
    ValueError
        If the shapes do not match, or a variance is negative or NaN.
    """
    means, covariances = np.asarray(means), np.asarray(covariances)
    count = len(means)
    if means.shape != (count, 2) or covariances.shape not in (
        (count, 2),
        (count, 2, 2),
    ):
        raise ValueError(
            f"means have shape {means.shape}, covariances {covariances.shape}; give "
            "(n, 2) and (n, 2, 2), or (n, 2) for variances alone"
        )
    if covariances.ndim == 2:
        covariances = covariances[..., None] * np.eye(2)
    variances, directions = np.linalg.eigh(covariances)  # (n, 2), (n, 2, 2)
    if not variances.min(initial=0) >= -1e-9:
        raise ValueError("a variance is negative or NaN; give those of distributions")
    diameters = 2 * scale * np.sqrt(np.maximum(variances, 0))
    angles = np.degrees(np.arctan2(directions[:, 1, 0], directions[:, 0, 0]))
    ellipses = EllipseCollection(
        diameters[:, 0],
        diameters[:, 1],
        angles,
        units="xy",
        offsets=means,
        offset_transform=axis.transData,
        facecolors="none",
        edgecolors=colors,
        linewidths=1.3,
        zorder=3,
    )
    axis.add_collection(ellipses)


def show_posteriors(
    posteriors: Mapping[str, tuple[np.ndarray, np.ndarray]],
    labels: np.ndarray,
    class_names: Sequence[str],
    count: int = 60,
) -> np.ndarray:
    """Draw the codes of images, and for the first of them the posterior as an ellipse.

    Parameters
    ----------
    posteriors
        Title → means and variances, float (n, 2) each, of q(z|x) for the same images.
    labels
        Integer array (n,), each the index of a name.
    class_names
        At most ten names in the order of the labels.
    count
        How many posteriors to draw, each with an outline of two standard deviations.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        One per entry of `posteriors`, all with the same limits.

    Raises
    ------
    ValueError
        If the labels do not match the means or the names, or as `draw_ellipses`.
    """
    labels = np.asarray(labels)
    figure, axes = plt.subplots(
        1,
        len(posteriors),
        figsize=(TEXT_WIDTH, 0.9 + TEXT_WIDTH / len(posteriors)),
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for axis, (title, (means, variances)) in zip(
        axes[0], posteriors.items(), strict=True
    ):
        check_labels(labels, len(means))
        if not 0 <= labels.min() <= labels.max() < len(class_names) <= 10:
            raise ValueError(
                f"labels go from {labels.min()} to {labels.max()} for "
                f"{len(class_names)} names; give a name for each, at most ten"
            )
        for label, name in enumerate(class_names):
            is_own, colour = labels == label, CLASS_COLORS[label]
            x, y = np.asarray(means)[is_own].T
            axis.scatter(x, y, s=3, color=colour, alpha=0.25, linewidths=0)
            axis.scatter([], [], s=30, color=colour, label=name)
        colors = [CLASS_COLORS[label] for label in labels[:count]]
        draw_ellipses(axis, means[:count], variances[:count], colors)
        axis.set(title=title, xlabel="z₁", aspect="equal")
    axes[0, 0].set_ylabel("z₂")
    figure.legend(
        *axes[0, 0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=5,
        fontsize=9,
        frameon=False,
    )
    return axes[0]


def draw_variational_autoencoder(image: np.ndarray, reconstruction: np.ndarray) -> Axes:
    """Draw how a variational autoencoder computes its two losses, and their gradients.

    Black arrows show the forward pass, the red one the way of the gradient back through
    the sampled code to its mean and variance.

    Parameters
    ----------
    image, reconstruction
        Float arrays (height, width) or (height, width, 1) in [0, 1].

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If one of them has another rank.
    """
    pictures = [np.squeeze(picture) for picture in (image, reconstruction)]
    if any(picture.ndim != 2 for picture in pictures):
        raise ValueError(
            f"the images have shapes {np.shape(image)} and {np.shape(reconstruction)}; "
            "give (height, width) or (height, width, 1)"
        )
    _, axis = plt.subplots(figsize=(TEXT_WIDTH, 3.1))
    axis.set_axis_off()
    for left, picture, name in (
        (0.5, pictures[0], "image x"),
        (61.5, pictures[1], "reconstruction"),
    ):
        extent = (left, left + 10, 14, 24)
        axis.imshow(picture, vmin=0, vmax=1, extent=extent)
        frame = Rectangle((left, 14), 10, 10, fill=False, edgecolor="black")
        axis.add_patch(frame)
        axis.text(left + 5, 12.2, name, ha="center", va="center")
    axis.set(xlim=(0, 72), ylim=(1, 33))
    for left, heights, name in ((13, (5, 3), "encoder"), (48, (3, 5), "decoder")):
        right = left + 9
        corners = [(left, 19 - heights[0]), (left, 19 + heights[0])]
        corners += [(right, 19 + heights[1]), (right, 19 - heights[1])]
        axis.add_patch(Polygon(corners, facecolor=PALE, edgecolor=DARK))
        axis.text(left + 4.5, 19, name, ha="center", va="center")
    _draw_node(axis, 29, 23.5, "μ", DARK)
    _draw_node(axis, 29, 14.5, "σ", DARK)
    _draw_node(axis, 41, 19, "z", RED)
    _draw_node(axis, 41, 30, "ε", "grey")
    axis.text(44, 30, "noise drawn from N(0, I)", va="center", color="grey")
    axis.text(42, 14.6, "z = μ + σ ε", ha="center", va="center", color=RED)
    for start, end in FORWARD:
        _draw_arrow(axis, start, end, "black")
    for start, end in BACKWARD:
        _draw_arrow(axis, start, end, RED, "--")
    _draw_arrow(axis, (41, 27.6), (41, 21.6), "grey")
    for x, text in (
        (24, "KL term:\nq(z|x) = N(μ, σ²) against the prior N(0, I)"),
        (58.5, "reconstruction term:\nreconstruction against x"),
    ):
        axis.text(x, 4, text, ha="center", va="center", fontsize=9)
    _draw_arrow(axis, (29, 11.9), (26, 7), LIGHT)
    _draw_arrow(axis, (66.5, 11), (60, 7), LIGHT)
    axis.text(36.4, 25.2, "gradient", color=RED, ha="center", fontsize=9)
    return axis


def _draw_node(axis: Axes, x: float, y: float, name: str, color: str) -> None:
    circle = Circle((x, y), 2.2, facecolor="white", edgecolor=color, linewidth=1.5)
    axis.add_patch(circle)
    axis.text(x, y, name, ha="center", va="center", fontsize=12, color=color)


def _draw_arrow(
    axis: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    color: str,
    linestyle: str = "-",
) -> None:
    style = {"arrowstyle": "->", "color": color, "linestyle": linestyle}
    axis.annotate("", end, start, arrowprops={**style, "shrinkA": 0, "shrinkB": 0})
