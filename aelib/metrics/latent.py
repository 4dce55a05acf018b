"""Metrics of a latent space: codes and labels in, plain numbers out.

Chapters 6 and 7 explain them; the pretrained models' cards report some. What is
generated from a latent space is measured in `aelib.metrics.generation`.
"""

from typing import NamedTuple

from aelib.validation import check_codes, check_labels
import numpy as np
from scipy import stats
from sklearn.manifold import trustworthiness as sklearn_trustworthiness
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

__all__ = [
    "ClassRegions",
    "bounding_box",
    "class_regions",
    "continuity",
    "kl_from_standard_normal",
    "knn_accuracy",
    "knn_predict",
    "moments",
    "nearest_neighbor_distances",
    "trustworthiness",
    "whiten",
]

CELLS = 150  # a side of the box that class_regions divides


class ClassRegions(NamedTuple):
    """Each class's share of a box, and of those of its cells that lie near a code.

    Near is no further than 99 % of the codes lie from their nearest neighbour.
    """

    whole: np.ndarray
    near: np.ndarray


def knn_accuracy(
    train_codes: np.ndarray,
    train_labels: np.ndarray,
    test_codes: np.ndarray,
    test_labels: np.ndarray,
    n_neighbors: int = 5,
) -> float:
    """Return the accuracy of a k-nearest-neighbour classifier on codes.

    Comparable with Sainburg, McInnes and Gentner (2021) if, as on the cards, it is
    fitted to the codes of the training images.

    Parameters
    ----------
    train_codes, test_codes
        Float (n, d) and (m, d).
    train_labels, test_labels
        Integer (n,) and (m,).
    n_neighbors
        k, 1 to n.

    Returns
    -------
    float
        Share of the test codes, 0 to 1.

    Raises
    ------
    ValueError
        If codes hold NaN or have another rank, labels do not match them or are all the
        same, or there are fewer training codes than neighbours.
    """
    check_codes(test_codes, "test_codes")
    check_labels(test_labels, len(test_codes))
    predicted = knn_predict(train_codes, train_labels, test_codes, n_neighbors)
    return float(np.mean(predicted == test_labels))


def knn_predict(
    codes: np.ndarray, labels: np.ndarray, points: np.ndarray, n_neighbors: int = 10
) -> np.ndarray:
    """Predict labels by k nearest neighbours (majority vote), integer (m,).

    scikit-learn's `KNeighborsClassifier` with its defaults: Euclidean distances.

    Parameters
    ----------
    codes, points
        Float (n, d) and (m, d).
    labels
        Integer (n,), of at least two kinds.
    n_neighbors
        k, 1 to n. If two labels have as many votes, the lower one wins.

    Raises
    ------
    ValueError
        As `knn_accuracy`.
    """
    check_codes(codes, "codes")
    check_codes(points, "points")
    check_labels(labels, len(codes))
    if len(np.unique(labels)) < 2:
        raise ValueError("all labels are the same; give codes of two classes or more")
    if not 1 <= n_neighbors <= len(codes):
        raise ValueError(
            f"n_neighbors is {n_neighbors}, there are {len(codes)} codes; give 1 or "
            "more, and no more than there are"
        )
    return KNeighborsClassifier(n_neighbors).fit(codes, labels).predict(points)


def trustworthiness(
    images: np.ndarray, codes: np.ndarray, n_neighbors: int = 5
) -> float:
    """Return the trustworthiness of the codes' neighbourhoods, 0 to 1.

    Venna and Kaski (2001), as scikit-learn computes it; 1 if each code's neighbours are
    neighbours among the images. The value depends on the number of images, and the
    memory on its square: 10,000 take 2 GB.

    Parameters
    ----------
    images
        Float (n, ...).
    codes
        Float (n, d), of the same images in the same order.
    n_neighbors
        k, 1 or more, below n / 2.

    Raises
    ------
    ValueError
        If codes hold NaN or have another rank, the counts differ, or there are not
        twice as many codes as neighbours.
    """
    flat = _check_neighborhoods(images, codes, n_neighbors)
    return float(sklearn_trustworthiness(flat, codes, n_neighbors=n_neighbors))


def continuity(images: np.ndarray, codes: np.ndarray, n_neighbors: int = 5) -> float:
    """Return the continuity of the images' neighbourhoods, 0 to 1.

    The other half of Venna and Kaski's (2001) pair: trustworthiness with images and
    codes exchanged, 1 if each image's neighbours are neighbours among the codes.

    Parameters
    ----------
    images, codes, n_neighbors
        As in `trustworthiness`.

    Raises
    ------
    ValueError
        As `trustworthiness`.
    """
    flat = _check_neighborhoods(images, codes, n_neighbors)
    return float(sklearn_trustworthiness(codes, flat, n_neighbors=n_neighbors))


def bounding_box(codes: np.ndarray, trim: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and the upper corner of the codes' bounding box, (d,) each.

    Parameters
    ----------
    codes
        Float (n, d).
    trim
        The share of the codes left out at both ends of each axis, 0 to below 0.5: with
        0 the box goes from minimum to maximum, with 0.005 from 0.5 % to 99.5 %.

    Raises
    ------
    ValueError
        If codes hold NaN or have another rank, or `trim` is out of range.
    """
    check_codes(codes, "codes")
    if not 0 <= trim < 0.5:
        raise ValueError(f"trim is {trim}; give 0 or more, and less than 0.5")
    return np.quantile(codes, trim, axis=0), np.quantile(codes, 1 - trim, axis=0)


def nearest_neighbor_distances(
    codes: np.ndarray, points: np.ndarray | None = None
) -> np.ndarray:
    """Return Euclidean distances from the nearest code.

    Parameters
    ----------
    codes
        Float (n, d).
    points
        Float (m, d); None for the codes themselves, each without itself (n of 2 or
        more).

    Returns
    -------
    numpy.ndarray
        Float64 (m,): each point's distance from the nearest code; without points (n,):
        each code's distance from its nearest neighbour.

    Raises
    ------
    ValueError
        If codes or points hold NaN or have another rank, or there is one code and it
        has no neighbour.
    """
    check_codes(codes, "codes")
    if points is not None:
        check_codes(points, "points")
    elif len(codes) < 2:
        raise ValueError("there is one code; give two or more")
    search = NearestNeighbors(n_neighbors=1).fit(codes)
    return search.kneighbors(points)[0][:, 0]


def class_regions(
    codes: np.ndarray,
    labels: np.ndarray,
    trim: float = 0.0,
    n_neighbors: int = 10,
) -> ClassRegions:
    """Measure which share of the bounding box each class has, by k nearest neighbours.

    The box is divided into 150×150 cells; `knn_predict` labels each cell's centre.

    Parameters
    ----------
    codes
        Float (n, 2).
    labels
        Integer (n,), 0 or more, of at least two kinds.
    trim, n_neighbors
        As in `bounding_box` and in `knn_predict`.

    Returns
    -------
    ClassRegions
        Shares for the labels from 0 to the highest.

    Raises
    ------
    ValueError
        As `knn_predict`, or if the latent dimension is not 2.
    """
    check_codes(codes, "codes")
    if np.shape(codes)[1] != 2:
        raise ValueError(
            f"codes have latent dimension {np.shape(codes)[1]}; class regions are "
            "measured in two"
        )
    low, high = bounding_box(codes, trim)
    centres = (np.arange(CELLS) + 0.5) / CELLS
    grid = np.stack(np.meshgrid(*(low + (high - low) * centres[:, None]).T), axis=-1)
    points = grid.reshape(-1, 2)
    winners = knn_predict(codes, labels, points, n_neighbors)
    edge = np.quantile(nearest_neighbor_distances(codes), 0.99)
    near = winners[nearest_neighbor_distances(codes, points) <= edge]
    kinds = int(np.max(labels)) + 1
    return ClassRegions(
        *(np.bincount(won, minlength=kinds) / len(won) for won in (winners, near))
    )


def moments(codes: np.ndarray) -> dict[str, np.ndarray]:
    """Return moments and extremes of codes along each latent dimension.

    Parameters
    ----------
    codes
        Float (n, d), more than d.

    Returns
    -------
    dict
        "min", "mean", "max", "std" (over n), "skewness", "kurtosis" (excess: 0 for a
        normal distribution) and "farthest" (greatest distance from the mean, in
        standard deviations), each float64 (d,).

    Raises
    ------
    ValueError
        If codes hold NaN or have another rank, or do not vary in every direction.
    """
    codes = _check_variation(codes)
    mean, std = codes.mean(axis=0), codes.std(axis=0)
    return {
        "min": codes.min(axis=0),
        "mean": mean,
        "max": codes.max(axis=0),
        "std": std,
        "skewness": stats.skew(codes),
        "kurtosis": stats.kurtosis(codes),
        "farthest": np.abs(codes - mean).max(axis=0) / std,
    }


def whiten(codes: np.ndarray, points: np.ndarray | None = None) -> np.ndarray:
    """Return codes moved, turned and stretched to mean 0 and covariance I.

    A latent space that was turned, stretched or moved as a whole is the same afterwards
    but for a rotation: distances between whitened codes do not change.

    Parameters
    ----------
    codes
        Float (n, d), more than d.
    points
        Float (m, d): return these, transformed as the codes would be; None for the
        codes.

    Returns
    -------
    numpy.ndarray
        Float64 (n, d) or (m, d).

    Raises
    ------
    ValueError
        As `moments`.
    """
    codes = _check_variation(codes)
    points = codes if points is None else np.asarray(points, "float64")
    check_codes(points, "points")
    factor = np.linalg.cholesky(np.atleast_2d(np.cov(codes.T)))
    return np.linalg.solve(factor, (points - codes.mean(axis=0)).T).T


def kl_from_standard_normal(codes: np.ndarray) -> float:
    """Return the KL divergence, in nats, of the codes' normal fit from N(0, I).

    The fit has the codes' mean and covariance (Kingma and Welling, 2014, appendix B,
    has the diagonal case). The divergence is 0 if the mean is 0 and the covariance the
    identity, even if the codes are not normally distributed.

    Parameters
    ----------
    codes
        Float (n, d), more than d.

    Raises
    ------
    ValueError
        As `moments`.
    """
    codes = _check_variation(codes)
    mean, covariance = codes.mean(axis=0), np.atleast_2d(np.cov(codes.T, bias=True))
    _, logarithm = np.linalg.slogdet(covariance)
    return float(np.trace(covariance) + mean @ mean - len(mean) - logarithm) / 2


def _check_neighborhoods(
    images: np.ndarray, codes: np.ndarray, n_neighbors: int
) -> np.ndarray:
    """Return the images as rows, if their codes and the neighbours fit them."""
    check_codes(codes, "codes")
    if len(images) != len(codes):
        raise ValueError(
            f"there are {len(images)} images and {len(codes)} codes; give one code "
            "for each image"
        )
    if not 1 <= n_neighbors < len(codes) / 2:
        raise ValueError(
            f"n_neighbors is {n_neighbors} for {len(codes)} codes; give 1 or more, and "
            "fewer than half of the codes"
        )
    return images.reshape(len(images), -1)


def _check_variation(codes: np.ndarray) -> np.ndarray:
    check_codes(codes, "codes")
    codes = np.asarray(codes, "float64")
    dimension = codes.shape[1]
    if np.linalg.matrix_rank(np.atleast_2d(np.cov(codes.T, bias=True))) < dimension:
        raise ValueError(
            f"{len(codes)} codes of latent dimension {dimension} do not vary in every "
            "direction; drop dimensions that never change, or give more codes"
        )
    return codes
