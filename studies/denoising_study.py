"""Clean noisy images with networks of four sizes, five seeds each; store the errors.

    python studies/denoising_study.py [--jobs N]

For chapter 9. Networks that were trained on clean images, of latent dimension 2, 4, 16
and 64, and denoisers of latent dimension 2 and 64. Besides the chapter's noise, which
is clipped, networks trained on clean images get its two parts, grey and grain, and
unclipped noise in two ways: through their encoder, and as the best code that gradient
descent finds for the noisy image. Of every network the coverage of samples from one
normal distribution and from a Gaussian mixture as well. Thirty trainings of one to two
minutes on two cores, and half an hour of measuring.
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

SIZES = {"clean": (2, 4, 16, 64), "denoiser": (2, 64)}
SEEDS = range(5)
STRENGTHS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
GRAIN = 0.2  # standard deviation of the unclipped noise
STEPS = 100  # of gradient descent on the codes
SEARCHED = 100  # images whose best codes are sought
UNCOVERED = {"coverage": "", "mixture coverage": ""}  # measured once for each network

(_TRAIN_IMAGES, _), _, (_TEST_IMAGES, _) = datasets.load_fashion_mnist()
IMAGES = _TEST_IMAGES[:1_000]
COMPONENTS = PCA(64, svd_solver="covariance_eigh").fit(
    _TRAIN_IMAGES[:10_000].reshape(10_000, -1)
)


def list_specs() -> list[Spec]:
    """List the networks: for each size and seed one."""
    short = training.get_recipe("short")
    return [
        Spec(replace(short, seed=seed, noise=noise), size)
        for network, noise in (("clean", 0.0), ("denoiser", 0.5))
        for size in SIZES[network]
        for seed in SEEDS
    ]


def make_views() -> dict[str, np.ndarray]:
    """Return the images that the networks read, by the name that the table has."""
    rng = np.random.default_rng(0)
    views = {"none": IMAGES}
    for strength in STRENGTHS:
        views[str(strength)] = datasets.add_noise(IMAGES, strength, rng)
    copies = [datasets.add_noise(IMAGES, 0.05, rng) for _ in range(40)]
    views["grey 0.05"] = np.mean(copies, axis=0)
    grain = rng.standard_normal(IMAGES.shape, "float32")
    views["grain 0.05"] = IMAGES + np.float32(0.05) * grain
    views["grain 0.2"] = IMAGES + np.float32(GRAIN) * grain
    return views


def project(decoder: keras.Model, images: np.ndarray, begin: np.ndarray) -> np.ndarray:
    """Return the reconstructions nearest to the images, as gradient descent finds them.

    Adam with a falling learning rate looks for the codes of the least squared error,
    from given codes on, each for itself; what it finds may be a local minimum. The
    codes are the weights of an embedding, the images their targets.
    """
    decoder.trainable = False
    numbers = keras.Input((), dtype="int32")
    codes = keras.layers.Embedding(*begin.shape, weights=[begin])
    search = keras.Model(numbers, decoder(codes(numbers)))
    rate = keras.optimizers.schedules.CosineDecay(0.05 * float(np.std(begin)), STEPS)
    search.compile(keras.optimizers.Adam(rate), "mse")
    order = np.arange(len(images))
    search.fit(order, images, batch_size=len(images), epochs=STEPS, verbose=0)
    return search.predict(order, batch_size=500, verbose=0)


def measure(reconstructions: np.ndarray) -> dict[str, str]:
    """Return the error on 28×28 pixels, pooled, and PSNR averaged over images."""
    pair = datasets.crop(IMAGES[: len(reconstructions)]), datasets.crop(reconstructions)
    return {
        "mse": f"{metrics.mean_squared_error(*pair):.5f}",
        "psnr": f"{metrics.peak_signal_to_noise_ratio(*pair):.2f}",
    }


def cover(encoder: keras.Model, decoder: keras.Model) -> dict[str, str]:
    """Return the coverage of samples from two densities that are fitted to codes.

    A normal distribution, fitted to the codes of 5,000 test images as in chapter 7; and
    a Gaussian mixture of ten, fitted to those of 20,000 training images as in
    chapter 8.
    """
    codes = models.encode(encoder, _TEST_IMAGES[:5_000])
    rng = np.random.default_rng(0)
    normal = rng.multivariate_normal(codes.mean(axis=0), np.cov(codes.T), 2_000)
    codes = models.encode(encoder, _TRAIN_IMAGES[:20_000]).astype("float64")
    mixture = GaussianMixture(10, random_state=0).fit(codes).sample(2_000)[0]
    told = {}
    for name, points in (("coverage", normal), ("mixture coverage", mixture)):
        drawn = decoder.predict(points.astype("float32"), batch_size=500, verbose=0)
        real, drawn = (
            COMPONENTS.transform(part.reshape(2_000, -1))[:, :50]
            for part in (_TEST_IMAGES[:2_000], drawn)
        )
        told[name] = f"{metrics.prdc(real, drawn).coverage:.4f}"
    return told


def main() -> None:
    """Measure all networks, and write the table in one piece at the end."""
    views = make_views()
    rows = []
    for size in SIZES["clean"]:
        for view in ("none", "grain 0.2"):
            codes = COMPONENTS.transform(views[view].reshape(len(IMAGES), -1))
            codes[:, size:] = 0
            copies = COMPONENTS.inverse_transform(codes).reshape(IMAGES.shape)
            about = {"network": "PCA", "numbers": size, "seed": "", "view": view}
            rows.append(about | measure(copies) | UNCOVERED)
    for spec, encoder, decoder in networks.train(list_specs()):
        network = "denoiser" if spec.recipe.noise else "clean"
        about = {
            "network": network,
            "numbers": spec.latent_dim,
            "seed": spec.recipe.seed,
        }
        for view, images in views.items():
            codes = models.encode(encoder, images)
            copies = decoder.predict(codes, batch_size=500, verbose=0)
            row = about | {"view": view} | measure(copies)
            covered = cover(encoder, decoder) if view == "none" else UNCOVERED
            rows.append(row | covered)
        if network == "clean":
            begin = models.encode(encoder, IMAGES[:SEARCHED])
            for view in ("none", "grain 0.2"):
                copies = project(decoder, views[view][:SEARCHED], begin)
                row = about | {"view": f"{view}, best code"} | measure(copies)
                rows.append(row | UNCOVERED)
        print(*rows[-2:], sep="\n", flush=True)
    results.store("denoising_study", rows)


if __name__ == "__main__":
    command.run(main)
