"""Pretrained models by name, each with a card that says what it is and how good.

    python -m aelib.zoo             trains again what is missing
    python -m aelib.zoo bce-2d      trains one again

Weights are stored in float16, and a file is used only if its SHA-256 is the one on its
card. A card is replaced in one piece, after the weights that it names are there: a
training that is cut off leaves the old pair, and goes on where it stopped.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
import hashlib
from importlib import metadata
from importlib.resources import files
import json
from pathlib import Path
import sys

from aelib import data, latent, metrics, models, training
import keras
import numpy as np
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

__all__ = ["MODELS", "Model", "get_card", "load", "retrain"]

WEIGHTS = Path(str(files("aelib") / "weights"))
CHECKPOINTS = Path("_build", "checkpoints")  # where the book's own products go
SPLIT = "images 0 to 49,999 train, 50,000 to 59,999 validate, the test part reports"


@dataclass(frozen=True)
class Model:
    """A stored model: its recipe and the count of numbers in its code."""

    recipe: training.Recipe
    latent_dim: int = 2


_SHORT, _MEDIUM, _FULL = map(training.get_recipe, ("short", "medium", "full"))
MODELS: dict[str, Model] = {
    "bce-2d": Model(_FULL),
    "mse-2d": Model(replace(_FULL, loss="mse")),
    **{f"bce-2d-seed{seed}": Model(replace(_SHORT, seed=seed)) for seed in range(5)},
    "bce-2d-medium": Model(_MEDIUM),
    **{f"bce-{size}d": Model(_MEDIUM, size) for size in (4, 8, 16, 32, 64)},
    "denoise-2d": Model(replace(_MEDIUM, noise=0.5)),
    "denoise-64d": Model(replace(_MEDIUM, noise=0.5), 64),
    "vae-2d": Model(replace(_MEDIUM, beta=1.0)),
    "vae-2d-beta10": Model(replace(_SHORT, beta=10.0)),
    **{
        f"vae-2d-seed{seed}": Model(replace(_SHORT, beta=1.0, seed=seed))
        for seed in range(5)
    },
}


def load(name: str, latent_dim: int | None = None) -> tuple[keras.Model, keras.Model]:
    """Return the encoder and the decoder of a stored model.

    Parameters
    ----------
    name
        One of `MODELS`.
    latent_dim
        If given, the count of numbers in the code that the caller relies on.

    Returns
    -------
    encoder, decoder : keras.Model
        As `aelib.models` builds them, with trained weights.

    Raises
    ------
    ValueError
        If there is no such model, or its codes have another count of numbers.
    RuntimeError
        If the weights are missing or are not those of the card.
    """
    model = _get_model(name)
    if latent_dim not in (None, model.latent_dim):
        raise ValueError(
            f"{name!r} writes codes of {model.latent_dim} numbers, not {latent_dim}; "
            f"models by size: { {key: m.latent_dim for key, m in MODELS.items()} }"
        )
    card = get_card(name)
    path = WEIGHTS / card["weights"]
    content = path.read_bytes() if path.is_file() else b""
    digest = hashlib.sha256(content).hexdigest()
    if digest != card["sha256"]:
        raise RuntimeError(
            f"{path} is {'not the file that' if content else 'missing, which'} the "
            f"card of {name!r} names (SHA-256 {card['sha256'][:12]}…); get the file "
            f"again, or train it: python -m aelib.zoo {name}"
        )
    plain = model.recipe.beta is None
    build = models.build_encoder if plain else models.build_variational_encoder
    encoder = build(model.latent_dim)
    decoder = models.build_decoder(model.latent_dim)
    _set_weights([encoder, decoder], load_tensors(content))
    return encoder, decoder


def get_card(name: str) -> dict:
    """Return a stored model's card: recipe, split, versions, metrics, SHA-256.

    Raises
    ------
    ValueError
        If there is no such model.
    RuntimeError
        If it was not trained yet.
    """
    _get_model(name)
    path = WEIGHTS / f"{name}.json"
    if not path.is_file():
        raise RuntimeError(
            f"{name!r} has no card; train it: python -m aelib.zoo {name}"
        )
    return json.loads(path.read_text("utf-8"))


def retrain(name: str, checkpoints: Path = CHECKPOINTS, verbose: int = 2) -> None:
    """Train a model as its recipe says, and store its weights and its card.

    Parameters
    ----------
    name
        One of `MODELS`.
    checkpoints
        Folder for the state after each epoch; a training that was cut off goes on.
    verbose
        As in `keras.Model.fit`.

    Raises
    ------
    ValueError
        If there is no such model.
    """
    model = _get_model(name)
    (images, labels), (validation_images, _), (test_images, test_labels) = (
        data.load_fashion_mnist()
    )
    autoencoder, history = training.fit(
        model.recipe, images, validation_images, model.latent_dim, checkpoints, verbose
    )
    parts = models.split_autoencoder(autoencoder)
    tensors = {
        key: keras.ops.convert_to_numpy(weight).astype("float16")
        for key, weight in _named_weights(parts).items()
    }
    _set_weights(parts, tensors)  # what is measured is what is stored
    content = save_tensors(dict(sorted(tensors.items())))
    digest = hashlib.sha256(content).hexdigest()
    card = {
        "name": name,
        "latent_dim": model.latent_dim,
        "recipe": asdict(model.recipe),
        "split": SPLIT,
        "versions": {key: metadata.version(key) for key in ("keras", "tensorflow")},
        "weights": f"{name}-{digest[:8]}.safetensors",
        "sha256": digest,
        "history": [
            {key: round(value, 5) for key, value in epoch.items()} for epoch in history
        ],
        "metrics": {
            "validation": measure(*parts, validation_images),
            "test": measure(*parts, test_images),
        },
    }
    codes, test_codes = (encode(parts[0], part) for part in (images, test_images))
    card["metrics"]["test"] |= {
        "accuracy_5nn": latent.neighbour_accuracy(
            codes, labels, test_codes, test_labels
        ),
        "trustworthiness": latent.trustworthiness(test_images, test_codes),
    }
    _store(card, content)


def measure(
    encoder: keras.Model, decoder: keras.Model, images: np.ndarray
) -> dict[str, float]:
    """Return the errors of an autoencoder's reconstructions, as on a card.

    Parameters
    ----------
    encoder, decoder
        Two halves of one autoencoder.
    images
        float32 (n, 32, 32, 1) in [0, 1].
    """
    reconstructions = decoder.predict(
        encode(encoder, images), batch_size=500, verbose=0
    )
    return metrics.reconstruction_errors(images, reconstructions)


def encode(encoder: keras.Model, images: np.ndarray) -> np.ndarray:
    """Return the codes of many images, float32 (n, latent_dim).

    A variational encoder's are the means of its distributions.
    """
    codes = encoder.predict(images, batch_size=500, verbose=0)
    return codes[0] if isinstance(codes, list) else codes


def _get_model(name: str) -> Model:
    if name not in MODELS:
        raise ValueError(f"no model is called {name!r}; there are: {', '.join(MODELS)}")
    return MODELS[name]


def _named_weights(parts: Iterable[keras.Model]) -> dict[str, keras.Variable]:
    return {
        f"{layer.name}/{weight.name}": weight
        for part in parts
        for layer in part.layers
        for weight in layer.weights
    }


def _set_weights(parts: Iterable[keras.Model], tensors: dict[str, np.ndarray]) -> None:
    for key, weight in _named_weights(parts).items():
        weight.assign(tensors[key].astype("float32"))


def _store(card: dict, content: bytes) -> None:
    """Write weights under a name of their own, then the card, then drop old weights."""
    WEIGHTS.mkdir(exist_ok=True)
    for path, new in (
        (WEIGHTS / card["weights"], content),
        (
            WEIGHTS / f"{card['name']}.json",
            (json.dumps(card, indent=1) + "\n").encode(),
        ),
    ):
        temporary = path.with_name(path.name + ".tmp")
        temporary.write_bytes(new)
        temporary.replace(path)
    for path in WEIGHTS.glob(f"{card['name']}-????????.safetensors*"):
        if path.name != card["weights"]:
            path.unlink()


if __name__ == "__main__":
    for chosen in sys.argv[1:] or [
        key for key in MODELS if not (WEIGHTS / f"{key}.json").is_file()
    ]:
        print(f"training {chosen}", flush=True)
        retrain(chosen)
