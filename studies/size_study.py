"""Sample the networks with codes of 2 to 64 numbers, for chapter 7; store the measures.

    python studies/size_study.py

Five draws of points for each network, and for comparison twenty clouds of normal
points for each: from the standard normal distribution, and from the one with the
codes' own mean and covariance. Ten minutes on two cores.
"""

from aelib import datasets, metrics, models, pretrained, results
import numpy as np
from sklearn.decomposition import PCA

NETWORKS = {2: "bce-2d-medium"} | {size: f"bce-{size}d" for size in (4, 8, 16, 32, 64)}
BOXES = {"whole box": 0.0, "trimmed box": 0.005}


def measure_holes(cloud: np.ndarray, rng: np.random.Generator) -> dict[str, str]:
    """Return the share of holes in both boxes, of 5,000 points each."""
    shares = {}
    for name, trim in BOXES.items():
        points = metrics.sample_box(cloud, 5_000, rng, trim)
        shares[f"holes {name}"] = f"{metrics.empty_fraction(cloud, points):.4f}"
    return shares


def sample_networks() -> tuple[list[dict], list[dict]]:
    """Measure holes and coverage with 5,000 test codes, and the control's holes."""
    (train_images, _), _, (images, _) = datasets.load_fashion_mnist()
    part = train_images[:10_000].reshape(10_000, -1)
    components = PCA(50, svd_solver="covariance_eigh").fit(part)
    images = images[:5_000]
    real = components.transform(images[:2_000].reshape(2_000, -1))

    def cover(decoder, points: np.ndarray) -> str:
        points = np.asarray(points, "float32")
        drawn = decoder.predict(points, batch_size=500, verbose=0)
        drawn = components.transform(drawn.reshape(len(points), -1))
        return f"{metrics.prdc(real, drawn).coverage:.4f}"

    rows, control = [], []
    for size, name in NETWORKS.items():
        encoder, decoder = pretrained.load(name)
        codes = models.encode(encoder, images)
        mean, covariance = codes.mean(axis=0), np.cov(codes.T)
        copied = cover(decoder, codes[2_000:4_000])  # the same in every draw
        for draw in range(5):
            rng = np.random.default_rng((size, draw))
            row = {"numbers": size, "draw": draw, **measure_holes(codes, rng)}
            row["coverage reconstructions"] = copied
            points = rng.multivariate_normal(mean, covariance, 2_000)
            row["coverage fitted normal"] = cover(decoder, points)
            for box, trim in BOXES.items():
                points = metrics.sample_box(codes, 2_000, rng, trim)
                row[f"coverage {box}"] = cover(decoder, points)
            rows.append(row)
            print(row, flush=True)
        shapes = {
            "standard": (np.zeros(size), np.eye(size)),
            "fitted": (mean, covariance),
        }
        for points, shape in shapes.items():
            for draw in range(20):
                rng = np.random.default_rng((size, draw))
                cloud = rng.multivariate_normal(*shape, 5_000)
                row = {"numbers": size, "points": points, "draw": draw}
                control.append(row | measure_holes(cloud, rng))
            print(control[-1], flush=True)
    return rows, control


def main() -> None:
    """Write each table in one piece at its end."""
    rows, control = sample_networks()
    results.store("size_study", rows)
    results.store("size_control", control)


if __name__ == "__main__":
    main()
