"""Sample plain and variational networks in several ways; store the measures.

    python studies/repair_study.py [--jobs N]

For chapter 8. Densities are fitted to the codes of 20,000 training images; what is
drawn is measured against 5,000 test images, as in chapter 7, and in the features of the
pretrained classifier as well. Five seeds of each kind of network, and the pretrained
networks that the chapter shows. Fifteen trainings of one to two minutes on two
cores, and ten minutes of measuring.
"""

from collections.abc import Iterator
from dataclasses import replace

from aelib import datasets, metrics, models, pretrained, results, training
from aelib.pretrained import Spec
import command
import keras
import networks
import numpy as np
from scipy import stats
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture

PRETRAINED = ("bce-2d-medium", "vae-2d", "bce-64d")
KINDS = {
    "bce-2d": (2, None),
    "vae-2d": (2, 1.0),
    "bce-64d": (64, None),
}
SEEDS = range(5)
COUNT = 2_000  # points drawn in each way

(TRAIN_IMAGES, _), _, (_images, _labels) = datasets.load_fashion_mnist()
IMAGES, LABELS = _images[:5_000], _labels[:5_000]
COMPONENTS = PCA(50, svd_solver="covariance_eigh").fit(
    TRAIN_IMAGES[:10_000].reshape(10_000, -1)
)


def features(images: np.ndarray) -> np.ndarray:
    """Return the principal components in which chapter 7 takes distances, (n, 50)."""
    return COMPONENTS.transform(images.reshape(len(images), -1))


CLASSIFIER = pretrained.load_classifier()


def classifier_features(images: np.ndarray) -> np.ndarray:
    """Return the features of the pretrained classifier, (n, 64)."""
    return CLASSIFIER.predict(images, batch_size=500, verbose=0)[0]


def list_networks() -> Iterator[tuple[str, keras.Model, keras.Model]]:
    """Yield the networks by name."""
    for name in PRETRAINED:
        yield name, *pretrained.load(name)
    short = training.get_recipe("short")
    specs = {
        f"{kind}-seed{seed}": Spec(replace(short, seed=seed, beta=beta), size)
        for kind, (size, beta) in KINDS.items()
        for seed in SEEDS
    }
    trained = networks.train(list(specs.values()))
    for name, (_, encoder, decoder) in zip(specs, trained, strict=True):
        yield name, encoder, decoder


def draw_points(
    codes: np.ndarray, test_codes: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each way to draw points by name, and what it draws, (COUNT, d)."""
    rng = np.random.default_rng(0)
    size = codes.shape[1]
    yield "trimmed box", metrics.sample_box(test_codes, COUNT, rng, 0.005)
    yield "standard normal", rng.normal(size=(COUNT, size))
    mean, covariance = codes.mean(axis=0), np.cov(codes.T)
    yield "fitted normal", rng.multivariate_normal(mean, covariance, COUNT)
    for count in (10,) if size == 2 else (10, 50):
        mixture = GaussianMixture(count, random_state=0).fit(codes)
        yield f"mixture of {count}", mixture.sample(COUNT)[0]
    yield "codes", test_codes[COUNT : 2 * COUNT]


def copying(codes: np.ndarray, unseen: np.ndarray, points: np.ndarray) -> float:
    """Return how often a point lies closer to a fitted code than an unseen code does.

    Each has its distance from the nearest of `codes`. Of all pairs of a point and an
    unseen code, the share in which the point's is smaller: about 0.5 if points are like
    unseen codes, towards 1 if they copy the fitted ones. Meehan, Chaudhuri and Dasgupta
    (2020) take it cell by cell; over the whole space local copying can hide.
    """
    of_points, of_unseen = (
        metrics.nearest_neighbor_distances(codes, p) for p in (points, unseen)
    )
    statistic = stats.mannwhitneyu(of_unseen, of_points).statistic
    return statistic / (len(of_unseen) * len(of_points))


def measure(
    name: str, encoder: keras.Model, decoder: keras.Model
) -> tuple[list[dict], dict]:
    """Return a row for each way to sample a network, and one for its latent space."""

    def encode(images: np.ndarray) -> np.ndarray:
        return models.encode(encoder, images)

    def decode(points: np.ndarray) -> np.ndarray:
        points = np.asarray(points, "float32")
        return decoder.predict(points, batch_size=500, verbose=0)

    codes = encode(TRAIN_IMAGES[:20_000]).astype("float64")
    test_codes = encode(IMAGES)
    unit = np.median(metrics.nearest_neighbor_distances(test_codes))
    real, classified = features(IMAGES[:COUNT]), classifier_features(IMAGES[:COUNT])
    rows = []
    for way, points in draw_points(codes, test_codes):
        drawn = decode(points)
        votes = metrics.knn_predict(test_codes, LABELS, points)
        shares = np.bincount(votes, minlength=10) / COUNT
        trips = metrics.round_trip(points, decode, encode)
        told = {
            "holes": metrics.empty_fraction(test_codes, points),
            "round trip": np.median(trips) / unit,
            "largest class": shares.max(),
            "smallest class": shares.min(),
            **metrics.prdc(real, features(drawn))._asdict(),
            "classifier coverage": metrics.prdc(
                classified, classifier_features(drawn)
            ).coverage,
            "frechet distance": metrics.frechet_distance(
                classified, classifier_features(drawn)
            ),
            "sharpness": metrics.sharpness(drawn) / metrics.sharpness(IMAGES),
            "copying": copying(codes, test_codes[:COUNT], points),
        }
        rows.append({"network": name, "way": way, **_round(told)})
    some = test_codes[: 2_000 // test_codes.shape[1]]  # each decodes 2 d points
    flat, steep = np.quantile(metrics.log_volume_element(some, decode), [0.05, 0.95])
    pairs = np.random.default_rng(0).permutation(len(test_codes))[:600]
    starts, ends = test_codes[pairs].reshape(2, 300, -1)
    space = {
        "divergence": metrics.kl_from_standard_normal(test_codes),
        "stretch": steep - flat,
        "steadiness": np.median(metrics.path_unevenness(starts, ends, decode)),
    }
    return rows, {"network": name, **_round(space)}


def _round(numbers: dict[str, float]) -> dict[str, str]:
    return {name: f"{number:.4f}" for name, number in numbers.items()}


def main() -> None:
    """Measure all networks; write each table in one piece at the end."""
    samples, spaces = [], []
    for name, encoder, decoder in list_networks():
        rows, space = measure(name, encoder, decoder)
        samples += rows
        spaces.append(space)
        print(space, *rows, sep="\n", flush=True)
    results.store("repair_samples", samples)
    results.store("repair_spaces", spaces)


if __name__ == "__main__":
    command.run(main)
