"""Maps of a two-dimensional latent space: codes as points, decoded images in place.

Used by the index page, by the chapters on training, latent space and generation, and
by the reports on one's own images.
"""

from collections.abc import Mapping, Sequence

from aelib.metrics.latent import bounding_box
from aelib.plotting.style import CLASS_COLORS, DARK, make_grid, RED, TEXT_WIDTH
from aelib.validation import check_labels
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from matplotlib.patches import Circle
import matplotlib.pyplot as plt
import numpy as np

__all__ = [
    "draw_decoded",
    "show_class_regions",
    "show_codes",
    "show_distances",
    "show_each_class",
    "show_maps",
    "show_neighborhoods",
    "show_pictures_at",
]


def show_codes(
    codes: np.ndarray,
    labels: np.ndarray | None = None,
    class_names: Sequence[str] = (),
    trim: float = 0.0,
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
    trim
        The map ends at `aelib.metrics.bounding_box`; points beyond are not seen.

    Returns
    -------
    matplotlib.axes.Axes
        With one collection of points, or one for each class.

    Raises
    ------
    ValueError
        If `codes` has another shape, is empty or holds NaN or infinity, if `labels` do
        not match the codes or the names, or `trim` is out of range.
    """
    codes, labels = _as_map(codes, labels, class_names)
    figure, axis = plt.subplots(figsize=(TEXT_WIDTH, 5.6))
    axis.set(xlabel="z₁", ylabel="z₂")
    if labels is None:
        axis.scatter(codes[:, 0], codes[:, 1], s=3, color="black", linewidths=0)
    else:
        _draw_classes(axis, codes, labels, class_names, size=6)
        _draw_legend(figure, axis)
    if trim:
        _end_map(axis, codes, trim)
    return axis


def show_each_class(
    codes: np.ndarray,
    labels: np.ndarray,
    class_names: Sequence[str],
    trim: float = 0.0,
) -> np.ndarray:
    """Draw a small map for each class: its codes dark, those of all others pale.

    Parameters
    ----------
    codes, labels, class_names, trim
        As in `show_codes`.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        One per class, (classes,).

    Raises
    ------
    ValueError
        As `show_codes`.
    """
    codes, given = _as_map(codes, labels, class_names)
    labels = np.asarray(given)
    axes = make_grid(len(class_names), 5, 1.55)
    for label, (axis, name) in enumerate(zip(axes, class_names, strict=True)):
        is_own = labels == label
        for points, colour in ((codes[~is_own], "#d0d0d0"), (codes[is_own], DARK)):
            axis.scatter(points[:, 0], points[:, 1], s=2, color=colour, linewidths=0)
        axis.set_title(name)
        _end_map(axis, codes, trim)
        axis.tick_params(labelsize=7)
    return axes


def show_maps(
    clouds: Mapping[str, np.ndarray], labels: np.ndarray, class_names: Sequence[str]
) -> np.ndarray:
    """Draw several maps of the same images beside each other, each in its own scale.

    Parameters
    ----------
    clouds
        Title → codes, float (n, 2), of the same images in the same order.
    labels, class_names
        As in `show_codes`.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        One per entry of `clouds`.

    Raises
    ------
    ValueError
        As `show_codes`, or if there are no clouds.
    """
    if not clouds:
        raise ValueError("there are no clouds of codes; give at least one")
    checked = [_as_map(codes, labels, class_names) for codes in clouds.values()]
    axes = make_grid(len(clouds), 3, 2.2)
    for axis, title, cloud in zip(axes, clouds, checked, strict=True):
        _draw_classes(axis, *cloud, class_names, size=2)
        axis.set_title(title)
        axis.tick_params(labelsize=8)
    _draw_legend(axes[0].figure, axes[0], markerscale=5)
    return axes


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
        z₁ and z₂ of the decoded codes: at least two each, rising, at equal distances.

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
            f"images have shape {images.shape}; {rows} values of z₂ and {columns} "
            f"of z₁ want ({rows}, {columns}, height, width)"
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


def show_pictures_at(
    codes: np.ndarray, images: np.ndarray, height: float = 0.35
) -> Axes:
    """Draw each image as a small picture where its code lies.

    Parameters
    ----------
    codes
        (n, 2), codes or what a projection made of them.
    images
        Float array (n, height, width, 3), or (n, height, width), grey with 0 as white,
        in [0, 1].
    height
        Of a picture, in inches.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If codes are no map, or there is not one image for each.
    """
    codes, _ = _as_map(codes, None, ())
    images = np.asarray(images)
    if len(images) != len(codes):
        raise ValueError(
            f"there are {len(images)} images for {len(codes)} codes; give one each"
        )
    _, axis = plt.subplots(figsize=(TEXT_WIDTH, TEXT_WIDTH))
    # A picture has 72 / zoom pixels an inch.
    zoom = 72 * height / images.shape[1]
    for code, image in zip(codes, images, strict=True):
        picture = OffsetImage(image, zoom=zoom, cmap="gray_r", clim=(0, 1))
        axis.add_artist(AnnotationBbox(picture, code, frameon=False, pad=0))
    low, high = codes.min(axis=0), codes.max(axis=0)
    margin = 0.05 * np.maximum(high - low, 1e-6)
    axis.set(
        xlim=(low[0] - margin[0], high[0] + margin[0]),
        ylim=(low[1] - margin[1], high[1] + margin[1]),
        xlabel="z₁",
        ylabel="z₂",
    )
    return axis


def show_class_regions(
    classes: np.ndarray,
    x_values: np.ndarray,
    y_values: np.ndarray,
    class_names: Sequence[str],
) -> Axes:
    """Shade a map by the class that wins each place, in the colours of the classes.

    Parameters
    ----------
    classes
        Integer array (len(y_values), len(x_values)), each the index of a name.
    x_values, y_values
        z₁ and z₂ of the places, rising, at equal distances.
    class_names
        At most ten names in the order of the labels; they make the legend.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the counts do not match, or a class has no name.
    """
    classes = _as_grid(classes, x_values, y_values)
    if not 0 <= classes.min() <= classes.max() < len(class_names) <= 10:
        raise ValueError(
            f"classes go from {classes.min()} to {classes.max()} for "
            f"{len(class_names)} names; give a name for each, at most ten"
        )
    figure, axis = plt.subplots(figsize=(TEXT_WIDTH, 5.0))
    colours = ListedColormap(CLASS_COLORS[: len(class_names)])
    extent = (x_values[0], x_values[-1], y_values[0], y_values[-1])
    axis.imshow(
        classes,
        cmap=colours,
        vmin=-0.5,
        vmax=len(class_names) - 0.5,
        origin="lower",
        extent=extent,
        aspect="auto",
        alpha=0.6,
        interpolation="nearest",
    )
    for label, name in enumerate(class_names):
        axis.scatter([], [], color=CLASS_COLORS[label], label=name, marker="s")
    axis.set(xlabel="z₁", ylabel="z₂")
    _draw_legend(figure, axis, markerscale=1)
    return axis


def show_distances(
    distances: np.ndarray,
    x_values: np.ndarray,
    y_values: np.ndarray,
    reach: float,
) -> Axes:
    """Shade a map by the distance to the nearest code; outline where it is empty.

    Parameters
    ----------
    distances
        Float array (len(y_values), len(x_values)), 0 or more.
    x_values, y_values
        z₁ and z₂ of the places, rising, at equal distances.
    reach
        Places at a greater distance are empty; a red line marks their border.

    Returns
    -------
    matplotlib.axes.Axes
        With a colour bar, in units of the latent space, logarithmic.

    Raises
    ------
    ValueError
        If the counts do not match, or `reach` is not above 0.
    """
    distances = _as_grid(distances, x_values, y_values)
    if not reach > 0:
        raise ValueError(f"reach is {reach}; give a distance above 0")
    figure, axis = plt.subplots(figsize=(TEXT_WIDTH, 4.6))
    # Below a tenth of the reach all is equally near.
    scale = LogNorm(reach / 10, max(distances.max(), 2 * reach), clip=True)
    shades = axis.pcolormesh(
        x_values, y_values, distances, cmap="Greys", norm=scale, rasterized=True
    )
    axis.contour(x_values, y_values, distances, levels=[reach], colors=RED)
    figure.colorbar(shades, label="distance to the nearest code", pad=0.02)
    axis.set(xlabel="z₁", ylabel="z₂")
    return axis


def show_neighborhoods(
    real: np.ndarray, generated: np.ndarray, radii: np.ndarray
) -> Axes:
    """Draw the balls that explain coverage: around each real point, filled if covered.

    Parameters
    ----------
    real, generated
        Float arrays (n, 2) and (m, 2).
    radii
        Float array (n,), the radius of each real point's ball.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the shapes are others.
    """
    real, generated, radii = (np.asarray(part) for part in (real, generated, radii))
    for points, name in ((real, "real"), (generated, "generated")):
        if points.ndim != 2 or points.shape[1] != 2:
            raise ValueError(f"{name} has shape {points.shape}; this wants (n, 2)")
    if radii.shape != (len(real),):
        raise ValueError(
            f"radii have shape {radii.shape} for {len(real)} real points; give each one"
        )
    _, axis = plt.subplots(figsize=(TEXT_WIDTH * 0.75, TEXT_WIDTH * 0.62))
    for center, radius in zip(real, radii, strict=True):
        is_covered = (np.linalg.norm(generated - center, axis=1) <= radius).any()
        face = "#9ecae1" if is_covered else "none"
        axis.add_patch(Circle(center, radius, fc=face, ec=DARK, alpha=0.55))
    axis.scatter(real[:, 0], real[:, 1], s=22, color=DARK, label="real", zorder=3)
    x, y = generated.T
    axis.scatter(x, y, s=40, color=RED, marker="x", label="generated", zorder=3)
    axis.set(aspect="equal")
    axis.axis("off")
    axis.legend(loc="lower right")
    return axis


def _as_grid(
    values: np.ndarray, x_values: np.ndarray, y_values: np.ndarray
) -> np.ndarray:
    values = np.asarray(values)
    if values.shape != (len(y_values), len(x_values)):
        raise ValueError(
            f"the values have shape {values.shape}; {len(y_values)} values of z₂ and "
            f"{len(x_values)} of z₁ want ({len(y_values)}, {len(x_values)})"
        )
    return values


def _as_map(
    codes: np.ndarray, labels: np.ndarray | None, class_names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return codes and labels as arrays, or say what is wrong with them."""
    codes = np.asarray(codes)
    if codes.ndim != 2 or codes.shape[1] != 2 or len(codes) == 0:
        raise ValueError(
            f"codes have shape {codes.shape}; a map wants (n, 2) with n of 1 or more"
        )
    if not np.isfinite(codes).all():
        raise ValueError("codes hold NaN or infinity; encode finite images")
    if labels is None:
        return codes, None
    labels = np.asarray(labels)
    check_labels(labels, len(codes))
    if not 0 <= labels.min() <= labels.max() < len(class_names) <= 10:
        raise ValueError(
            f"labels go from {labels.min()} to {labels.max()} for "
            f"{len(class_names)} names; give a name for each, at most ten"
        )
    return codes, labels


def _draw_classes(
    axis: Axes,
    codes: np.ndarray,
    labels: np.ndarray | None,
    class_names: Sequence[str],
    size: float,
) -> None:
    for label, name in enumerate(class_names):
        x, y = codes[np.asarray(labels) == label].T
        colour = CLASS_COLORS[label]
        axis.scatter(x, y, s=size, color=colour, label=name, linewidths=0, zorder=2)


def _draw_legend(figure: Figure, axis: Axes, markerscale: float = 3) -> None:
    figure.legend(
        *axis.get_legend_handles_labels(),
        loc="outside lower center",
        ncols=5,
        fontsize=9,
        frameon=False,
        markerscale=markerscale,
    )


def _end_map(axis: Axes, codes: np.ndarray, trim: float) -> None:
    (left, bottom), (right, top) = bounding_box(codes, trim)
    axis.set(xlim=(left, right), ylim=(bottom, top))
