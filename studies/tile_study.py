"""Train autoencoders and denoisers on tiles of photographs; store what comes out.

    python studies/tile_study.py [--jobs N]

For chapter 10. Three tables: errors of autoencoders and PCA over the latent dimension,
areas under the ROC curve of anomaly scores, and PSNR of cleaned photographs; for five
seeds each, of split, weights and noise. About 40 trainings of 10 to 100 seconds on two
cores; those that are cut off go on from `_build/studies/tiles`.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
import tempfile

from aelib import datasets, folders, models, photographs, results, training
import command
import joblib
import keras
import numpy as np
from scipy import ndimage
from skimage.restoration import denoise_nl_means
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score

STATE = Path(__file__).resolve().parent.parent / "_build" / "studies" / "tiles"
SEEDS = range(5)
SIZES = (2, 4, 8, 16, 32)
FILTERS = (16, 32, 64)
NORMAL = "tissue"
STRENGTH = 0.1
CLEANED = "coffee"
DENOISER_EPOCHS = 4
WIDTHS = (0.6, 0.8, 1.0, 1.2)
STEPS = {"many": 8, "few": 16}

Row = dict[str, object]


def split_tiles(seed: int, step: int = 16) -> tuple[np.ndarray, ...]:
    """Return training and validation tiles, and the photographs they are from.

    Blocks are split, not tiles. Validation tiles are always those 16 pixels apart.
    """
    with tempfile.TemporaryDirectory() as name:
        photographs.write_tiles(name, step=step)
        data = folders.read(name, 32)
    train, validation = folders.split(
        data, 0.25, group=lambda path: path.rsplit("/", 1)[0], seed=seed
    )
    places = [[int(x) for x in path[-11:-4].split("-")] for path in data.paths]
    on_grid = (np.array(places) % 16 == 0).all(axis=1)
    validation = validation[on_grid[validation]]
    kinds = np.array([path.split("/")[0] for path in data.paths])
    return (
        data.images[train],
        data.images[validation],
        kinds[train],
        kinds[validation],
    )


def mirror(images: np.ndarray) -> np.ndarray:
    """Return images as they are, upside down, left to right, and both."""
    return np.concatenate(
        [images, images[:, ::-1], images[:, :, ::-1], images[:, ::-1, ::-1]]
    )


def make_recipe(images: np.ndarray, epochs: float, seed: int) -> training.Recipe:
    """Return the recipe of all autoencoders here; they begin at the mean value."""
    mean = float(images.mean())
    return training.Recipe(
        loss="mse",
        epochs=epochs,
        batch_size=64,
        learning_rate=6e-3,
        schedule="cosine",
        beta_2=0.99,
        output_bias=float(np.log(mean / (1 - mean))),
        jit_compile=False,
        seed=seed,
    )


def flatten(images: np.ndarray) -> np.ndarray:
    """Return images as rows."""
    return images.reshape(len(images), -1)


def measure_errors(tiles: str, latent_dim: int, seed: int) -> list[Row]:
    """Train an autoencoder; return its errors and those of PCA and the mean image."""
    train, validation, _, _ = split_tiles(seed, STEPS[tiles])
    seen = mirror(train) if tiles == "many" else train
    # Few tiles pass as often as many.
    passes = 3 * len(mirror(split_tiles(seed, STEPS["many"])[0]))
    autoencoder, history = training.fit(
        make_recipe(train, passes / len(seen), seed),
        seen,
        validation,
        latent_dim,
        filters=FILTERS,
        checkpoints=STATE,
    )
    pca = PCA(latent_dim, svd_solver="randomized", random_state=0).fit(flatten(train))

    def error(method: str, images: np.ndarray) -> float:
        if method == "autoencoder":
            drawn = autoencoder.predict(images, batch_size=500, verbose=0)
        elif method == "PCA":
            codes = pca.transform(flatten(images))
            drawn = pca.inverse_transform(codes).clip(0, 1).reshape(images.shape)
        else:
            drawn = train.mean(axis=0)
        return float(np.mean((images - drawn) ** 2, dtype="float64"))

    rows = [
        {
            "tiles": tiles,
            "latent_dim": latent_dim,
            "seed": seed,
            "method": method,
            "train": f"{error(method, train):.6f}",
            "validation": f"{error(method, validation):.6f}",
        }
        for method in ("autoencoder", "PCA", "mean image")
    ]
    best = min(epoch["val_loss"] for epoch in history)
    return [row | {"best": f"{best:.6f}"} for row in rows]


def find_distances(codes: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Return the squared Mahalanobis distance of codes from normal ones."""
    away = codes - normal.mean(axis=0)
    return np.sum(away @ np.linalg.inv(np.cov(normal.T)) * away, axis=1)


def measure_anomalies(seed: int) -> list[Row]:
    """Train on tissue alone; return how well scores tell the other photographs.

    Normal tiles are validation tiles of tissue, foreign ones all of the others.
    """
    train, validation, seen, held_out = split_tiles(seed)
    tiles, kinds = np.concatenate([train, validation]), np.append(seen, held_out)
    normal = mirror(train[seen == NORMAL])
    autoencoder, _ = training.fit(
        make_recipe(normal, 10, seed),
        normal,
        latent_dim=16,
        filters=FILTERS,
        checkpoints=STATE,
    )
    encoder, decoder = models.split_autoencoder(autoencoder)
    pca = PCA(16, svd_solver="randomized", random_state=0).fit(flatten(normal))

    def encode(method: str, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if method == "autoencoder":
            codes = models.encode(encoder, images)
            return codes, decoder.predict(codes, batch_size=500, verbose=0)
        codes = pca.transform(flatten(images))
        return codes, pca.inverse_transform(codes).reshape(images.shape)

    def score(method: str, images: np.ndarray) -> dict[str, np.ndarray]:
        if method == "mean image":
            drawn = normal.mean(axis=0)
            return {"error": np.mean((images - drawn) ** 2, axis=(1, 2, 3))}
        if method == "mean color":  # the code is three numbers, and draws nothing
            codes, normal_codes = images.mean(axis=(1, 2)), normal.mean(axis=(1, 2))
            return {"distance": find_distances(codes, normal_codes)}
        codes, drawn = encode(method, images)
        normal_codes, _ = encode(method, normal)
        return {
            "error": np.mean((images - drawn) ** 2, axis=(1, 2, 3)),
            "distance": find_distances(codes, normal_codes),
        }

    rows = []
    for method in ("autoencoder", "PCA", "mean image", "mean color"):
        inliers = score(method, validation[held_out == NORMAL])
        for kind in sorted(set(kinds) - {NORMAL}):
            others = score(method, tiles[kinds == kind])
            for name in inliers:
                truth = np.repeat([0, 1], [len(inliers[name]), len(others[name])])
                area = roc_auc_score(truth, np.append(inliers[name], others[name]))
                row = {
                    "kind": str(kind),
                    "seed": seed,
                    "method": method,
                    "score": name,
                }
                rows.append(row | {"area": f"{area:.4f}"})
    return rows


def crop_to_even(photograph: np.ndarray) -> np.ndarray:
    """Return a photograph (1, height, width, 3), scaled, with even sides."""
    height, width = (side // 2 * 2 for side in photograph.shape[:2])
    return photograph[None, :height, :width].astype("float32") / 255


def psnr(clean: np.ndarray, estimate: np.ndarray) -> float:
    """Return the peak signal-to-noise ratio of one photograph in decibels."""
    return float(-10 * np.log10(np.mean((clean - estimate) ** 2)))


def filter_with(method: str, strength: float, noisy: np.ndarray) -> np.ndarray:
    """Clean a photograph, (1, height, width, 3), without a network."""
    if method == "Gaussian filter":
        return ndimage.gaussian_filter(noisy, (0, strength, strength, 0))
    cleaned = denoise_nl_means(
        noisy[0],
        h=strength * STRENGTH,
        sigma=STRENGTH,
        patch_size=5,
        patch_distance=6,
        channel_axis=-1,
    )
    return cleaned[None]


def measure_cleaning(name: str, seed: int) -> list[Row]:
    """Train a denoiser on the other photographs; return what it makes of this one.

    The strength of each filter is the one best for the other photographs.
    """
    scenes = {key: crop_to_even(value) for key, value in photographs.load().items()}
    rng = np.random.default_rng(seed)
    noisy = {key: datasets.add_noise(x, STRENGTH, rng) for key, x in scenes.items()}
    cleaned = {"noisy": noisy[name]}
    choices = {
        "Gaussian filter": WIDTHS,
        "non-local means": (0.4, 0.6, 0.8, 1.0),
    }
    for method, strengths in choices.items():
        quality = [
            np.mean(
                [
                    psnr(scenes[key], filter_with(method, strength, noisy[key]))
                    for key in scenes
                    if key != name
                ]
            )
            for strength in strengths
        ]
        best = strengths[int(np.argmax(quality))]
        cleaned[method] = filter_with(method, best, noisy[name])
    train, validation, *kinds = split_tiles(0)
    tiles = np.concatenate([train, validation])[np.concatenate(kinds) != name]
    keras.utils.set_random_seed(seed)
    denoiser = models.build_photo_denoiser()
    steps = DENOISER_EPOCHS * -(-len(tiles) // 32)
    rate = keras.optimizers.schedules.CosineDecay(0.003, steps)
    denoiser.compile(keras.optimizers.Adam(rate), "mse", jit_compile=False)
    for _ in range(DENOISER_EPOCHS):  # each with fresh noise
        order = rng.permutation(len(tiles))
        inputs = datasets.add_noise(tiles[order], STRENGTH, rng)
        denoiser.fit(inputs, tiles[order], batch_size=32, shuffle=False, verbose=0)
    cleaned["denoiser"] = denoiser.predict(noisy[name], verbose=0).clip(0, 1)
    if name == CLEANED:
        cleaned["autoencoder"] = clean_in_tiles(tiles, noisy[name], seed)
    return [
        {
            "photograph": name,
            "seed": seed,
            "method": method,
            "psnr": f"{psnr(scenes[name], image):.3f}",
        }
        for method, image in cleaned.items()
    ]


def clean_in_tiles(tiles: np.ndarray, noisy: np.ndarray, seed: int) -> np.ndarray:
    """Train a denoising autoencoder of latent dimension 64; average its tiles."""
    recipe = make_recipe(tiles, 10, seed)
    recipe = replace(recipe, noise=STRENGTH)
    autoencoder, _ = training.fit(
        recipe, tiles, latent_dim=64, filters=FILTERS, checkpoints=STATE
    )
    height, width = noisy.shape[1:3]
    places = [
        (top, left)
        for top in [*range(0, height - 32, 8), height - 32]
        for left in [*range(0, width - 32, 8), width - 32]
    ]
    inputs = np.stack([noisy[0, y : y + 32, x : x + 32] for y, x in places])
    drawn = autoencoder.predict(inputs, batch_size=500, verbose=0)
    total, count = np.zeros_like(noisy), np.zeros_like(noisy)
    for (y, x), tile in zip(places, drawn, strict=True):
        total[0, y : y + 32, x : x + 32] += tile
        count[0, y : y + 32, x : x + 32] += 1
    return total / count


def run_all(jobs: Iterator) -> list[Row]:
    """Run measurements and return their rows in order."""
    rows = []
    for number, part in enumerate(joblib.Parallel(return_as="generator")(jobs), 1):
        rows += part
        print(number, part[0], flush=True)
    return rows


def main() -> None:
    """Measure, and write each table in one piece."""
    seeds = {name: (0,) for name in photographs.load()} | {CLEANED: SEEDS}
    cleaning = run_all(
        joblib.delayed(measure_cleaning)(name, seed)
        for name, several in seeds.items()
        for seed in several
    )
    results.store("tile_cleaning", cleaning)
    anomalies = run_all(joblib.delayed(measure_anomalies)(seed) for seed in SEEDS)
    results.store("tile_anomalies", anomalies)
    errors = run_all(
        joblib.delayed(measure_errors)(tiles, latent_dim, seed)
        for tiles, sizes in (("many", SIZES), ("few", (8,)))
        for latent_dim in sizes
        for seed in SEEDS
    )
    results.store("tile_errors", errors)


if __name__ == "__main__":
    command.run(main)
