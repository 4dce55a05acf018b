"""Measures of a latent space: arrays in, plain numbers out.

The stored models' cards report them; the chapters on the latent space explain them.
"""

import numpy as np
from sklearn.manifold import trustworthiness as sklearn_trustworthiness
from sklearn.neighbors import KNeighborsClassifier

__all__ = ["neighbour_accuracy", "trustworthiness"]


def neighbour_accuracy(
    train_codes: np.ndarray,
    train_labels: np.ndarray,
    test_codes: np.ndarray,
    test_labels: np.ndarray,
    neighbours: int = 5,
) -> float:
    """Return how often the majority of the nearest training codes has the right label.

    Computed as Sainburg, McInnes and Gentner (2021) do, so that it can be compared.

    Parameters
    ----------
    train_codes, test_codes
        Float (n, d) and (m, d).
    train_labels, test_labels
        Integer (n,) and (m,).
    neighbours
        How many vote, 1 to n.

    Returns
    -------
    float
        Share of the test codes, 0 to 1.

    Raises
    ------
    ValueError
        If codes hold NaN or have another rank, labels do not match them, or there are
        fewer training codes than neighbours.
    """
    _check_codes(train_codes, "train_codes")
    _check_codes(test_codes, "test_codes")
    if not 1 <= neighbours <= len(train_codes):
        raise ValueError(
            f"neighbours is {neighbours}, there are {len(train_codes)} training codes; "
            "give 1 or more, and no more than there are"
        )
    classifier = KNeighborsClassifier(neighbours).fit(train_codes, train_labels)
    return float(classifier.score(test_codes, test_labels))


def trustworthiness(
    images: np.ndarray, codes: np.ndarray, neighbours: int = 5
) -> float:
    """Return how far neighbours among the codes are neighbours among the images.

    Venna and Kaski (2001), as scikit-learn computes it; 1 if all are. The value
    depends on the count of images, and the memory on its square: 10,000 take 2 GB.

    Parameters
    ----------
    images
        Float (n, ...).
    codes
        Float (n, d), of the same images in the same order.
    neighbours
        How many neighbours of each code are looked at, below n / 2.

    Raises
    ------
    ValueError
        If codes hold NaN or have another rank, the counts differ, or there are not
        twice as many codes as neighbours.
    """
    _check_codes(codes, "codes")
    if len(images) != len(codes):
        raise ValueError(
            f"there are {len(images)} images and {len(codes)} codes; give one code an "
            "image"
        )
    if not 1 <= neighbours < len(codes) / 2:
        raise ValueError(
            f"neighbours is {neighbours} for {len(codes)} codes; give 1 or more, and "
            "fewer than half of the codes"
        )
    flat = images.reshape(len(images), -1)
    return float(sklearn_trustworthiness(flat, codes, n_neighbors=neighbours))


def _check_codes(codes: np.ndarray, name: str) -> None:
    if np.ndim(codes) != 2 or np.size(codes) == 0:
        raise ValueError(
            f"{name} has shape {np.shape(codes)}; wanted is (n, d), one row a code"
        )
    if not np.isfinite(codes).all():
        raise ValueError(f"{name} holds NaN or infinity; encode finite images")
