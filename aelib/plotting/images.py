"""Figures of images: arrays in, Matplotlib axes out.

Used by all chapters.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aelib.plotting.style import make_grid, RED, TEXT_WIDTH
from aelib.validation import check_labels
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle
import matplotlib.pyplot as plt
import numpy as np

__all__ = [
    "show_class_samples",
    "show_feature_maps",
    "show_images",
    "show_neighbors",
    "show_rows",
    "show_signed",
    "show_stages",
]


def show_images(
    images: np.ndarray, titles: Sequence[str] | None = None, columns: int = 10
) -> np.ndarray:
    """Draw images in a grid, grey ones with 0 as white and 1 as black.

    Parameters
    ----------
    images
        Float array (n, height, width), (n, height, width, 1) or, in colour, (n, height,
        width, 3), in [0, 1].
    titles
        One short title per image, or None.
    columns
        Images in a row.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        One per image, (n,).

    Raises
    ------
    ValueError
        If `images` has another rank, is empty, holds NaN or leaves [0, 1], or if
        `titles` has another length.
    """
    images = _as_pictures(images)
    if titles is not None and len(titles) != len(images):
        raise ValueError(
            f"there are {len(titles)} titles for {len(images)} images; give one each"
        )
    axes = _image_grid(len(images), columns, 0.25 if titles is not None else 0)
    for position, (axis, image) in enumerate(zip(axes, images, strict=True)):
        axis.imshow(image, vmin=0, vmax=1)
        if titles is not None:
            axis.set_title(titles[position], fontsize=8)
    return axes


def show_rows(
    rows: Sequence[np.ndarray],
    names: Sequence[str],
    titles: Sequence[str] | None = None,
    scale_each: bool = False,
) -> np.ndarray:
    """Draw rows of images below each other, with a name at the left of each row.

    Parameters
    ----------
    rows
        Float arrays (n, height, width), (n, height, width, 1) or, in colour, (n,
        height, width, 3), all with the same n.
    names
        One per row.
    titles
        One per column, above the first row, or None.
    scale_each
        False: values lie in [0, 1], and of grey images 0 is white and 1 black. True:
        values are 0 or more, and each grey image's maximum is black, so that weak ones
        are seen as well.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        (rows, n).

    Raises
    ------
    ValueError
        If the counts of rows, names, titles or images differ, or an image is none.
    """
    if len(rows) != len(names) or len(rows) == 0:
        raise ValueError(f"there are {len(rows)} rows and {len(names)} names")
    rows = [_as_pictures(row, np.inf if scale_each else 1) for row in rows]
    counts = {len(row) for row in rows}
    if len(counts) > 1 or (titles is not None and {len(titles)} != counts):
        raise ValueError(
            f"the rows have {[len(row) for row in rows]} images"
            + ("" if titles is None else f", and there are {len(titles)} titles")
            + "; give as many in each"
        )
    columns = counts.pop()
    height = 0.25 / len(rows) if titles is not None else 0
    axes = _image_grid(len(rows) * columns, columns, height, left=1.15)
    axes = axes.reshape(len(rows), columns)
    for own, row, name in zip(axes, rows, names, strict=True):
        for axis, image in zip(own, row, strict=True):
            # 1 for an image that is all 0: it stays white.
            axis.imshow(image, vmin=0, vmax=(image.max() or 1) if scale_each else 1)
        own[0].text(
            -0.15, 0.5, name, transform=own[0].transAxes, ha="right", va="center"
        )
    for axis, title in zip(axes[0], titles or (), strict=False):
        axis.set_title(title, fontsize=8)
    return axes


def show_neighbors(
    queries: np.ndarray,
    neighbors: Mapping[str, np.ndarray],
    titles: Mapping[str, np.ndarray] | None = None,
) -> np.ndarray:
    """Draw each query at the left of a strip, and beside it groups of its neighbours.

    Parameters
    ----------
    queries
        Float array (n, height, width) or (n, height, width, 1) in [0, 1].
    neighbors
        Heading → images of the neighbours, (n, k, height, width) or (n, k, height,
        width, 1), a row for each query; the groups stand beside each other.
    titles
        Heading → array (n, k): what to write above each neighbour; or None.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        (n, 1 + the neighbours of all groups).

    Raises
    ------
    ValueError
        If the images are not as in `show_images`, there are no neighbours, or the
        counts of queries, neighbours or titles differ.
    """
    if not neighbors:
        raise ValueError("there are no neighbours; give at least one group of them")
    rows = {"query": _as_grey(queries)[:, None]}
    for heading, images in neighbors.items():
        images = np.asarray(images)
        count = images.shape[1] if images.ndim > 3 else 0
        if count == 0 or len(images) != len(rows["query"]):
            raise ValueError(
                f"{heading!r} has shape {images.shape} for {len(rows['query'])} "
                "queries; give (n, k, height, width), k neighbours for each query"
            )
        flat = _as_grey(images.reshape(-1, *images.shape[2:]))
        rows[heading] = flat.reshape(len(images), count, *flat.shape[1:])
    written = {
        heading: np.asarray((titles or {}).get(heading, np.full(row.shape[:2], "")))
        for heading, row in rows.items()
    }
    for heading, texts in written.items():
        if texts.shape != rows[heading].shape[:2]:
            raise ValueError(
                f"the titles of {heading!r} have shape {texts.shape}; give one for "
                f"each neighbour, {rows[heading].shape[:2]}"
            )
    widths = [row.shape[1] + 0.25 for row in rows.values()]
    side = TEXT_WIDTH / sum(widths)
    lead = 0.2 if titles else 0.02
    figure = plt.figure(figsize=(TEXT_WIDTH, len(queries) * (side + lead) + 0.3))
    parts = figure.subfigures(1, len(rows), squeeze=False, width_ratios=widths)
    axes = []
    for part, heading in zip(parts[0], rows, strict=True):
        part.suptitle(heading, fontsize=10)
        grid = part.subplots(*rows[heading].shape[:2], squeeze=False)
        axes.append(grid)
        for position, axis in np.ndenumerate(grid):
            axis.imshow(rows[heading][position], vmin=0, vmax=1)
            axis.set(xticks=[], yticks=[])
            axis.set_frame_on(False)
            if titles:
                axis.set_title(str(written[heading][position]) or " ", fontsize=8)
    return np.concatenate(axes, axis=1)


def show_class_samples(
    images: np.ndarray,
    labels: np.ndarray,
    class_names: Sequence[str],
    per_class: int = 10,
) -> np.ndarray:
    """Draw the first images of every class, one class per row, with its name.

    Parameters
    ----------
    images
        Float array (n, height, width) or (n, height, width, 1) in [0, 1].
    labels
        Integer array (n,), each the index of a name.
    class_names
        Names in the order of the labels.
    per_class
        Images of each class, 1 or more.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        (classes, per_class).

    Raises
    ------
    ValueError
        If the images are not as in `show_images`, the labels do not match them, or a
        class has fewer than `per_class` images.
    """
    images, labels = np.asarray(images), np.asarray(labels)
    check_labels(labels, len(images))
    rows = []
    for label, name in enumerate(class_names):
        members = np.flatnonzero(labels == label)[:per_class]
        if len(members) < per_class:
            raise ValueError(
                f"class {label} ({name}) has {len(members)} images, {per_class} are "
                "wanted; give more images or a smaller per_class"
            )
        rows.append(images[members])
    return show_rows(rows, class_names)


def show_feature_maps(
    rows: Sequence[np.ndarray], names: Sequence[str], count: int = 8
) -> np.ndarray:
    """Draw the first feature maps of several layers, one layer per row, in frames.

    Each map is scaled to its own maximum, so that weak maps can be seen as well.

    Parameters
    ----------
    rows
        Float arrays (height, width, channels), each 0 or more (after ReLU).
    names
        One per row.
    count
        Maps in a row; every array has at least as many channels.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        (rows, count).

    Raises
    ------
    ValueError
        If the counts of rows and names differ, or an array has another rank, too few
        channels, or a value that is negative or NaN.
    """
    for maps, name in zip(rows, names, strict=False):
        if np.ndim(maps) != 3 or np.shape(maps)[-1] < count:
            raise ValueError(
                f"{name} has shape {np.shape(maps)}; give (height, width, channels) "
                f"with at least {count} channels"
            )
        if not np.min(maps) >= 0:
            raise ValueError(
                f"{name} has a negative value or NaN; give maps after ReLU"
            )
    first = [np.moveaxis(maps, -1, 0)[:count] for maps in rows]
    axes = show_rows(first, names, scale_each=True)
    for axis in axes.flat:
        axis.set_frame_on(True)
        axis.spines[:].set_visible(True)  # so that an empty map is seen
    return axes


def show_signed(
    images: np.ndarray, titles: Sequence[str], limit: float = 255
) -> np.ndarray:
    """Draw images of positive and negative values on one scale, in one row.

    Parameters
    ----------
    images
        Numbers (n, height, width) in [−limit, limit]: 0 is white, `limit` black and
        −`limit` red.
    titles
        One per image.
    limit
        The largest value of the scale.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        One per image, (n,).

    Raises
    ------
    ValueError
        If `images` has another rank, is empty, holds NaN or leaves the scale, or if
        `titles` has another length.
    """
    images = np.asarray(images)
    if images.ndim != 3 or images.size == 0:
        raise ValueError(f"images have shape {images.shape}; give (n, height, width)")
    if not (images.min() >= -limit and images.max() <= limit):
        raise ValueError(
            f"images range from {images.min()} to {images.max()}; give values in "
            f"[{-limit}, {limit}] without NaN, or a larger limit"
        )
    if len(titles) != len(images):
        raise ValueError(f"there are {len(titles)} titles for {len(images)} images")
    colours = LinearSegmentedColormap.from_list("signed", [RED, "white", "black"])
    axes = _image_grid(len(images), len(images), 0.25)
    for axis, image, title in zip(axes, images, titles, strict=True):
        shown = axis.imshow(image, cmap=colours, vmin=-limit, vmax=limit)
        axis.set_title(title)
        axis.set_frame_on(True)
        axis.spines[:].set_visible(True)
    axes[0].figure.colorbar(shown, ax=axes, ticks=[-limit, 0, limit], shrink=0.8)
    return axes


def show_stages(stages: Sequence[np.ndarray], names: Sequence[str]) -> Axes:
    """Draw what passes through a network, one column per stage, all at one scale.

    Beneath each other stand as many maps of a stage as fill the height, those most like
    the last stage (by correlation, with the last stage averaged to their size), each
    from its smallest value in white to its largest in black. A vector is written as its
    numbers.

    Parameters
    ----------
    stages
        Float arrays: images or feature maps (side, side, channels), and vectors (d,),
        of which the first eight numbers are shown. The last is an image, and its side
        a multiple of the others.
    names
        One per stage, written below it.

    Returns
    -------
    matplotlib.axes.Axes
        One image for each map.

    Raises
    ------
    ValueError
        If the counts differ, a stage has another rank or holds NaN, or a side does not
        divide the last one.
    """
    if len(stages) != len(names) or len(stages) == 0:
        raise ValueError(f"there are {len(stages)} stages and {len(names)} names")
    stages = [np.asarray(stage) for stage in stages]
    for stage, name in zip(stages, names, strict=True):
        if stage.ndim not in (1, 3) or stage.size == 0 or np.isnan(stage).any():
            raise ValueError(
                f"{name!r} has shape {stage.shape}; give (side, side, channels) or "
                "(d,), without NaN"
            )
    height = len(stages[-1]) if stages[-1].ndim == 3 else 0
    sides = [len(stage) for stage in stages if stage.ndim == 3]
    if not height or any(height % side for side in sides):
        raise ValueError(
            f"the images have sides {sides}; the last stage must be an image, and its "
            "side a multiple of the others"
        )
    widths = [len(s) if s.ndim == 3 else 0.3 * height for s in stages]
    gap, foot = 0.2 * height, 0.4 * height
    total = sum(widths) + gap * (len(stages) - 1)
    size = TEXT_WIDTH, TEXT_WIDTH * (height + foot) / total
    axis = plt.figure(figsize=size, layout="none").add_axes((0, 0, 1, 1))
    left = 0.0
    style: dict[str, Any] = {"ha": "center", "va": "center"}
    for stage, name, width in zip(stages, names, widths, strict=True):
        if stage.ndim == 3:
            order = _most_like(stage, stages[-1][..., 0])
            for n, channel in enumerate(order[: height // len(stage)]):
                bottom = height - (n + 1) * width
                extent = (left, left + width, bottom, bottom + width)
                axis.imshow(stage[..., channel], extent=extent)
                corner = (left, bottom)
                axis.add_patch(
                    Rectangle(corner, width, width, fill=False, linewidth=0.5)
                )
        else:
            numbers = "\n".join(f"{x:.2f}".replace("-", "−") for x in stage[:8])
            axis.text(left + width / 2, height / 2, numbers, color=RED, **style)
        axis.text(left + width / 2, -foot / 2, name, fontsize=9, **style)
        left += width + gap
        if left < total:
            axis.text(left - gap / 2, height / 2, "→", **style)
    axis.set(xlim=(-0.5, total + 0.5), ylim=(-foot, height + 0.5), aspect="equal")
    axis.set_axis_off()
    return axis


def _most_like(maps: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Return the channels, that with the highest correlation with the image first."""
    side = len(maps)
    step = len(image) // side
    small = image.reshape(side, step, side, step).mean(axis=(1, 3))
    centered = maps - maps.mean(axis=(0, 1))
    products = np.tensordot(small - small.mean(), centered, axes=2)
    lengths = np.sqrt(np.sum(centered**2, axis=(0, 1)))
    return np.argsort(-products / np.maximum(lengths, 1e-9), kind="stable")


def _as_pictures(images: np.ndarray, highest: float = 1) -> np.ndarray:
    """Return grey images as (n, height, width), those of three channels as they are."""
    images = np.asarray(images)
    if images.ndim == 4 and images.shape[-1] == 3:
        _check_values(images, highest)
        return images
    return _as_grey(images, highest)


def _as_grey(images: np.ndarray, highest: float = 1) -> np.ndarray:
    images = np.asarray(images)
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if images.ndim != 3 or images.size == 0:
        raise ValueError(
            f"images have shape {images.shape}; give (n, height, width) or "
            "(n, height, width, 1) with n of 1 or more (one image: images[None])"
        )
    _check_values(images, highest)
    return images


def _check_values(images: np.ndarray, highest: float) -> None:
    if not (images.size and images.min() >= 0 and images.max() <= highest):
        raise ValueError(
            f"images range from {images.min(initial=np.inf)} to "
            f"{images.max(initial=-np.inf)}; give values in [0, 1] without NaN (bytes: "
            "divide by 255)"
        )


def _image_grid(
    count: int, columns: int, title_height: float = 0.0, left: float = 0.0
) -> np.ndarray:
    """Make `count` square axes without ticks, in rows, with inches left for names."""
    columns = min(columns, count)
    axes = make_grid(count, columns, (TEXT_WIDTH - left) / columns + title_height)
    for axis in axes:
        axis.set(xticks=[], yticks=[])
        axis.set_frame_on(False)
    return axes
