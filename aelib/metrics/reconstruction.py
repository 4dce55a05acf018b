"""Metrics of reconstructions: arrays in, plain numbers out.

Chapter 4 explains the two errors and the sharpness; chapter 5 and the pretrained
models' cards report the errors.
"""

from collections.abc import Callable

from aelib.datasets import crop
from aelib.validation import check_images
import numpy as np

__all__ = [
    "binary_cross_entropy",
    "entropy_floor",
    "mean_squared_error",
    "peak_signal_to_noise_ratio",
    "reconstruction_errors",
    "sharpness",
]

EPSILON = 1e-7  # Keras clips predictions by as much before it takes logarithms
CHUNK = 1_000  # images at a time, so that a copy in double precision stays small


def mean_squared_error(images: np.ndarray, reconstructions: np.ndarray) -> float:
    """Return the mean of the squared differences over all pixels.

    Parameters
    ----------
    images, reconstructions
        Float arrays of one shape, (n, ...), in [0, 1].

    Raises
    ------
    ValueError
        If the shapes differ or the arrays are empty.
    """
    return _mean(images, reconstructions, lambda x, y: (x - y) ** 2)


def peak_signal_to_noise_ratio(
    images: np.ndarray, reconstructions: np.ndarray
) -> float:
    """Return the peak signal-to-noise ratio in decibels, the mean over the images.

    Each image has its own 10 log10(1 / MSE), as in papers on denoising; the ratio of
    the error pooled over all images is lower, for it is a mean of errors, not of their
    logarithms. An image without any error makes it infinite.

    Parameters
    ----------
    images, reconstructions
        Float arrays of one shape, (n, ...), in [0, 1].

    Raises
    ------
    ValueError
        If the shapes differ or the arrays are empty.
    """
    _check_pair(images, reconstructions)
    differences = images.astype("float64") - reconstructions
    errors = np.mean(differences.reshape(len(images), -1) ** 2, axis=1)
    with np.errstate(divide="ignore"):
        return float(np.mean(-10 * np.log10(errors)))


def binary_cross_entropy(images: np.ndarray, reconstructions: np.ndarray) -> float:
    """Return the mean binary cross-entropy over all pixels, in nats.

    Reconstructions are clipped to [1e-7, 1 - 1e-7], as Keras does.

    Parameters
    ----------
    images, reconstructions
        Float arrays of one shape, (n, ...), in [0, 1].

    Raises
    ------
    ValueError
        If the shapes differ or the arrays are empty.
    """

    def cross_entropy(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        y = np.clip(y, EPSILON, 1 - EPSILON)
        return -(x * np.log(y) + (1 - x) * np.log1p(-y))

    return _mean(images, reconstructions, cross_entropy)


def entropy_floor(images: np.ndarray) -> float:
    """Return the binary cross-entropy of a perfect copy: the pixels' mean entropy.

    Parameters
    ----------
    images
        Float array (n, ...) in [0, 1].

    Raises
    ------
    ValueError
        If `images` is empty.
    """
    return binary_cross_entropy(images, images)


def reconstruction_errors(
    images: np.ndarray, reconstructions: np.ndarray
) -> dict[str, float]:
    """Return both errors on the published 28×28 pixels and on all 32×32.

    Parameters
    ----------
    images, reconstructions
        Float (n, 32, 32, 1) in [0, 1].

    Returns
    -------
    dict
        "mse_28", "bce_28", "mse_32" and "bce_32".

    Raises
    ------
    TypeError, ValueError
        If one of them is no preprocessed image, or the shapes differ.
    """
    check_images(images)
    check_images(reconstructions, "reconstructions")
    inner = crop(images), crop(reconstructions)
    return {
        "mse_28": mean_squared_error(*inner),
        "bce_28": binary_cross_entropy(*inner),
        "mse_32": mean_squared_error(images, reconstructions),
        "bce_32": binary_cross_entropy(images, reconstructions),
    }


def sharpness(images: np.ndarray) -> float:
    """Return the mean norm of the images' gradients, by forward differences.

    In grey values per pixel, at every pixel with a neighbour to the right and below.

    Parameters
    ----------
    images
        Float (n, height, width, 1) in [0, 1], at least 2×2 pixels.

    Raises
    ------
    ValueError
        If `images` has another rank or is too small.
    """
    if images.ndim != 4 or min(images.shape[1:3]) < 2 or len(images) == 0:
        raise ValueError(
            f"images has shape {images.shape}; wanted is (n, height, width, 1) with "
            "two rows and columns or more"
        )
    across = images[:, :-1, 1:] - images[:, :-1, :-1]
    down = images[:, 1:, :-1] - images[:, :-1, :-1]
    return float(np.hypot(across, down).mean(dtype="float64"))


def _mean(
    images: np.ndarray,
    reconstructions: np.ndarray,
    measure: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> float:
    _check_pair(images, reconstructions)
    total = sum(
        measure(
            images[start : start + CHUNK].astype("float64"),
            reconstructions[start : start + CHUNK].astype("float64"),
        ).sum()
        for start in range(0, len(images), CHUNK)
    )
    return float(total / images.size)


def _check_pair(images: np.ndarray, reconstructions: np.ndarray) -> None:
    if images.shape != reconstructions.shape:
        raise ValueError(
            f"images have shape {images.shape}, reconstructions "
            f"{reconstructions.shape}; give one reconstruction "
            "for each image"
        )
    if images.size == 0:
        raise ValueError("images is empty; give at least one image")
