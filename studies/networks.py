"""Train the networks that the studies measure: each once, and no more.

joblib hands the independent trainings to as many processes as it is told, or to a
cluster (CONTRIBUTING.md). The weights are kept in `_build/studies`, in float16 as those
of the pretrained models: a study that was interrupted goes on where it stopped, another
study finds the same networks, and the folder may come from another machine. A network
that is one of the pretrained models is not trained again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
import hashlib
import json
from pathlib import Path

from aelib import datasets, models, pretrained, training
from aelib.pretrained import Spec
import joblib
import keras
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

KEPT = Path(__file__).resolve().parent.parent / "_build" / "studies"


def train(specs: Sequence[Spec]) -> Iterator[tuple[Spec, keras.Model, keras.Model]]:
    """Train the networks that are not in `_build/studies`; return all.

    Parameters
    ----------
    specs
        Recipes and latent dimensions.

    Yields
    ------
    spec, encoder, decoder
        In the order of `specs`, when all are trained.
    """
    KEPT.mkdir(parents=True, exist_ok=True)
    names = {spec: name for name, spec in pretrained.MODELS.items()}
    missing = [spec for spec in specs if spec not in names and _find(spec) is None]
    done = joblib.Parallel(return_as="generator_unordered")(
        joblib.delayed(_train)(spec) for spec in missing
    )
    for number, (spec, content) in enumerate(done, start=1):
        temporary = _path(spec).with_suffix(".tmp")
        temporary.write_bytes(content)
        temporary.replace(_path(spec))
        print(f"trained {number} of {len(missing)}", flush=True)
    for spec in specs:
        if spec in names:
            yield spec, *pretrained.load(names[spec])
            continue
        autoencoder = training.build(spec.recipe, spec.latent_dim)
        weights = _find(spec) or {}
        autoencoder.set_weights([weights[f"{n:03d}"] for n in range(len(weights))])
        yield spec, *models.split_autoencoder(autoencoder)


def _train(spec: Spec) -> tuple[Spec, bytes]:
    """Train one network on the 50,000 training images; return its weights."""
    (images, _), _, _ = datasets.load_fashion_mnist()
    autoencoder, _ = training.fit(spec.recipe, images, latent_dim=spec.latent_dim)
    weights = autoencoder.get_weights()
    return spec, save({f"{n:03d}": _halve(array) for n, array in enumerate(weights)})


def _halve(array: np.ndarray) -> np.ndarray:
    """Return weights in float16; the state of a random generator stays as it is."""
    return array.astype("float16") if array.dtype == np.float32 else array


def _find(spec: Spec) -> dict[str, np.ndarray] | None:
    """Return the kept weights; None if there are none that can be read."""
    path = _path(spec)
    try:
        return load(path.read_bytes())
    except FileNotFoundError:
        return None
    except SafetensorError as error:
        print(f"{path} is damaged ({error}); training its network again")
        return None


def _path(spec: Spec) -> Path:
    """Name the file by all that the weights depend on."""
    recipe = asdict(spec.recipe)
    if not isinstance(spec.recipe.loss, str):
        recipe["loss"] = spec.recipe.loss.__name__
    text = json.dumps([recipe, spec.latent_dim])
    return KEPT / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.safetensors"
