"""Checks of input that several modules share, with messages that say what to do.

Each raises, and returns nothing. Other modules call them before they compute.
"""

import numpy as np

__all__ = ["check_codes", "check_images", "check_labels"]


def check_images(images: np.ndarray, name: str = "images") -> None:
    """Check that images are scaled and have their axes in Keras' order.

    Parameters
    ----------
    images
        Wanted: floating, (n, height, width, channels), not empty, 1 to 4 channels,
        every value in [0, 1].
    name
        What the message calls them.

    Raises
    ------
    TypeError
        If `images` is not an array of floating dtype.
    ValueError
        If shape or values are others.
    """
    check_is_array(images, name)
    if not np.issubdtype(images.dtype, np.floating):
        raise TypeError(
            f"{name} is of dtype {images.dtype}; wanted are floats in [0, 1]. Divide "
            f"bytes by 255: {name}.astype('float32') / 255. Fashion-MNIST's go through "
            "aelib.datasets.preprocess"
        )
    _check_axes(images, name)
    low, high = images.min(), images.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ValueError(f"{name} holds NaN or infinity; wanted are values in [0, 1]")
    if low < 0 or high > 1:
        hint = "divide by 255" if low >= 0 and 2 < high <= 255 else "clip or rescale"
        raise ValueError(
            f"{name} has values from {low:g} to {high:g}; wanted are values in "
            f"[0, 1]: {hint}"
        )
    if 0 < high <= 1 / 255:
        raise ValueError(
            f"{name} has no value above {high:g}: they were divided by 255 twice; "
            "do it once"
        )


def _check_axes(images: np.ndarray, name: str) -> None:
    """Raise ValueError unless `images` is (n, height, width, 1 to 4), not empty."""
    shape = images.shape
    hint = ""
    if len(shape) == 4 and 1 <= shape[3] <= 4:
        if len(images) == 0:
            raise ValueError(f"{name} is empty; give at least one image")
        return
    if len(shape) == 4 and 1 <= shape[1] <= 4:
        hint = (
            "the channels come first; move them to the end with "
            f"{name}.transpose(0, 2, 3, 1)"
        )
    elif len(shape) == 3 and 1 <= shape[2] <= 4 < min(shape[:2]):
        hint = f"a single image? Then give {name}[None]"
    elif len(shape) == 3:
        hint = f"grey images need an axis for their one channel: {name}[..., None]"
    raise ValueError(
        f"{name} has shape {shape}; wanted is (n, height, width, channels)"
        + (f": {hint}" if hint else " with 1 to 4 channels")
    )


def check_codes(codes: np.ndarray, name: str = "codes") -> None:
    """Check that latent vectors, or other feature vectors, are finite rows.

    Parameters
    ----------
    codes
        Wanted: (n, d), not empty, without NaN and infinity.
    name
        What the message calls them.

    Raises
    ------
    ValueError
        If the shape is another one or a value is not finite.
    """
    if np.ndim(codes) != 2 or np.size(codes) == 0:
        raise ValueError(
            f"{name} has shape {np.shape(codes)}; wanted is (n, d), one code per row"
        )
    if not np.isfinite(codes).all():
        raise ValueError(f"{name} holds NaN or infinity; encode finite images")


def check_labels(labels: np.ndarray, count: int) -> None:
    """Check that there is one label for each of `count` codes or images.

    Parameters
    ----------
    labels
        Wanted: (count,).
    count
        Number of codes or images.

    Raises
    ------
    ValueError
        If the shape is another one.
    """
    if np.shape(labels) != (count,):
        raise ValueError(
            f"labels have shape {np.shape(labels)} for {count} codes or images; give "
            f"each one label, shape ({count},)"
        )


def check_is_array(value: object, name: str) -> None:
    """Raise TypeError unless `value` is a NumPy array."""
    if not isinstance(value, np.ndarray):
        raise TypeError(
            f"{name} is of type {type(value).__name__}; give a NumPy array "
            "(np.asarray makes one)"
        )


def check_padded_shape(images: np.ndarray, name: str) -> None:
    """Raise TypeError or ValueError unless `images` is (n, 32, 32, 1) and not empty."""
    check_is_array(images, name)
    if images.shape == (32, 32, 1):
        raise ValueError(
            f"{name} is a single image, (32, 32, 1); give {name}[None], (1, 32, 32, 1)"
        )
    if images.ndim != 4 or images.shape[1:] != (32, 32, 1):
        raise ValueError(
            f"{name} has shape {images.shape}; wanted is (n, 32, 32, 1), as "
            "aelib.datasets.preprocess returns"
        )
    if len(images) == 0:
        raise ValueError(f"{name} is empty; give at least one image")
