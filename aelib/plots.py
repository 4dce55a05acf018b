"""Every figure that chapters share: arrays in, Matplotlib axes out.

Used by all chapters; `use_style` stands in each one's first cell.
"""

from collections.abc import Sequence

from matplotlib.axes import Axes
import matplotlib.pyplot as plt
import numpy as np

__all__ = [
    "show_class_samples",
    "show_feature_maps",
    "show_images",
    "show_pixel_histogram",
    "use_style",
]

# Inches; the text column is as wide, so lettering appears at its nominal size.
TEXT_WIDTH = 7.2
DARK, LIGHT = "#0b7285", "#6fa8b3"

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


def use_style() -> None:
    """Give all figures of a notebook the book's look."""
    plt.rcParams.update(STYLE)


def show_images(
    images: np.ndarray, titles: Sequence[str] | None = None, columns: int = 10
) -> np.ndarray:
    """Draw images in a grid, 0 as white and 1 as black.

    Parameters
    ----------
    images
        Float array (n, height, width) or (n, height, width, 1) in [0, 1].
    titles
        One short title an image, or None.
    columns
        Images in a row.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        One axes object an image, (n,).

    Raises
    ------
    ValueError
        If `images` has another rank, is empty, holds NaN or leaves [0, 1], or if
        `titles` has another length.
    """
    images = _as_grey(images)
    if titles is not None and len(titles) != len(images):
        raise ValueError(
            f"there are {len(titles)} titles for {len(images)} images; give one each"
        )
    axes = _grid(len(images), columns, title_height=0.25 if titles is not None else 0)
    for position, (axis, image) in enumerate(zip(axes, images, strict=True)):
        axis.imshow(image, vmin=0, vmax=1)
        if titles is not None:
            axis.set_title(titles[position], fontsize=8)
    return axes


def show_class_samples(
    images: np.ndarray,
    labels: np.ndarray,
    class_names: Sequence[str],
    per_class: int = 10,
) -> np.ndarray:
    """Draw the first images of every class, one class a row, with its name.

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
    images, labels = _as_grey(images), np.asarray(labels)
    if labels.shape != (len(images),):
        raise ValueError(
            f"labels have shape {labels.shape} for {len(images)} images; "
            f"give one label an image, shape ({len(images)},)"
        )
    rows = []
    for label, name in enumerate(class_names):
        members = np.flatnonzero(labels == label)[:per_class]
        if len(members) < per_class:
            raise ValueError(
                f"class {label} ({name}) has {len(members)} images, {per_class} are "
                "wanted; give more images or a smaller per_class"
            )
        rows.append(members)
    axes = _grid(len(rows) * per_class, per_class, left=1.15)
    for axis, index in zip(axes, np.concatenate(rows), strict=True):
        axis.imshow(images[index], vmin=0, vmax=1)
    axes = axes.reshape(len(rows), per_class)
    for axis, name in zip(axes[:, 0], class_names, strict=True):
        axis.text(-0.15, 0.5, name, transform=axis.transAxes, ha="right", va="center")
    return axes


def show_pixel_histogram(images: np.ndarray) -> Axes:
    """Draw how often each byte occurs, on a logarithmic axis.

    Parameters
    ----------
    images
        uint8 array of any shape, 0 to 255, not empty.

    Returns
    -------
    matplotlib.axes.Axes
        With 256 bars that sum to 100 per cent.

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
    _, axis = plt.subplots()
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


def show_feature_maps(
    rows: Sequence[np.ndarray], names: Sequence[str], count: int = 8
) -> np.ndarray:
    """Draw the first feature maps of several layers, one layer a row.

    Each map is scaled to its own maximum, so that weak maps can be seen as well.

    Parameters
    ----------
    rows
        Float arrays (height, width, channels), each 0 or more (after ReLU).
    names
        One name a row.
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
    if len(rows) != len(names):
        raise ValueError(f"there are {len(rows)} rows and {len(names)} names")
    for maps, name in zip(rows, names, strict=True):
        if np.ndim(maps) != 3 or np.shape(maps)[-1] < count:
            raise ValueError(
                f"{name} has shape {np.shape(maps)}; give (height, width, channels) "
                f"with at least {count} channels"
            )
        if not np.min(maps) >= 0:
            raise ValueError(
                f"{name} has a negative value or NaN; give maps after ReLU"
            )
    axes = _grid(len(rows) * count, count, left=1.15).reshape(len(rows), count)
    for row, maps, name in zip(axes, rows, names, strict=True):
        for channel, axis in enumerate(row):
            image = maps[..., channel]
            # 1 for a map that is all 0: it stays white.
            axis.imshow(image, vmin=0, vmax=image.max() or 1)
            axis.set_frame_on(True)
            axis.spines[:].set_visible(True)  # so that an empty map is seen
        row[0].text(
            -0.15, 0.5, name, transform=row[0].transAxes, ha="right", va="center"
        )
    return axes


def _as_grey(images: np.ndarray) -> np.ndarray:
    images = np.asarray(images)
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if images.ndim != 3 or images.size == 0:
        raise ValueError(
            f"images have shape {images.shape}; give (n, height, width) or "
            "(n, height, width, 1) with n of 1 or more (one image: images[None])"
        )
    if not (images.min() >= 0 and images.max() <= 1):
        raise ValueError(
            f"images range from {images.min()} to {images.max()}; give values in "
            "[0, 1] without NaN (bytes: divide by 255)"
        )
    return images


def _grid(
    count: int, columns: int, title_height: float = 0.0, left: float = 0.0
) -> np.ndarray:
    """Make `count` square axes without ticks, below each other in rows."""
    columns = min(columns, count)
    rows = -(-count // columns)
    cell = (TEXT_WIDTH - left) / columns
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(TEXT_WIDTH, rows * (cell + title_height)),
        squeeze=False,
    )
    if left:
        figure.get_layout_engine().set(rect=(left / TEXT_WIDTH, 0, 1, 1))
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
        axis.set_frame_on(False)
    for axis in axes.flat[count:]:
        axis.remove()
    return axes.flatten()[:count]
