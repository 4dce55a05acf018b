"""How the course's networks are trained: recipes by name, and one `fit`.

Appendix B of the course compares the recipes, "plain" and "fast" in a race;
`aelib.pretrained` trains its models with the longer ones.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
import dis
import functools
import hashlib
import json
import math
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any, Literal

from aelib import models
from aelib.datasets import add_noise
from aelib.folders import StoredImages
from aelib.validation import check_images
import keras
import numpy as np
import tensorflow as tf

__all__ = ["Recipe", "build", "compile_autoencoder", "fit", "get_recipe"]

Images = np.ndarray | StoredImages
GLOBAL_READS = ("LOAD_GLOBAL", "LOAD_NAME")


@dataclass(frozen=True)
class Recipe:
    """Hyperparameters of a training: loss, optimizer, schedule, batches and seed.

    Attributes
    ----------
    loss
        The reconstruction loss: one of `aelib.models.LIKELIHOODS` or a loss of Keras,
        by name, or a function of images and reconstructions.
    epochs
        Passes over the training images; a fraction stops in the middle of a pass.
    batch_size
        Images in a mini-batch.
    learning_rate
        Adam's learning rate; with a schedule its peak.
    schedule
        "constant", or "cosine": linear warm-up from 0 over the first twentieth of all
        steps, then decay to 0 along half a cosine (Loshchilov and Hutter, 2017).
    beta_1, beta_2
        Decay rates of Adam's moment estimates, 0 to 1 (Kingma and Ba, 2015).
    output_bias
        Initial bias of the decoder's last layer. Before the sigmoid, the logit of the
        mean pixel, about -1, lets the training begin at the mean grey.
    weight_decay
        Decoupled weight decay: each step multiplies the weights by one minus this times
        the learning rate (Loshchilov and Hutter, 2019).
    noise
        If above 0, a denoising autoencoder is trained: to each input image normal noise
        is added (`aelib.datasets.add_noise`), of a standard deviation drawn uniformly
        between 0 and this; the target is the clean image (chapter 9).
    beta
        If given, a variational autoencoder is trained, with this weight of the KL term
        (`aelib.models.SampleCode`; chapter 8).
    jit_compile
        As in `keras.Model.compile`; "auto" uses XLA where there is a graphics card.
    steps_per_execution
        As in `keras.Model.compile`: how many steps TensorFlow takes between two visits
        of Python. The result is the same.
    seed
        Random seed: of the initial weights and, with the epoch's number, of the order
        of images, the noise and the sampled codes.
    """

    loss: str | Callable = "binary_crossentropy"
    epochs: float = 3
    batch_size: int = 100
    learning_rate: float = 1e-3
    schedule: Literal["constant", "cosine"] = "constant"
    beta_1: float = 0.9
    beta_2: float = 0.999
    output_bias: float = 0.0
    weight_decay: float = 0.0
    noise: float = 0.0
    beta: float | None = None
    jit_compile: bool | Literal["auto"] = "auto"
    steps_per_execution: int = 1
    seed: int = 0

    def count_steps(self, images: int) -> int:
        """Return the number of optimizer steps for a number of training images.

        `epochs` times the images, rounded up to whole batches; the last epoch ends with
        the last step.
        """
        return math.ceil(round(self.epochs * images / self.batch_size, 6))


_FAST = Recipe(
    epochs=0.33,
    batch_size=24,
    learning_rate=8e-3,
    schedule="cosine",
    beta_1=0.8,
    beta_2=0.95,
    output_bias=-1.0,
    jit_compile=False,
    steps_per_execution=25,
)
_SHORT = replace(
    _FAST,
    epochs=3,
    batch_size=64,
    learning_rate=4e-3,
    beta_1=0.9,
    beta_2=0.99,
    output_bias=0.0,
)
_FULL = replace(_SHORT, epochs=60, learning_rate=5e-3, weight_decay=0.01)
RECIPES: dict[str, Recipe] = {
    "plain": Recipe(),
    "fast": _FAST,
    "short": _SHORT,
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
    """Compile an autoencoder with the loss, the optimizer and the schedule of a recipe.

    Parameters
    ----------
    autoencoder
        Built, not yet trained.
    recipe
        The hyperparameters.
    images
        Number of training images; the schedule ends with the last step.

    Raises
    ------
    ValueError
        If no likelihood and no loss of Keras has the name.
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
            rate,
            beta_1=recipe.beta_1,
            beta_2=recipe.beta_2,
            weight_decay=recipe.weight_decay or None,
        ),
        loss=_find_loss(recipe.loss),
        jit_compile=recipe.jit_compile,
        steps_per_execution=recipe.steps_per_execution,
    )


def build(
    recipe: Recipe,
    latent_dim: int = 2,
    filters: Sequence[int] = models.FILTERS,
    image_shape: Sequence[int] = models.IMAGE_SHAPE,
) -> keras.Model:
    """Build the autoencoder that a recipe trains, with its seed's initial weights.

    Parameters
    ----------
    recipe
        The hyperparameters; of a variational autoencoder if it has `beta`.
    latent_dim, filters, image_shape
        As in `aelib.models.build_encoder`.

    Returns
    -------
    keras.Model
        Not yet compiled; `aelib.models.split_autoencoder` takes it apart.

    Raises
    ------
    TypeError, ValueError
        If `beta` is negative or NaN; as `aelib.models.build_encoder`.
    """
    keras.utils.set_random_seed(recipe.seed)
    likelihood = None
    if isinstance(recipe.loss, str):
        likelihood = models.LIKELIHOODS.get(recipe.loss)
    activation = likelihood.activation if likelihood else "sigmoid"
    # The encoder comes first: the seed's initial weights depend on the order.
    if recipe.beta is None:
        encoder = models.build_encoder(latent_dim, filters, image_shape)
        decoder = models.build_decoder(latent_dim, activation, filters, image_shape)
        autoencoder = models.build_autoencoder(encoder, decoder)
    else:
        encoder = models.build_variational_encoder(latent_dim, filters, image_shape)
        decoder = models.build_decoder(latent_dim, activation, filters, image_shape)
        autoencoder = models.build_variational_autoencoder(
            encoder, decoder, recipe.beta
        )
    bias = decoder.get_layer("decoder_output").bias
    bias.assign(np.full(bias.shape, recipe.output_bias))
    return autoencoder


def fit(
    recipe: Recipe,
    images: Images,
    validation_images: Images | None = None,
    latent_dim: int = 2,
    checkpoints: Path | None = None,
    verbose: int = 0,
    filters: Sequence[int] = models.FILTERS,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> tuple[keras.Model, list[dict[str, float]]]:
    """Build and train an autoencoder.

    Parameters
    ----------
    recipe
        The hyperparameters.
    images, validation_images
        float32 (n, height, width, channels) in [0, 1], or images of a folder, which are
        read batch by batch; None for no validation.
    latent_dim
        Latent dimension.
    checkpoints
        A folder in which the state is saved after every epoch. If it holds the state
        of the same training, cut off, it goes on from there to the same result. The
        same is one with equal hyperparameters, latent dimension, filters, images and
        code of the loss.
    verbose
        As in `keras.Model.fit`.
    filters
        As in `aelib.models.build_encoder`.
    callbacks
        As in `keras.Model.fit`, which is called once for each epoch.

    Returns
    -------
    autoencoder : keras.Model
        Trained; `aelib.models.split_autoencoder` takes it apart.
    history : list of dict
        For each epoch "loss" and, with validation images, "val_loss".

    Raises
    ------
    TypeError, ValueError
        If images are not scaled (`aelib.validation.check_images`), or, with
        `checkpoints`, the loss uses objects that can't be compared; as `build` and
        `compile_autoencoder`.
    FloatingPointError
        If the loss becomes NaN or infinite.
    """
    _check(images, "images")
    size = models.inference_batch_size(images.shape[1:])
    validation = None
    if validation_images is not None:
        _check(validation_images, "validation_images")
        everything = np.arange(len(validation_images))
        rng = np.random.default_rng(recipe.seed)
        validation = _batches(validation_images, everything, recipe.noise, rng, size)
    network = {"latent_dim": latent_dim, "filters": tuple(filters)}
    stem = _stem(checkpoints, recipe, network, images) if checkpoints else None
    autoencoder, history = _begin(recipe, images, network, stem)
    steps = recipe.count_steps(len(images))
    steps_per_epoch = math.ceil(len(images) / recipe.batch_size)

    def check_loss(batch: int, logs: dict[str, float]) -> None:
        if not math.isfinite(logs["loss"]):
            raise FloatingPointError(
                f"in epoch {epoch + 1} the loss became NaN or infinite: the steps are "
                f"too large for these images. Try a learning rate far below "
                f"{recipe.learning_rate:g}; Adam's default is 0.001"
            )

    check = keras.callbacks.LambdaCallback(on_train_batch_end=check_loss)
    for epoch in range(len(history), math.ceil(steps / steps_per_epoch)):
        rng = np.random.default_rng((recipe.seed, epoch))
        order = rng.permutation(len(images))
        if recipe.beta is not None:  # Keras does not save this random generator's state
            sampler = autoencoder.get_layer("sample_code").seed_generator
            sampler.state.assign(rng.integers(2**32, size=2, dtype="uint32"))
        left = steps - epoch * steps_per_epoch
        seen = order[: left * recipe.batch_size]
        result = autoencoder.fit(
            _batches(images, seen, recipe.noise, rng, recipe.batch_size),
            shuffle=False,
            initial_epoch=epoch,
            epochs=epoch + 1,
            validation_data=validation,
            callbacks=[check, *callbacks],
            verbose=verbose,
        )
        history.append({name: values[0] for name, values in result.history.items()})
        if stem:
            _save(autoencoder, history, stem)
    return autoencoder, history


def _check(images: Images, name: str) -> None:
    if not isinstance(images, StoredImages):  # which are bytes, scaled when read
        check_images(images, name)


def _add_noise(images: np.ndarray, most: float, rng: np.random.Generator) -> np.ndarray:
    if not most:
        return images
    return add_noise(images, rng.uniform(0, most, len(images)), rng)


def _batches(
    images: Images,
    order: np.ndarray,
    noise: float,
    rng: np.random.Generator,
    batch_size: int,
) -> tf.data.Dataset:
    """Pair inputs and targets in batches, in the order given.

    Keras would do the same with arrays, but leaves the autotuner of tf.data on, whose
    thread often holds up the end of an epoch until its next turn: up to 14 seconds
    were measured.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    if isinstance(images, StoredImages):
        batches = _stored_batches(images, order, noise, rng, batch_size)
    else:
        targets = images[order]
        inputs = _add_noise(targets, noise, rng)
        if inputs is targets:  # one copy is enough
            batches = tf.data.Dataset.from_tensor_slices(inputs).batch(batch_size)
            batches = batches.map(lambda batch: (batch, batch))
        else:
            batches = tf.data.Dataset.from_tensor_slices((inputs, targets))
            batches = batches.batch(batch_size)
    return batches.prefetch(2).with_options(options)


def _stored_batches(
    images: StoredImages,
    order: np.ndarray,
    noise: float,
    rng: np.random.Generator,
    batch_size: int,
) -> tf.data.Dataset:
    """Read each batch when it is wanted; its noise depends on its first image."""
    (seed,) = rng.integers(2**32, size=1)

    def read(indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        targets = images[indices]
        own = np.random.default_rng((seed, indices[0]))
        return _add_noise(targets, noise, own), targets

    def pair(indices: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        batch = tf.numpy_function(read, [indices], (tf.float32, tf.float32))
        for part in batch:
            part.set_shape((None, *images.shape[1:]))
        return tuple(batch)

    return tf.data.Dataset.from_tensor_slices(order).batch(batch_size).map(pair)


def _begin(
    recipe: Recipe, images: Images, network: dict[str, Any], stem: Path | None
) -> tuple[keras.Model, list[dict[str, float]]]:
    """Build a new model, with the state of a training that was cut off if it is there.

    The state holds weights and the optimizer's variables, but no loss: that is the
    recipe's, and Keras need not find it again.
    """
    autoencoder = build(recipe, **network, image_shape=images.shape[1:])
    compile_autoencoder(autoencoder, recipe, len(images))
    if stem:
        state, log = stem.with_suffix(".weights.h5"), stem.with_suffix(".json")
        if state.exists() and log.exists():
            autoencoder.optimizer.build(autoencoder.trainable_variables)
            autoencoder.load_weights(state)
            history = json.loads(log.read_text("utf-8"))
            steps_per_epoch = math.ceil(len(images) / recipe.batch_size)
            done = math.ceil(int(autoencoder.optimizer.iterations) / steps_per_epoch)
            # The log is written first: it may be one epoch ahead.
            return autoencoder, history[:done]
    return autoencoder, []


def _find_loss(loss: str | Callable) -> str | Callable:
    if not isinstance(loss, str):
        return loss
    if loss in models.LIKELIHOODS:
        return models.LIKELIHOODS[loss].loss
    try:
        keras.losses.get(loss)
    except ValueError as error:
        raise ValueError(
            f"no likelihood and no loss is called {loss!r}; likelihoods are: "
            f"{', '.join(models.LIKELIHOODS)}; of Keras' losses give for example 'mse'"
        ) from error
    return loss


def _stem(
    folder: Path, recipe: Recipe, network: dict[str, Any], images: Images
) -> Path:
    """Name the state by all that the result depends on."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = vars(recipe) | {"loss": _describe(recipe.loss, [])}
    digest = hashlib.sha256(json.dumps([settings, network, images.shape]).encode())
    size = models.inference_batch_size(images.shape[1:])
    for start in range(0, len(images), size):
        digest.update(np.ascontiguousarray(images[start : start + size]).tobytes())
    return folder / digest.hexdigest()[:16]


def _describe(value: Any, above: list[Any]) -> str:
    """Tell a loss, or what it uses, by its code and its values, not by its name.

    Functions are told by bytecode, constants, defaults, closure and the globals that
    they read; those of Keras, TensorFlow and NumPy by their names. `above` holds what
    is being described, for functions that refer to themselves.

    Raises
    ------
    TypeError
        If two of its kind could not be told from each other.
    """
    for depth, other in enumerate(above):
        if other is value:
            return f"<{depth} again>"
    above = [*above, value]
    describe = functools.partial(_describe, above=above)
    kind = type(value).__name__
    if value is None or isinstance(value, str | bytes | bool | int | float | complex):
        return f"{kind} {value!r}"
    if isinstance(value, ModuleType):
        return f"module {value.__name__}"
    if isinstance(value, np.ndarray | np.generic) or keras.ops.is_tensor(value):
        array = np.ascontiguousarray(value)
        content = hashlib.sha256(array.tobytes()).hexdigest()
        if not array.dtype.hasobject:
            return f"array {array.dtype} {array.shape} {content}"
    if isinstance(value, tuple | list):
        return f"{kind} {list(map(describe, value))}"
    if isinstance(value, set | frozenset):
        return f"{kind} {sorted(map(describe, value))}"
    if isinstance(value, dict):
        return f"dict {[(describe(key), describe(value[key])) for key in value]}"
    if isinstance(value, CodeType):
        names = value.co_names, value.co_flags, value.co_argcount
        return f"code {value.co_code.hex()} {names} {describe(value.co_consts)}"
    if isinstance(value, functools.partial):
        return f"partial {describe((value.func, value.args, value.keywords))}"
    if isinstance(value, staticmethod | classmethod | MethodType):
        owner = getattr(value, "__self__", None)
        return f"{kind} {describe((value.__func__, owner))}"
    if isinstance(value, property):
        return f"property {describe((value.fget, value.fset))}"
    package = getattr(value, "__module__", None) or ""
    if package.split(".")[0] in ("builtins", "keras", "numpy", "tensorflow") and (
        hasattr(value, "__qualname__")
    ):
        return f"{package}.{value.__qualname__}"
    if isinstance(value, FunctionType):
        read = {name: value.__globals__.get(name) for name in _globals(value.__code__)}
        cells = [cell.cell_contents for cell in value.__closure__ or ()]
        defaults = value.__defaults__, value.__kwdefaults__
        return f"function {describe((value.__code__, defaults, cells, read))}"
    if isinstance(value, type):
        own = {
            name: part
            for name, part in vars(value).items()
            if callable(part) or not name.startswith("__")
        }
        return f"class {describe((value.__bases__, own))}"
    if isinstance(value, keras.losses.Loss):
        idle = vars(keras.losses.Loss())
        own = {name: part for name, part in vars(value).items() if name not in idle}
        settings = keras.losses.Loss.get_config(value)
        return f"loss {describe((type(value), settings, value.dtype, own))}"
    raise TypeError(
        f"the loss is or uses an object of type {kind}, which can't be compared with "
        "that of another training; with checkpoints give a loss by its name, a "
        "function or a keras.losses.Loss, made of numbers, arrays and functions"
    )


def _globals(code: CodeType) -> list[str]:
    """List the global names that code reads, and the functions defined in it."""
    names = {
        step.argval
        for step in dis.get_instructions(code)
        if step.opname in GLOBAL_READS
    }
    for part in code.co_consts:
        if isinstance(part, CodeType):
            names |= set(_globals(part))
    return sorted(names)


def _save(autoencoder: keras.Model, history: list, stem: Path) -> None:
    """Write the state under other names and rename it: it is whole or not there."""
    log = stem.with_suffix(".tmp.json")
    log.write_text(json.dumps(history), "utf-8")
    log.replace(stem.with_suffix(".json"))
    state = stem.with_suffix(".tmp.weights.h5")
    autoencoder.save_weights(state)
    state.replace(stem.with_suffix(".weights.h5"))
