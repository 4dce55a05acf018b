"""Pretrained models by name, each with a card that says what it is and how good.

    python -m aelib.pretrained             trains again what is missing
    python -m aelib.pretrained bce-2d      trains one again
    python -m aelib.pretrained --jobs 2    two at a time

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
from typing import Any

from aelib import datasets, metrics, models, training
import joblib
import keras
import numpy as np
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

__all__ = [
    "MODELS",
    "Spec",
    "card",
    "evaluate",
    "load",
    "load_classifier",
    "retrain",
]

WEIGHTS = Path(str(files("aelib.pretrained") / "weights"))
CHECKPOINTS = Path("_build", "checkpoints")  # where the book's own products go
SPLIT = "images 0 to 49,999 train, 50,000 to 59,999 validate, the test part reports"


@dataclass(frozen=True)
class Spec:
    """A pretrained model's recipe and latent dimension."""

    recipe: training.Recipe
    latent_dim: int = 2


_SHORT, _MEDIUM, _FULL = map(training.get_recipe, ("short", "medium", "full"))
MODELS: dict[str, Spec] = {
    "bce-2d": Spec(_FULL),
    "mse-2d": Spec(replace(_FULL, loss="mse")),
    **{f"bce-2d-seed{seed}": Spec(replace(_SHORT, seed=seed)) for seed in range(5)},
    "bce-2d-medium": Spec(_MEDIUM),
    "bce-64d": Spec(_MEDIUM, 64),
    "denoise-2d": Spec(replace(_MEDIUM, noise=0.5)),
    "denoise-64d": Spec(replace(_MEDIUM, noise=0.5), 64),
    "vae-2d": Spec(replace(_MEDIUM, beta=1.0)),
    "vae-2d-beta1": Spec(replace(_SHORT, beta=1.0)),
    "vae-2d-beta10": Spec(replace(_SHORT, beta=10.0)),
}
CLASSIFIER = "classifier"  # the one model that is no autoencoder


def load(name: str, latent_dim: int | None = None) -> tuple[keras.Model, keras.Model]:
    """Return the encoder and the decoder of a pretrained model.

    Parameters
    ----------
    name
        One of `MODELS`.
    latent_dim
        If given, the latent dimension that the caller relies on.

    Returns
    -------
    encoder, decoder : keras.Model
        As `aelib.models` builds them, with trained weights.

    Raises
    ------
    ValueError
        If there is no such model, or its latent dimension is another.
    RuntimeError
        If the weights are missing or are not those of the card.
    """
    spec = _get_spec(name)
    if latent_dim not in (None, spec.latent_dim):
        raise ValueError(
            f"{name!r} has latent dimension {spec.latent_dim}, not {latent_dim}; "
            f"all models: { {key: each.latent_dim for key, each in MODELS.items()} }"
        )
    content = _read_weights(name)
    plain = spec.recipe.beta is None
    build = models.build_encoder if plain else models.build_variational_encoder
    encoder = build(spec.latent_dim)
    decoder = models.build_decoder(spec.latent_dim)
    _set_weights([encoder, decoder], load_tensors(content))
    return encoder, decoder


def load_classifier() -> keras.Model:
    """Return the classifier in whose features generated images are judged.

    Returns
    -------
    keras.Model
        As `aelib.models.build_classifier`, with trained weights.

    Raises
    ------
    RuntimeError
        As `load`.
    """
    classifier = models.build_classifier()
    _set_weights([classifier], load_tensors(_read_weights(CLASSIFIER)))
    return classifier


def card(name: str) -> dict[str, Any]:
    """Return a pretrained model's card: recipe, split, versions, metrics, SHA-256.

    Raises
    ------
    ValueError
        If there is no such model.
    RuntimeError
        If it was not trained yet.
    """
    if name != CLASSIFIER:
        _get_spec(name)
    path = WEIGHTS / f"{name}.json"
    if not path.is_file():
        raise RuntimeError(
            f"{name!r} has no card; train it: python -m aelib.pretrained {name}"
        )
    return json.loads(path.read_text("utf-8"))


def retrain(*names: str, checkpoints: Path = CHECKPOINTS, verbose: int = 2) -> None:
    """Train models as their recipes say, and store their weights and their cards.

    joblib runs the trainings, one after the other by default, or as
    `joblib.parallel_config` says: several at a time, or on a cluster of Dask or Ray.
    Each model is stored, by this process, as soon as it is trained.

    Parameters
    ----------
    names
        Of `MODELS`, or "classifier".
    checkpoints
        Folder for the state after each epoch, where the training runs; one that was
        cut off goes on. (The classifier's begins anew; it takes two minutes.)
    verbose
        As in `keras.Model.fit`.

    Raises
    ------
    ValueError
        If there is no such model; none is trained then.
    """
    work = [
        joblib.delayed(_train_classifier)(verbose)
        if name == CLASSIFIER
        else joblib.delayed(_train)(name, _get_spec(name), checkpoints, verbose)
        for name in names
    ]
    done = joblib.Parallel(return_as="generator_unordered")(work)
    for told, content in done:
        _store(told, content)
        print(f"stored {told['name']}", flush=True)


def _train(
    name: str, spec: Spec, checkpoints: Path, verbose: int
) -> tuple[dict[str, Any], bytes]:
    """Train one model; return its card, and its weights as a safetensors file."""
    (images, labels), (validation_images, _), (test_images, test_labels) = (
        datasets.load_fashion_mnist()
    )
    autoencoder, history = training.fit(
        spec.recipe, images, validation_images, spec.latent_dim, checkpoints, verbose
    )
    parts = models.split_autoencoder(autoencoder)
    content = _round_weights(parts)
    codes, test_codes = (models.encode(parts[0], x) for x in (images, test_images))
    test = evaluate(*parts, test_images) | {
        "accuracy_5nn": metrics.knn_accuracy(codes, labels, test_codes, test_labels),
        "trustworthiness": metrics.trustworthiness(test_images, test_codes),
    }
    told = {
        "latent_dim": spec.latent_dim,
        "recipe": asdict(spec.recipe),
        "history": [
            {key: round(value, 5) for key, value in epoch.items()} for epoch in history
        ],
        "metrics": {
            "validation": evaluate(*parts, validation_images),
            "test": test,
        },
    }
    return _describe(name, content) | told, content


def _train_classifier(verbose: int) -> tuple[dict[str, Any], bytes]:
    """Train the classifier; return as `_train`."""
    train_part, *others = datasets.load_fashion_mnist()
    keras.utils.set_random_seed(0)
    classifier = models.build_classifier()
    logits = keras.Model(classifier.input, classifier.outputs[1])
    epochs, batch_size = 10, 64
    steps = epochs * -(-len(train_part[0]) // batch_size)
    logits.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(4e-3, steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    logits.fit(*train_part, batch_size=batch_size, epochs=epochs, verbose=verbose)
    content = _round_weights([classifier])
    accuracies = {}
    for part, (images, labels) in zip(("validation", "test"), others, strict=True):
        predicted = logits.predict(images, batch_size=500, verbose=0).argmax(axis=1)
        accuracies[part] = {"accuracy": float(np.mean(predicted == labels))}
    told = {"epochs": epochs, "batch_size": batch_size, "metrics": accuracies}
    return _describe(CLASSIFIER, content) | told, content


def _describe(name: str, content: bytes) -> dict[str, Any]:
    """Return the part of a card that every model has."""
    digest = hashlib.sha256(content).hexdigest()
    return {
        "name": name,
        "split": SPLIT,
        "versions": {key: metadata.version(key) for key in ("keras", "tensorflow")},
        "weights": f"{name}-{digest[:8]}.safetensors",
        "sha256": digest,
    }


def _round_weights(parts: Iterable[keras.Model]) -> bytes:
    """Round weights to float16, so that what is measured is stored; return the file."""
    tensors = {
        key: keras.ops.convert_to_numpy(weight).astype("float16")
        for key, weight in _named_weights(parts).items()
    }
    _set_weights(parts, tensors)
    return save_tensors(dict(sorted(tensors.items())))


def _read_weights(name: str) -> bytes:
    """Return the weights file that a card names, if it is there and right."""
    told = card(name)
    path = WEIGHTS / told["weights"]
    content = path.read_bytes() if path.is_file() else b""
    digest = hashlib.sha256(content).hexdigest()
    if digest != told["sha256"]:
        raise RuntimeError(
            f"{path} is {'not the file that' if content else 'missing, which'} the "
            f"card of {name!r} names (SHA-256 {told['sha256'][:12]}…); get the file "
            f"again, or train it: python -m aelib.pretrained {name}"
        )
    return content


def evaluate(
    encoder: keras.Model, decoder: keras.Model, images: np.ndarray
) -> dict[str, float]:
    """Return the reconstruction errors of an autoencoder, as on a card.

    Parameters
    ----------
    encoder, decoder
        Two halves of one autoencoder.
    images
        float32 (n, 32, 32, 1) in [0, 1].

    Returns
    -------
    dict
        As `aelib.metrics.reconstruction_errors`.
    """
    reconstructions = decoder.predict(
        models.encode(encoder, images), batch_size=500, verbose=0
    )
    return metrics.reconstruction_errors(images, reconstructions)


def _get_spec(name: str) -> Spec:
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


def _store(told: dict[str, Any], content: bytes) -> None:
    """Write weights under a name of their own, then the card, then drop old weights."""
    WEIGHTS.mkdir(exist_ok=True)
    for path, new in (
        (WEIGHTS / told["weights"], content),
        (
            WEIGHTS / f"{told['name']}.json",
            (json.dumps(told, indent=1) + "\n").encode(),
        ),
    ):
        temporary = path.with_name(path.name + ".tmp")
        temporary.write_bytes(new)
        temporary.replace(path)
    for path in WEIGHTS.glob(f"{told['name']}-????????.safetensors*"):
        if path.name != told["weights"]:
            path.unlink()
