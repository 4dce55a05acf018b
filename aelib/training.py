"""How the course's networks are trained: recipes by name, and one `fit`.

Chapter 5 explains the recipes "plain" and "fast" and measures them beside each other;
`aelib.pretrained` trains its models with the longer ones.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
import hashlib
import json
import math
from pathlib import Path
from types import CodeType
from typing import Literal

from aelib import models
from aelib.datasets import add_noise
from aelib.validation import check_images
import keras
import numpy as np
import tensorflow as tf

__all__ = ["RECIPES", "Recipe", "compile_autoencoder", "fit", "get_recipe"]


@dataclass(frozen=True)
class Recipe:
    """All that decides how a network is trained, beside its layers and its images.

    Attributes
    ----------
    loss
        A loss of Keras by name, or a function of images and reconstructions.
    epochs
        Passes over the training images; a fraction stops in the middle of a pass.
    batch_size
        Images at a time.
    learning_rate
        The highest one.
    schedule
        "constant", or "cosine": a rise from 0 over the first twentieth of all steps,
        then a fall to 0 along half a cosine (Loshchilov and Hutter, 2017).
    beta_2
        How slowly Adam forgets the sizes of gradients, 0 to 1.
    noise
        If above 0, the network learns to take noise away: to each image it reads,
        normal noise is added of a standard deviation drawn between 0 and this, and the
        clean image is its target (`aelib.datasets.add_noise`; chapter 8).
    beta
        If given, a variational autoencoder is trained, see `aelib.models.SampleCode`
        (chapter 9).
    weight_decay
        The share of each weight that a step takes away is this times the learning rate
        (Loshchilov and Hutter, 2019).
    jit_compile
        As in `keras.Model.compile`; "auto" uses XLA where there is a graphics card.
    steps_per_execution
        As in `keras.Model.compile`: how many steps TensorFlow takes between two visits
        of Python. The result is the same.
    seed
        Fixes the first weights and, with the epoch's number, its order of images.
    """

    loss: str | Callable = "binary_crossentropy"
    epochs: float = 3
    batch_size: int = 100
    learning_rate: float = 1e-3
    schedule: Literal["constant", "cosine"] = "constant"
    beta_2: float = 0.999
    weight_decay: float = 0.0
    noise: float = 0.0
    beta: float | None = None
    jit_compile: bool | Literal["auto"] = "auto"
    steps_per_execution: int = 1
    seed: int = 0

    def count_steps(self, images: int) -> int:
        """Return how many steps the recipe takes on so many training images.

        It sees `epochs` times as many, rounded up to whole batches; the last epoch
        ends with the last step.
        """
        return math.ceil(self.epochs * images / self.batch_size)


_FAST = Recipe(
    epochs=0.45,
    batch_size=24,
    learning_rate=5e-3,
    schedule="cosine",
    beta_2=0.99,
    jit_compile=False,
    steps_per_execution=25,
)
_FULL = replace(_FAST, epochs=60, batch_size=64, learning_rate=5e-3, weight_decay=0.01)
RECIPES: dict[str, Recipe] = {
    "plain": Recipe(),
    "fast": _FAST,
    "short": replace(_FAST, epochs=3, batch_size=64, learning_rate=4e-3),
    "medium": replace(_FULL, epochs=12),
    "full": _FULL,
}


def get_recipe(name: str) -> Recipe:
    """Return a recipe by its name.

    Raises
    ------
    ValueError
        If there is none of that name; the message lists those there are.
    """
    if name not in RECIPES:
        raise ValueError(
            f"no recipe is called {name!r}; there are: {', '.join(RECIPES)}"
        )
    return RECIPES[name]


def compile_autoencoder(autoencoder: keras.Model, recipe: Recipe, images: int) -> None:
    """Give an autoencoder the loss, the optimizer and the schedule of a recipe.

    Parameters
    ----------
    autoencoder
        Built, not yet trained.
    recipe
        Which loss, optimizer and schedule.
    images
        How many training images there are; the schedule ends with the last step.
    """
    rate = recipe.learning_rate
    if recipe.schedule == "cosine":
        steps = recipe.count_steps(images)
        warmup = max(steps // 20, 1)
        rate = keras.optimizers.schedules.CosineDecay(
            0.0, max(steps - warmup, 1), warmup_target=rate, warmup_steps=warmup
        )
    autoencoder.compile(
        optimizer=keras.optimizers.Adam(
            rate, beta_2=recipe.beta_2, weight_decay=recipe.weight_decay or None
        ),
        loss=recipe.loss,
        jit_compile=recipe.jit_compile,
        steps_per_execution=recipe.steps_per_execution,
    )


def fit(
    recipe: Recipe,
    images: np.ndarray,
    validation_images: np.ndarray | None = None,
    latent_dim: int = 2,
    checkpoints: Path | None = None,
    verbose: int = 0,
) -> tuple[keras.Model, list[dict[str, float]]]:
    """Build and train an autoencoder.

    Parameters
    ----------
    recipe
        How.
    images, validation_images
        float32 (n, 32, 32, 1) in [0, 1]; None for no validation.
    latent_dim
        Latent dimension.
    checkpoints
        A folder in which the state is saved after every epoch. If it holds the state
        of the same training, cut off, it goes on from there to the same result.
    verbose
        As in `keras.Model.fit`.

    Returns
    -------
    autoencoder : keras.Model
        Trained; `aelib.models.split_autoencoder` takes it apart.
    history : list of dict
        For each epoch "loss" and, with validation images, "val_loss".

    Raises
    ------
    TypeError, ValueError
        If images are not preprocessed (`aelib.validation.check_images`).
    FloatingPointError
        If the loss becomes NaN or infinite.
    """
    check_images(images, "images")
    validation = None
    if validation_images is not None:
        check_images(validation_images, "validation_images")
        rng = np.random.default_rng(recipe.seed)
        noisy = _add_noise(validation_images, recipe.noise, rng)
        validation = _batches(noisy, validation_images, 500)
    stem = _stem(checkpoints, recipe, latent_dim, images) if checkpoints else None
    autoencoder, history = _begin(recipe, len(images), latent_dim, stem)
    steps = recipe.count_steps(len(images))
    steps_per_epoch = math.ceil(len(images) / recipe.batch_size)

    def check_loss(batch: int, logs: dict[str, float]) -> None:
        if not math.isfinite(logs["loss"]):
            raise FloatingPointError(
                f"in epoch {epoch + 1} the loss became NaN or infinite: the steps are "
                f"too large for these images. Try a learning rate far below "
                f"{recipe.learning_rate:g}; Adam's default is 0.001"
            )

    for epoch in range(len(history), math.ceil(steps / steps_per_epoch)):
        rng = np.random.default_rng((recipe.seed, epoch))
        order = rng.permutation(len(images))
        if recipe.beta is not None:  # Keras does not save the state of this chance
            sampler = autoencoder.get_layer("sample_code").seed_generator
            sampler.state.assign(rng.integers(2**32, size=2, dtype="uint32"))
        left = steps - epoch * steps_per_epoch
        seen = images[order[: left * recipe.batch_size]]
        result = autoencoder.fit(
            _batches(_add_noise(seen, recipe.noise, rng), seen, recipe.batch_size),
            shuffle=False,
            initial_epoch=epoch,
            epochs=epoch + 1,
            validation_data=validation,
            callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=check_loss)],
            verbose=verbose,
        )
        history.append({name: values[0] for name, values in result.history.items()})
        if stem:
            _save(autoencoder, history, stem)
    return autoencoder, history


def _add_noise(images: np.ndarray, most: float, rng: np.random.Generator) -> np.ndarray:
    if not most:
        return images
    return add_noise(images, rng.uniform(0, most, len(images)), rng)


def _batches(
    inputs: np.ndarray, targets: np.ndarray, batch_size: int
) -> tf.data.Dataset:
    """Pair inputs and targets in batches, in the order given.

    Keras would do the same with arrays, but leaves the autotuner of tf.data on, whose
    thread often holds up the end of an epoch until its next turn: up to 14 seconds
    were measured.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    if inputs is targets:  # one copy is enough
        batches = tf.data.Dataset.from_tensor_slices(inputs).batch(batch_size)
        batches = batches.map(lambda batch: (batch, batch))
    else:
        batches = tf.data.Dataset.from_tensor_slices((inputs, targets))
        batches = batches.batch(batch_size)
    return batches.prefetch(2).with_options(options)


def _begin(
    recipe: Recipe, images: int, latent_dim: int, stem: Path | None
) -> tuple[keras.Model, list[dict[str, float]]]:
    """Load the state of a training that was cut off, or build a new model."""
    if stem:
        model, log = stem.with_suffix(".keras"), stem.with_suffix(".json")
        if model.exists() and log.exists():
            own = {} if isinstance(recipe.loss, str) else _name(recipe.loss)
            autoencoder = keras.models.load_model(model, custom_objects=own)
            history = json.loads(log.read_text("utf-8"))
            steps_per_epoch = math.ceil(images / recipe.batch_size)
            done = math.ceil(int(autoencoder.optimizer.iterations) / steps_per_epoch)
            # The log is written first: it may be one epoch ahead.
            return autoencoder, history[:done]
    keras.utils.set_random_seed(recipe.seed)
    # The encoder comes first: the seed's first weights depend on the order.
    if recipe.beta is None:
        encoder = models.build_encoder(latent_dim)
        decoder = models.build_decoder(latent_dim)
        autoencoder = models.build_autoencoder(encoder, decoder)
    else:
        encoder = models.build_variational_encoder(latent_dim)
        decoder = models.build_decoder(latent_dim)
        autoencoder = models.build_variational_autoencoder(
            encoder, decoder, recipe.beta
        )
    compile_autoencoder(autoencoder, recipe, images)
    return autoencoder, []


def _stem(folder: Path, recipe: Recipe, latent_dim: int, images: np.ndarray) -> Path:
    """Name the state by all that decides the result."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = asdict(recipe)
    settings["loss"] = _identify(recipe.loss)
    digest = hashlib.sha256(json.dumps([settings, latent_dim]).encode())
    digest.update(np.ascontiguousarray(images).tobytes())
    return folder / digest.hexdigest()[:16]


def _name(loss: Callable) -> dict[str, Callable]:
    """Return the loss under the name by which a saved model asks for it."""
    if isinstance(loss, keras.losses.Loss):
        return {type(loss).__name__: type(loss)}
    return {loss.__name__: loss}


def _identify(loss: str | Callable) -> str:
    """Tell a loss by its code, not by its name: a redefined one is another loss."""
    if isinstance(loss, str):
        return loss
    if isinstance(loss, keras.losses.Loss):
        return f"{_describe(type(loss).call)} {loss.get_config()}"
    return _describe(loss)


def _describe(function: Callable) -> str:
    code = getattr(function, "__code__", None)
    if code is None:
        raise TypeError(
            f"the loss is of type {type(function).__name__}; with checkpoints give a "
            "name, a function, or a keras.losses.Loss, so that it can be recognised"
        )
    cells = getattr(function, "__closure__", None) or ()
    values = [getattr(function, "__defaults__", None)]
    values += [cell.cell_contents for cell in cells]
    return f"{_describe_code(code)} {values}"


def _describe_code(code: CodeType) -> str:
    constants = [
        _describe_code(value) if isinstance(value, CodeType) else repr(value)
        for value in code.co_consts
    ]
    return f"{code.co_code.hex()} {code.co_names} {constants}"


def _save(autoencoder: keras.Model, history: list, stem: Path) -> None:
    """Write the state under other names and rename it: it is whole or not there."""
    log = stem.with_suffix(".tmp.json")
    log.write_text(json.dumps(history), "utf-8")
    log.replace(stem.with_suffix(".json"))
    model = stem.with_suffix(".tmp.keras")
    autoencoder.save(model)
    model.replace(stem.with_suffix(".keras"))
