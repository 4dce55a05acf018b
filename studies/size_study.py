"""Sample networks of latent dimension 2 to 64, five seeds each; store the measures.

    python studies/size_study.py [--jobs N]

For chapter 7. For each network the reconstruction error, empty regions in boxes and in
the ellipsoid around the codes, the same around normal points with the codes' own mean
and covariance, and the coverage of several ways to sample. For comparison, in a table
of its own, empty regions around twenty clouds of standard normal points. Thirty
trainings of one to two minutes on two cores, and ten minutes of measuring.
"""

from dataclasses import replace

from aelib import datasets, metrics, models, results, training
from aelib.pretrained import Spec
import command
import keras
import networks
import numpy as np
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture

SIZES = (2, 4, 8, 16, 32, 64)
SEEDS = range(5)
BOXES = {"whole box": 0.0, "trimmed box": 0.005}
COUNT = 2_000  # samples of which the coverage is taken

(TRAIN_PART, VALIDATION_PART, (_TEST_IMAGES, TEST_LABELS)) = (
    datasets.load_fashion_mnist()
)
IMAGES = _TEST_IMAGES[:5_000]
COMPONENTS = PCA(50, svd_solver="covariance_eigh").fit(
    TRAIN_PART[0][:10_000].reshape(10_000, -1)
)
REAL = COMPONENTS.transform(IMAGES[:COUNT].reshape(COUNT, -1))


def list_specs() -> list[Spec]:
    """List the networks."""
    short = training.get_recipe("short")
    return [Spec(replace(short, seed=seed), size) for size in SIZES for seed in SEEDS]


def measure_empty(cloud: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    """Return the empty share of both boxes and of the ellipsoid, 5,000 points each."""
    regions = {
        name: metrics.sample_box(cloud, 5_000, rng, trim)
        for name, trim in BOXES.items()
    }
    regions["ellipsoid"] = metrics.sample_ellipsoid(cloud, 5_000, rng)
    return {
        name: metrics.empty_fraction(cloud, points) for name, points in regions.items()
    }


def measure(spec: Spec, encoder: keras.Model, decoder: keras.Model) -> dict[str, str]:
    """Return a network's row."""

    def decode(points: np.ndarray) -> np.ndarray:
        points = np.asarray(points, "float32")
        return decoder.predict(points, batch_size=500, verbose=0)

    def cover(points: np.ndarray) -> float:
        drawn = COMPONENTS.transform(decode(points).reshape(COUNT, -1))
        return metrics.prdc(REAL, drawn).coverage

    rng = np.random.default_rng(0)
    codes = models.encode(encoder, IMAGES).astype("float64")
    train_codes = models.encode(encoder, TRAIN_PART[0]).astype("float64")
    mean, covariance = codes.mean(axis=0), np.cov(codes.T)
    normal = rng.multivariate_normal(mean, covariance, len(codes))
    mixture = GaussianMixture(10, random_state=0).fit(train_codes[:20_000])
    test_codes = models.encode(encoder, _TEST_IMAGES)
    told = {
        "mse": metrics.mean_squared_error(
            datasets.crop(IMAGES), datasets.crop(decode(codes))
        ),
        "accuracy": metrics.knn_accuracy(
            train_codes, TRAIN_PART[1], test_codes, TEST_LABELS
        ),
        **{f"empty {name}": x for name, x in measure_empty(codes, rng).items()},
        **{f"normal {name}": x for name, x in measure_empty(normal, rng).items()},
        "coverage reconstructions": cover(codes[COUNT : 2 * COUNT]),
        "coverage mixture of 10": cover(mixture.sample(COUNT)[0]),
        "coverage fitted normal": cover(normal[:COUNT]),
    }
    for name, trim in BOXES.items():
        told[f"coverage {name}"] = cover(metrics.sample_box(codes, COUNT, rng, trim))
    about = {"numbers": spec.latent_dim, "seed": spec.recipe.seed}
    return about | {name: f"{number:.4f}" for name, number in told.items()}


def control() -> list[dict[str, object]]:
    """Return empty shares around standard normal points, twenty clouds a size."""
    rows: list[dict[str, object]] = []
    for size in SIZES:
        for draw in range(20):
            rng = np.random.default_rng((size, draw))
            shares = measure_empty(rng.normal(size=(5_000, size)), rng)
            row = {"numbers": size, "draw": draw}
            rows.append(row | {name: f"{x:.4f}" for name, x in shares.items()})
        print(rows[-1], flush=True)
    return rows


def main() -> None:
    """Write each table in one piece at its end."""
    rows = []
    for spec, encoder, decoder in networks.train(list_specs()):
        rows.append(measure(spec, encoder, decoder))
        print(rows[-1], flush=True)
    results.store("size_study", rows)
    results.store("size_control", control())


if __name__ == "__main__":
    command.run(main)
