"""Metrics of generation: sampled points, the decoder's geometry, generated samples.

Chapter 7 explains them, chapter 8 measures its repairs with them. A decoder or an
encoder is any callable from arrays to arrays.
"""

from collections.abc import Callable
from typing import NamedTuple

from aelib.metrics.latent import bounding_box, nearest_neighbor_distances, whiten
from aelib.validation import check_codes
import numpy as np
from scipy import linalg
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import NearestNeighbors

__all__ = [
    "PRDC",
    "empty_fraction",
    "frechet_distance",
    "log_volume_element",
    "path_unevenness",
    "prdc",
    "round_trip",
    "sample_box",
    "sample_ellipsoid",
]


class PRDC(NamedTuple):
    """Precision, recall, density and coverage of generated samples, see `prdc`."""

    precision: float
    recall: float
    density: float
    coverage: float


def sample_box(
    codes: np.ndarray, count: int, rng: np.random.Generator, trim: float = 0.0
) -> np.ndarray:
    """Draw points uniformly from a box around the codes, float64 (count, d).

    Parameters
    ----------
    codes, trim
        As in `bounding_box`.
    count
        Number of points.
    rng
        Random generator, e.g. `np.random.default_rng(0)`.

    Raises
    ------
    ValueError
        As `bounding_box`.
    """
    low, high = bounding_box(codes, trim)
    return rng.uniform(low, high, (count, len(low)))


def sample_ellipsoid(
    codes: np.ndarray, count: int, rng: np.random.Generator, trim: float = 0.01
) -> np.ndarray:
    """Draw points uniformly from the ellipsoid around the codes, float64 (count, d).

    It has the shape of the codes' covariance, so that it turns and stretches with the
    codes, as a box does not.

    Parameters
    ----------
    codes
        Float (n, d), more than d.
    count
        Number of points.
    rng
        Random generator, e.g. `np.random.default_rng(0)`.
    trim
        The share of the codes left outside, 0 to below 1: those with the greatest
        Mahalanobis distances from the mean.

    Raises
    ------
    ValueError
        If codes hold NaN or have another rank, or do not vary in every direction, or
        `trim` is out of range.
    """
    if not 0 <= trim < 1:
        raise ValueError(f"trim is {trim}; give 0 or more, and less than 1")
    white = whiten(codes)
    dimension = white.shape[1]
    radius = np.quantile(np.linalg.norm(white, axis=1), 1 - trim)
    directions = rng.normal(size=(count, dimension))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    ball = radius * directions * rng.uniform(size=(count, 1)) ** (1 / dimension)
    codes = np.asarray(codes, "float64")
    factor = np.linalg.cholesky(np.atleast_2d(np.cov(codes.T)))
    return codes.mean(axis=0) + ball @ factor.T


def empty_fraction(codes: np.ndarray, points: np.ndarray) -> float:
    """Return the share of points that lie where no codes are.

    A point lies in an empty region if it is further from every code than 99 % of the
    codes are from their nearest neighbour.

    Parameters
    ----------
    codes, points
        Float (n, d) and (m, d); `sample_box` gives points.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    ValueError
        If codes or points hold NaN or have another rank, there is one code, or at
        least half of the codes coincide.
    """
    between = nearest_neighbor_distances(codes)
    if np.median(between) == 0:
        raise ValueError(
            "half of the codes or more coincide with another: there is no distance to "
            "compare with. Has the encoder collapsed?"
        )
    distances = nearest_neighbor_distances(codes, points)
    return float(np.mean(distances > np.quantile(between, 0.99)))


def round_trip(
    points: np.ndarray,
    decode: Callable[[np.ndarray], np.ndarray],
    encode: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:
    """Return how far each point is from the code of the image that it decodes to.

    Parameters
    ----------
    points
        Float (n, d).
    decode
        Points (n, d) → images (n, ...).
    encode
        Images (n, ...) → codes (n, d).

    Returns
    -------
    numpy.ndarray
        Euclidean distances, float64 (n,), in the unit of the codes; divide by the
        median of `aelib.metrics.nearest_neighbor_distances` to compare latent spaces.

    Raises
    ------
    ValueError
        If points hold NaN or have another rank, or one of the callables returns
        another count or shape.
    """
    check_codes(points, "points")
    back = np.asarray(encode(_decode(decode, points)))
    if back.shape != np.shape(points):
        raise ValueError(
            f"encode returned shape {back.shape} for points {np.shape(points)}; give "
            "the encoder that belongs to the decoder"
        )
    return np.linalg.norm(back.astype("float64") - points, axis=1)


def log_volume_element(
    points: np.ndarray, decode: Callable[[np.ndarray], np.ndarray], step: float = 0.01
) -> np.ndarray:
    """Return the logarithm of the decoder's volume element at each point.

    With the Jacobian J of the decoder, (pixels, d), it is ½ log det JᵀJ: by how much a
    small area (if d is 2, else volume) of the latent space grows among the images
    (Nazari, Damrich and Hamprecht, 2023). J is taken by central differences.

    Parameters
    ----------
    points
        Float (n, d).
    decode
        Points (m, d) → images (m, ...).
    step
        Half the distance of the two points of a difference, in the unit of the codes.

    Returns
    -------
    numpy.ndarray
        Natural logarithms, float64 (n,); minus infinity where images do not change in
        every direction.

    Raises
    ------
    ValueError
        If points hold NaN or have another rank, `step` is not above 0, or `decode`
        returns another count.
    """
    check_codes(points, "points")
    if not step > 0:
        raise ValueError(f"step is {step}; give a distance above 0")
    points = np.asarray(points, "float64")
    columns = []
    for shift in step * np.eye(points.shape[1]):
        ahead, behind = (_decode(decode, points + sign * shift) for sign in (1, -1))
        columns.append((ahead - behind).reshape(len(points), -1) / (2 * step))
    jacobian = np.stack(columns, axis=-1)
    sign, logarithm = np.linalg.slogdet(jacobian.swapaxes(1, 2) @ jacobian)
    return np.where(sign > 0, logarithm, -np.inf) / 2


def path_unevenness(
    starts: np.ndarray,
    ends: np.ndarray,
    decode: Callable[[np.ndarray], np.ndarray],
    count: int = 11,
) -> np.ndarray:
    """Return how unevenly images change along straight paths between codes.

    Each segment is decoded at `count` points at equal distances. The steps between
    their images are measured as the length of the difference of all pixels; returned
    is the largest over the mean: 1 if all steps are equal, `count` - 1 if all change
    happens in one.

    Parameters
    ----------
    starts, ends
        Float (n, d).
    decode
        Points (m, d) → images (m, ...).
    count
        Number of points on a segment, 3 or more.

    Returns
    -------
    numpy.ndarray
        Float64 (n,); 1 where the image does not change at all.

    Raises
    ------
    ValueError
        If the points hold NaN, have another rank or do not match, `count` is below 3,
        or `decode` returns another count.
    """
    check_codes(starts, "starts")
    check_codes(ends, "ends")
    if np.shape(starts) != np.shape(ends):
        raise ValueError(
            f"starts have shape {np.shape(starts)}, ends {np.shape(ends)}; give pairs"
        )
    if count < 3:
        raise ValueError(f"count is {count}; two steps need three points")
    share = np.linspace(0, 1, count)[:, None, None]
    path = (1 - share) * starts + share * ends
    images = _decode(decode, path.reshape(-1, path.shape[-1]))
    images = images.reshape(count, len(starts), -1)
    steps = np.linalg.norm(np.diff(images, axis=0), axis=-1)
    mean = steps.mean(axis=0)
    return np.where(mean > 0, steps.max(axis=0) / np.where(mean > 0, mean, 1), 1.0)


def prdc(real: np.ndarray, generated: np.ndarray, n_neighbors: int = 5) -> PRDC:
    """Return precision, recall, density and coverage of generated samples.

    Around each sample lies a ball that reaches to its k-th neighbour of the same kind.
    Precision is the share of the generated that lie in the ball of a real one, recall
    the share of the real that lie in the ball of a generated one (Kynkäänniemi et al.,
    2019); density is the mean number of real balls around a generated one, over k, and
    coverage the share of the real whose ball holds a generated one (Naeem et al.,
    2020). Samples of one and the same distribution have a density of 1 on average.

    Parameters
    ----------
    real, generated
        Float (n, f) and (m, f): pixels, principal components or other features.
    n_neighbors
        k, 1 or more, below n and m.

    Raises
    ------
    ValueError
        If samples hold NaN, have another rank or other features, or are too few.
    """
    _check_samples(real, generated)
    if not 1 <= n_neighbors < min(len(real), len(generated)):
        raise ValueError(
            f"n_neighbors is {n_neighbors} for {len(real)} real and {len(generated)} "
            "generated samples; give 1 or more, and fewer than either"
        )
    between = pairwise_distances(real, generated)
    real_radius, generated_radius = (
        NearestNeighbors(n_neighbors=n_neighbors).fit(part).kneighbors()[0][:, -1]
        for part in (real, generated)
    )
    in_real = between <= real_radius[:, None]
    in_generated = between <= generated_radius
    return PRDC(
        precision=float(in_real.any(axis=0).mean()),
        recall=float(in_generated.any(axis=1).mean()),
        density=float(in_real.sum(axis=0).mean() / n_neighbors),
        coverage=float(in_real.any(axis=1).mean()),
    )


def frechet_distance(real: np.ndarray, generated: np.ndarray) -> float:
    """Return the squared Fréchet distance between the samples' normal fits.

    ‖m₁ - m₂‖² + tr(C₁ + C₂ - 2 (C₁ C₂)^½) with means m and covariances C (Dowson and
    Landau, 1982). In the features of an Inception network it is known as FID (Heusel et
    al., 2017); other features give numbers that can't be compared with it. It falls
    with the number of samples: compare equal numbers.

    Parameters
    ----------
    real, generated
        Float (n, f) and (m, f), n and m above 1: features.

    Returns
    -------
    float
        0 or more, in the square of the features' unit.

    Raises
    ------
    ValueError
        If samples hold NaN, have another rank or other features, or there is only one.
    """
    _check_samples(real, generated)
    if min(len(real), len(generated)) < 2:
        raise ValueError("a covariance needs two samples or more of each kind")
    pair = [np.asarray(part, "float64") for part in (real, generated)]
    means = [part.mean(axis=0) for part in pair]
    first, second = (np.atleast_2d(np.cov(part.T)) for part in pair)
    # The eigenvalues of C₁ C₂ are those of the symmetric C₁^½ C₂ C₁^½.
    values, vectors = linalg.eigh(first)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    roots = np.sqrt(np.maximum(linalg.eigvalsh(root @ second @ root), 0))
    gap = np.sum((means[0] - means[1]) ** 2)
    distance = gap + np.trace(first) + np.trace(second) - 2 * roots.sum()
    return float(max(distance, 0))


def _check_samples(real: np.ndarray, generated: np.ndarray) -> None:
    check_codes(real, "real")
    check_codes(generated, "generated")
    if np.shape(real)[1] != np.shape(generated)[1]:
        raise ValueError(
            f"real has {np.shape(real)[1]} features, generated "
            f"{np.shape(generated)[1]}; give the same"
        )


def _decode(
    decode: Callable[[np.ndarray], np.ndarray], points: np.ndarray
) -> np.ndarray:
    """Decode, and look at what comes back; float64, so that no rounding is added."""
    images = np.asarray(decode(points))
    if images.ndim < 2 or len(images) != len(points):
        raise ValueError(
            f"decode returned shape {images.shape} for {len(points)} points; wanted is "
            "one image for each point, (n, ...)"
        )
    return images.astype("float64")
