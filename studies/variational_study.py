"""Train variational autoencoders over beta and three likelihoods; store what comes out.

    python studies/variational_study.py [--jobs N]

For chapter 8: rate and distortion with binary cross-entropy over values of beta, and
with beta 1 a continuous Bernoulli likelihood and a normal one of learned variance; five
seeds each. Thirty-five trainings of one to two minutes on two cores.
"""

from dataclasses import replace
import math

from aelib import datasets, metrics, models, results, training
from aelib.pretrained import Spec
import command
import keras
import networks
import numpy as np
from sklearn.decomposition import PCA

BETAS = (1.0, 3.0, 10.0, 30.0, 100.0)
SEEDS = range(5)
PIXELS = 32 * 32
ACTIVE = 0.01  # variance of a dimension's means, above which it is used (Burda, 2016)
COUNT = 2_000  # samples for the coverage

(_TRAIN_IMAGES, _), _, (_TEST_IMAGES, _) = datasets.load_fashion_mnist()
TRAIN_IMAGES, IMAGES = _TRAIN_IMAGES[:10_000], _TEST_IMAGES[:5_000]
COMPONENTS = PCA(50, svd_solver="covariance_eigh").fit(TRAIN_IMAGES.reshape(10_000, -1))


def list_specs() -> list[Spec]:
    """List the networks."""
    short = training.get_recipe("short")
    recipes = [
        # With the same learning rate the continuous Bernoulli's loss diverges.
        replace(short, beta=1.0, loss="continuous_bernoulli", learning_rate=1e-3),
        replace(short, beta=1.0, loss="gaussian"),
        *(replace(short, beta=beta) for beta in BETAS),
    ]
    return [Spec(replace(recipe, seed=seed)) for recipe in recipes for seed in SEEDS]


def sample_codes(
    encoder: keras.Model, images: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each image's mean, a sample of its posterior, and its KL term in nats."""
    means, log_variances = encoder.predict(images, batch_size=500, verbose=0)
    noise = rng.standard_normal(means.shape, "float32")
    divergences = np.exp(log_variances) + means**2 - 1 - log_variances
    return means, means + np.exp(log_variances / 2) * noise, divergences.sum(-1) / 2


def measure(spec: Spec, encoder: keras.Model, decoder: keras.Model) -> dict[str, str]:
    """Return a network's row."""
    likelihood = models.LIKELIHOODS[spec.recipe.loss]
    rng = np.random.default_rng(0)

    def decode(codes: np.ndarray) -> np.ndarray:
        codes = np.asarray(codes, "float32")
        return decoder.predict(codes, batch_size=500, verbose=0)

    means, samples, rates = sample_codes(encoder, IMAGES, rng)
    outputs, sampled_outputs = decode(means), decode(samples)
    pictures, sampled_pictures = map(likelihood.mean, (outputs, sampled_outputs))
    pixels = datasets.crop(IMAGES)
    prior = rng.standard_normal((5_000, spec.latent_dim))
    normal = rng.standard_normal((5_000, spec.latent_dim))
    drawn = likelihood.mean(decode(prior[:COUNT])).reshape(COUNT, -1)
    real = COMPONENTS.transform(IMAGES[:COUNT].reshape(COUNT, -1))
    told = {
        "rate": max(rates.mean(), 0),  # after a collapse rounding makes it less
        "mse": metrics.mean_squared_error(pixels, datasets.crop(pictures)),
        "mse of samples": metrics.mean_squared_error(
            pixels, datasets.crop(sampled_pictures)
        ),
        "mse of parameters": metrics.mean_squared_error(
            pixels, datasets.crop(_as_parameters(spec, outputs))
        ),
        **_distortions(spec, encoder, decoder, sampled_outputs),
        "active": np.sum(means.var(axis=0) > ACTIVE),
        "divergence of means": _divergence(means),
        "divergence of samples": metrics.kl_from_standard_normal(samples),
        "holes around means": _empty(means, prior),
        "holes around samples": metrics.empty_fraction(samples, prior),
        "holes around normal": metrics.empty_fraction(normal, prior),
        "coverage": metrics.prdc(real, COMPONENTS.transform(drawn)).coverage,
    }
    about = {
        "likelihood": spec.recipe.loss,
        "beta": f"{spec.recipe.beta:g}",
        "seed": spec.recipe.seed,
    }
    return about | {name: f"{number:.5g}" for name, number in told.items()}


def _as_parameters(spec: Spec, outputs: np.ndarray) -> np.ndarray:
    """Return the distribution's parameter in [0, 1] as if it were the picture."""
    if spec.recipe.loss == "continuous_bernoulli":
        return 1 / (1 + np.exp(-np.asarray(outputs, "float64")))
    return outputs


def _distortions(
    spec: Spec, encoder: keras.Model, decoder: keras.Model, outputs: np.ndarray
) -> dict[str, float]:
    """Return the negative log-likelihoods of samples, in nats an image, empty if none.

    "bce" is the sum of binary cross-entropies. "continuous Bernoulli" is a density,
    for binary cross-entropy with its output as the parameter; "gaussian" too, with the
    variance from training images.
    """
    told: dict[str, float] = {"bce": math.nan, "continuous Bernoulli": math.nan}
    told["gaussian"] = math.nan
    if spec.recipe.loss == "gaussian":
        _, codes, _ = sample_codes(encoder, TRAIN_IMAGES, np.random.default_rng(1))
        copies = decoder.predict(codes, batch_size=500, verbose=0)
        variance = metrics.mean_squared_error(TRAIN_IMAGES, copies)
        error = metrics.mean_squared_error(IMAGES, outputs)
        nats = math.log(2 * math.pi * variance) + error / variance
        return told | {"gaussian": PIXELS * nats / 2}
    logits = np.asarray(outputs, "float64")
    if spec.recipe.loss == "binary_crossentropy":
        told["bce"] = PIXELS * metrics.binary_cross_entropy(IMAGES, outputs)
        inside = np.clip(logits, 1e-7, 1 - 1e-7)
        logits = np.log(inside) - np.log1p(-inside)
    density = models.LIKELIHOODS["continuous_bernoulli"].loss
    nats = np.mean(keras.ops.convert_to_numpy(density(IMAGES, logits)), dtype="float64")
    return told | {"continuous Bernoulli": PIXELS * nats}


def _divergence(means: np.ndarray) -> float:
    """Return the divergence of the means' normal fit; infinite after a collapse."""
    try:
        return metrics.kl_from_standard_normal(means)
    except ValueError:
        return math.inf


def _empty(means: np.ndarray, points: np.ndarray) -> float:
    try:
        return metrics.empty_fraction(means, points)
    except ValueError:  # all means coincide
        return math.nan


def main() -> None:
    """Measure all networks, and write the table in one piece at the end."""
    rows = []
    for spec, encoder, decoder in networks.train(list_specs()):
        rows.append(measure(spec, encoder, decoder))
        print(rows[-1], flush=True)
    results.store("variational_study", rows)


if __name__ == "__main__":
    command.run(main)
