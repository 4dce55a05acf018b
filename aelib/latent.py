"""Measures of a cloud of codes: arrays in, plain numbers out.

Chapters 6 and 7 explain them; the stored models' cards report some. What is drawn from
a latent space is measured in `aelib.generation`.
"""

from typing import NamedTuple

import numpy as np
from scipy import stats
from sklearn.manifold import trustworthiness as sklearn_trustworthiness
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

__all__ = [
    "Spacing",
    "Territory",
    "box",
    "neighbour_accuracy",
    "shape",
    "spacing",
    "territory",
    "trustworthiness",
    "vote",
]

CELLS = 150  # a side of the box in which labels win territory


class Spacing(NamedTuple):
    """Median and 99 % quantile of the codes' distances from their nearest neighbour."""

    median: float
    high: float


class Territory(NamedTuple):
    """Each label's share of a box, and of those of its cells that lie near a code.

    Near is no further than 99 % of the codes lie from their nearest neighbour.
    """

    whole: np.ndarray
    near: np.ndarray


def neighbour_accuracy(
    train_codes: np.ndarray,
    train_labels: np.ndarray,
    test_codes: np.ndarray,
    test_labels: np.ndarray,
    neighbours: int = 5,
) -> float:
    """Return how often the majority of the nearest training codes has the right label.

    Comparable with Sainburg, McInnes and Gentner (2021) if, as on the cards, the
    training images vote.

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
        If codes hold NaN or have another rank, labels do not match them or are all the
        same, or there are fewer training codes than neighbours.
    """
    check_codes(test_codes, "test_codes")
    _check_labels(test_labels, test_codes)
    predicted = vote(train_codes, train_labels, test_codes, neighbours)
    return float(np.mean(predicted == test_labels))


def vote(
    codes: np.ndarray, labels: np.ndarray, points: np.ndarray, neighbours: int = 10
) -> np.ndarray:
    """Return for each point the label that most of the nearest codes have, (m,).

    Parameters
    ----------
    codes, points
        Float (n, d) and (m, d).
    labels
        Integer (n,), of at least two kinds.
    neighbours
        How many vote, 1 to n. If two labels have as many votes, the lower one wins.

    Raises
    ------
    ValueError
        As `neighbour_accuracy`.
    """
    check_codes(codes, "codes")
    check_codes(points, "points")
    _check_labels(labels, codes)
    if len(np.unique(labels)) < 2:
        raise ValueError("all labels are the same; give codes of two classes or more")
    if not 1 <= neighbours <= len(codes):
        raise ValueError(
            f"neighbours is {neighbours}, there are {len(codes)} codes; give 1 or "
            "more, and no more than there are"
        )
    return KNeighborsClassifier(neighbours).fit(codes, labels).predict(points)


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
    check_codes(codes, "codes")
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


def box(codes: np.ndarray, trim: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and the upper corner of a box around the codes, (d,) each.

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


def spacing(codes: np.ndarray) -> Spacing:
    """Return how far codes are from their nearest neighbours.

    Raises
    ------
    ValueError
        If codes (n, d) hold NaN or have another rank, there is only one, or so many
        coincide that their median distance is 0.
    """
    check_codes(codes, "codes")
    if len(codes) < 2:
        raise ValueError("there is one code; give two or more")
    own, _ = NearestNeighbors(n_neighbors=1).fit(codes).kneighbors()
    median, high = np.quantile(own, [0.5, 0.99])
    if median == 0:
        raise ValueError(
            "half of the codes or more coincide with another: there is no spacing to "
            "compare with. Has the encoder collapsed?"
        )
    return Spacing(float(median), float(high))


def territory(
    codes: np.ndarray,
    labels: np.ndarray,
    trim: float = 0.0,
    neighbours: int = 10,
) -> Territory:
    """Measure which share of a box each label wins.

    The box is divided into 150×150 cells; the codes nearest to a cell's centre vote.

    Parameters
    ----------
    codes
        Float (n, 2).
    labels
        Integer (n,), 0 or more, of at least two kinds.
    trim, neighbours
        As in `box` and in `vote`.

    Returns
    -------
    Territory
        Shares for the labels from 0 to the highest.

    Raises
    ------
    ValueError
        As `vote` and `spacing`, or if the codes do not have two numbers.
    """
    check_codes(codes, "codes")
    if np.shape(codes)[1] != 2:
        raise ValueError(
            f"codes have {np.shape(codes)[1]} numbers; a territory has two"
        )
    low, high = box(codes, trim)
    centres = (np.arange(CELLS) + 0.5) / CELLS
    grid = np.stack(np.meshgrid(*(low + (high - low) * centres[:, None]).T), axis=-1)
    points = grid.reshape(-1, 2)
    winners = vote(codes, labels, points, neighbours)
    near = winners[nearest_distances(codes, points) <= spacing(codes).high]
    kinds = int(np.max(labels)) + 1
    return Territory(
        *(np.bincount(won, minlength=kinds) / len(won) for won in (winners, near))
    )


def shape(codes: np.ndarray) -> dict[str, np.ndarray | float]:
    """Describe a cloud of codes, axis by axis and in one number.

    Parameters
    ----------
    codes
        Float (n, d), more than d.

    Returns
    -------
    dict
        "low", "high", "mean", "deviation" (standard deviation over n), "skewness",
        "kurtosis" (excess: 0 for a normal distribution) and "farthest" (greatest
        distance from the mean, in deviations), each (d,); and "kl", a float, the
        Kullback-Leibler divergence in nats of the normal distribution with the codes'
        mean and covariance from the standard one (Kingma and Welling, 2014, appendix
        B, has the diagonal case). It is 0 if the cloud has mean 0 and covariance 1,
        even if it is not normal.

    Raises
    ------
    ValueError
        If codes hold NaN or have another rank, or do not vary in every direction.
    """
    check_codes(codes, "codes")
    codes = np.asarray(codes, "float64")
    mean, deviation = codes.mean(axis=0), codes.std(axis=0)
    covariance = np.atleast_2d(np.cov(codes.T, bias=True))
    if np.linalg.matrix_rank(covariance) < len(mean):
        raise ValueError(
            f"{len(codes)} codes of {len(mean)} numbers do not vary in every "
            "direction; drop numbers that never change, or give more codes"
        )
    _, logarithm = np.linalg.slogdet(covariance)
    return {
        "low": codes.min(axis=0),
        "high": codes.max(axis=0),
        "mean": mean,
        "deviation": deviation,
        "skewness": stats.skew(codes),
        "kurtosis": stats.kurtosis(codes),
        "farthest": np.abs(codes - mean).max(axis=0) / deviation,
        "kl": float(np.trace(covariance) + mean @ mean - len(mean) - logarithm) / 2,
    }


def check_codes(codes: np.ndarray, name: str = "codes") -> None:
    """Raise ValueError unless `codes` are finite, (n, d), and there are some."""
    if np.ndim(codes) != 2 or np.size(codes) == 0:
        raise ValueError(
            f"{name} has shape {np.shape(codes)}; wanted is (n, d), one row a code"
        )
    if not np.isfinite(codes).all():
        raise ValueError(f"{name} holds NaN or infinity; encode finite images")


def _check_labels(labels: np.ndarray, codes: np.ndarray) -> None:
    if np.shape(labels) != (len(codes),):
        raise ValueError(
            f"labels have shape {np.shape(labels)} for {len(codes)} codes; give one a "
            "code"
        )


def nearest_distances(codes: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the distance of each of m points from the nearest of n codes, (m,)."""
    check_codes(points, "points")
    return NearestNeighbors(n_neighbors=1).fit(codes).kneighbors(points)[0][:, 0]
