"""Fashion-MNIST: load, preprocess and split it; check images and labels.

Chapter 1 teaches preprocessing and split; the other chapters import them. Import this
module before Keras: `aelib.files`, which gets the files, may have to choose its home.
"""

from aelib import quiet as quiet  # before Keras
from aelib.files import ensure_available, FILES
from aelib.validation import check_images, check_is_array, check_padded_shape
import numpy as np

__all__ = [
    "CLASS_NAMES",
    "FILES",
    "crop",
    "ensure_available",
    "load_fashion_mnist",
    "preprocess",
]

CLASS_NAMES: tuple[str, ...] = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)

# Images and their labels.
Split = tuple[np.ndarray, np.ndarray]


def load_fashion_mnist() -> tuple[Split, Split, Split]:
    """Load Fashion-MNIST, preprocessed and split (taught in chapter 1).

    Returns
    -------
    tuple of three pairs
        (train_images, train_labels), (validation_images, validation_labels),
        (test_images, test_labels) of 50,000, 10,000 and 10,000 images. Images:
        float32 (n, 32, 32, 1) in [0, 1]; labels: uint8 (n,), 0 to 9.

    Raises
    ------
    RuntimeError
        As `ensure_available`.
    """
    ensure_available()
    from keras.datasets import fashion_mnist

    (images, labels), (test_images, test_labels) = fashion_mnist.load_data()
    images = preprocess(images)
    return (
        (images[:50_000], labels[:50_000]),
        (images[50_000:], labels[50_000:]),
        (preprocess(test_images), test_labels),
    )


def preprocess(images: np.ndarray) -> np.ndarray:
    """Scale to [0, 1], pad with zeros, add the channel axis (taught in chapter 1).

    Parameters
    ----------
    images
        uint8 (n, 28, 28), 0 to 255, as Keras loads them.

    Returns
    -------
    numpy.ndarray
        float32 (n, 32, 32, 1) in [0, 1].

    Raises
    ------
    TypeError
        If `images` is not an array of uint8.
    ValueError
        If its shape is another one, or it is empty.
    """
    check_is_array(images, "images")
    if images.dtype != np.uint8:
        raise TypeError(
            f"images is of dtype {images.dtype}; preprocess wants uint8, 0 to 255, as "
            "load_data() returns them. Already preprocessed? Then use it as it is"
        )
    if images.shape == (28, 28):
        raise ValueError("images is a single image, (28, 28); give images[None]")
    if images.ndim != 3 or images.shape[1:] != (28, 28):
        raise ValueError(
            f"images has shape {images.shape}; preprocess wants (n, 28, 28)"
        )
    if len(images) == 0:
        raise ValueError("images is empty; give at least one image")
    padded = np.zeros((len(images), 32, 32, 1), "float32")
    # In place: all images once more would take 0.2 of the 2 GB that a Binder has.
    np.divide(images, 255, out=padded[:, 2:-2, 2:-2, 0], dtype="float32")
    return padded


def crop(images: np.ndarray) -> np.ndarray:
    """Cut the padding off: metrics are reported on the published 28 x 28 pixels.

    Parameters
    ----------
    images
        (n, 32, 32, 1), images or reconstructions of any dtype.

    Returns
    -------
    numpy.ndarray
        (n, 28, 28, 1), the centre, same dtype; a view.

    Raises
    ------
    TypeError
        If `images` is not an array.
    ValueError
        If its shape is another one, or it is empty.
    """
    check_padded_shape(images, "images")
    return images[:, 2:-2, 2:-2]


def add_noise(
    images: np.ndarray, deviation: float | np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Add normal noise to every pixel, and clip to [0, 1].

    Clipping moves the mean: on the empty background noise can only add.

    Parameters
    ----------
    images
        float (n, 32, 32, 1) in [0, 1].
    deviation
        The noise's standard deviation before clipping, 0 or more; one for all, or (n,).
    rng
        Random generator, e.g. `np.random.default_rng(0)`.

    Returns
    -------
    numpy.ndarray
        float32, of the images' shape.

    Raises
    ------
    TypeError, ValueError
        If images are not preprocessed (`check_images`), or a deviation is negative,
        not finite, or not one for all or one an image.
    """
    check_images(images)
    deviation = np.asarray(deviation, "float32")
    if deviation.shape not in ((), (len(images),)):
        raise ValueError(
            f"deviation has shape {deviation.shape} for {len(images)} images; give one "
            "number, or one an image"
        )
    if not (np.isfinite(deviation).all() and (deviation >= 0).all()):
        raise ValueError("deviation is negative or not finite; give 0 or more")
    noise = rng.standard_normal(images.shape, "float32")
    noise *= deviation.reshape(-1, 1, 1, 1)
    noise += images
    return np.clip(noise, 0, 1, out=noise)
