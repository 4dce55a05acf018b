"""The course's networks: encoder, decoder and the autoencoder that joins them.

Chapter 2 teaches the encoder, chapter 3 the decoder, chapter 5 how they are joined,
chapter 8 the variational autoencoder, chapter 10 images of other shapes; elsewhere
they are imported from here.
"""

from collections.abc import Callable, Sequence
import logging
import math
from numbers import Integral
from typing import Any, NamedTuple

import keras
from keras import layers, ops
import numpy as np

__all__ = [
    "LIKELIHOODS",
    "Likelihood",
    "SampleCode",
    "build_autoencoder",
    "build_classifier",
    "build_decoder",
    "build_encoder",
    "build_photo_denoiser",
    "build_variational_autoencoder",
    "build_variational_encoder",
    "count_operations",
    "encode",
    "inference_batch_size",
    "layer_shapes",
    "split_autoencoder",
]

IMAGE_SHAPE = (32, 32, 1)
FILTERS = (32, 64, 128)


class Likelihood(NamedTuple):
    """How the decoder's output describes the distribution of a pixel.

    `loss` is a loss for Keras: images and outputs, (n, 32, 32, 1) each, to the negative
    log-likelihood in nats a pixel. `activation` is that of the decoder's last layer, by
    Keras' name. `mean` takes outputs to the mean of each pixel's distribution, the
    picture to show and to judge, as NumPy arrays.
    """

    loss: str | Callable
    activation: str
    mean: Callable[[np.ndarray], np.ndarray]


def build_encoder(
    latent_dim: int = 2,
    filters: Sequence[int] = FILTERS,
    image_shape: Sequence[int] = IMAGE_SHAPE,
) -> keras.Model:
    """Build the encoder: images to latent vectors (taught in chapter 2).

    Parameters
    ----------
    latent_dim
        Latent dimension, 1 or more.
    filters
        Filters of each 3×3 convolution of stride 2, one entry per layer. Each layer
        halves height and width, rounded up, so a side of 32 fits at most five.
    image_shape
        Height, width and channels of one image.

    Returns
    -------
    keras.Model
        Images, float32 (n, height, width, channels) in [0, 1] → latent vectors (codes),
        float32 (n, latent_dim), unbounded. 96,770 parameters with the defaults.

    Raises
    ------
    TypeError
        If `latent_dim`, or an entry of `filters` or `image_shape`, is not an integer.
    ValueError
        If one of them is below 1, `image_shape` has not three entries, or `filters` has
        none or more than the image has halvings.
    """
    latent_dim = _positive_integer(latent_dim, "latent_dim")
    filters, shapes = _stages(filters, image_shape)
    _ignore_retracing()
    images = keras.Input(shapes[0], name="encoder_input")
    features = images
    for number, count in enumerate(filters, start=1):
        features = layers.Conv2D(
            count,
            3,
            strides=2,
            padding="same",
            activation="relu",
            name=f"encoder_conv_{number}",
        )(features)
    features = layers.Flatten(name="encoder_flatten")(features)
    embeddings = layers.Dense(latent_dim, name="encoder_output")(features)
    return keras.Model(images, embeddings, name="encoder")


def build_decoder(
    latent_dim: int = 2,
    activation: str = "sigmoid",
    filters: Sequence[int] = FILTERS,
    image_shape: Sequence[int] = IMAGE_SHAPE,
) -> keras.Model:
    """Build the decoder: latent vectors to reconstructions (taught in chapter 3).

    Its layers double the encoder's smallest grid until the image's height and width are
    reached. Where the encoder rounded up, `output_padding` 0 makes that side one less
    than the double (chapters 3 and 10), so every shape comes back.

    Parameters
    ----------
    latent_dim
        Latent dimension, 1 or more.
    activation
        Activation of the last layer, by Keras' name; see `Likelihood`.
    filters
        Those of the encoder, in the encoder's order.
    image_shape
        Height, width and channels of one image.

    Returns
    -------
    keras.Model
        Codes, float32 (n, latent_dim) → images, float32 (n, height, width, channels),
        with the default activation in [0, 1]. 246,273 parameters with the defaults.

    Raises
    ------
    TypeError, ValueError
        As `build_encoder`.
    """
    latent_dim = _positive_integer(latent_dim, "latent_dim")
    filters, shapes = _stages(filters, image_shape)
    _ignore_retracing()
    codes = keras.Input((latent_dim,), name="decoder_input")
    features = layers.Dense(math.prod(shapes[-1]), name="decoder_dense")(codes)
    features = layers.Reshape(shapes[-1], name="decoder_reshape")(features)
    for number, count in enumerate(reversed(filters), start=1):
        rows, columns, _ = shapes[-1 - number]
        is_even = rows % 2 == columns % 2 == 0
        features = layers.Conv2DTranspose(
            count,
            3,
            strides=2,
            padding="same",
            output_padding=None if is_even else (1 - rows % 2, 1 - columns % 2),
            activation="relu",
            name=f"decoder_conv_transpose_{number}",
        )(features)
    images = layers.Conv2D(
        shapes[0][2], 3, padding="same", activation=activation, name="decoder_output"
    )(features)
    return keras.Model(codes, images, name="decoder")


def build_autoencoder(encoder: keras.Model, decoder: keras.Model) -> keras.Model:
    """Join an encoder and a decoder; the three models share their weights.

    Parameters
    ----------
    encoder
        Images (n, height, width, channels) → codes (n, latent_dim).
    decoder
        Codes (n, latent_dim) → images of the same shape.

    Returns
    -------
    keras.Model
        Images, float32 (n, height, width, channels) in [0, 1] → reconstructions of the
        same shape and range. Training it trains the encoder and the decoder.

    Raises
    ------
    ValueError
        If the decoder's latent dimension or image shape is not the encoder's.
    """
    _check_halves(encoder, encoder.output_shape[-1], decoder)
    return keras.Model(encoder.input, decoder(encoder.output), name="autoencoder")


def build_variational_encoder(
    latent_dim: int = 2,
    filters: Sequence[int] = FILTERS,
    image_shape: Sequence[int] = IMAGE_SHAPE,
) -> keras.Model:
    """Build the encoder of a variational autoencoder (taught in chapter 8).

    The layers of `build_encoder`, and beside the last one another of the same size.

    Parameters
    ----------
    latent_dim, filters, image_shape
        As in `build_encoder`.

    Returns
    -------
    keras.Model
        Images, float32 (n, height, width, channels) in [0, 1] → means and
        log-variances, float32 (n, latent_dim) each, of the diagonal normal posterior of
        each image's code (Kingma and Welling, 2014).

    Raises
    ------
    TypeError, ValueError
        As `build_encoder`.
    """
    encoder = build_encoder(latent_dim, filters, image_shape)
    means = encoder.get_layer("encoder_output")
    log_variances = layers.Dense(means.units, name="encoder_log_variance")(means.input)
    return keras.Model(encoder.input, [means.output, log_variances], name="encoder")


def build_photo_denoiser(filters: int = 32, channels: int = 3) -> keras.Model:
    """Build a denoiser without a code, for images of any even size (chapter 10).

    One convolution of stride 2, one of stride 1 and a transposed convolution of stride
    2 estimate the noise, which is taken off the input: residual learning (Zhang et al.,
    2017, doi:10.1109/TIP.2017.2662206).

    Parameters
    ----------
    filters
        Filters of each of the three layers.
    channels
        Channels of the images.

    Returns
    -------
    keras.Model
        Noisy images, float32 (n, height, width, channels) with even height and width,
        → estimates of the clean ones, of the same shape, unbounded. 20,259 parameters
        with the defaults.

    Raises
    ------
    TypeError, ValueError
        If `filters` or `channels` is not an integer of 1 or more.
    """
    filters = _positive_integer(filters, "filters")
    channels = _positive_integer(channels, "channels")
    options = {"padding": "same", "activation": "relu"}
    noisy = keras.Input((None, None, channels), name="denoiser_input")
    features = layers.Conv2D(filters, 3, strides=2, **options)(noisy)
    features = layers.Conv2D(filters, 3, **options)(features)
    features = layers.Conv2DTranspose(filters, 3, strides=2, **options)(features)
    noise = layers.Conv2D(
        channels, 3, padding="same", kernel_initializer="zeros", name="denoiser_noise"
    )(features)  # training begins at the input itself
    clean = layers.Subtract(name="denoiser_output")([noisy, noise])
    return keras.Model(noisy, clean, name="denoiser")


def build_classifier() -> keras.Model:
    """Build a classifier of the ten classes, whose features judge generated images.

    The encoder's convolutions; then the mean over the 4×4 places, and two dense layers.

    Returns
    -------
    keras.Model
        Images, float32 (n, 32, 32, 1) in [0, 1] → features, float32 (n, 64), 0 or more,
        and logits, float32 (n, 10). 101,578 parameters.
    """
    encoder = build_encoder()
    maps = encoder.get_layer("encoder_conv_3").output
    features = layers.GlobalAveragePooling2D(name="classifier_mean")(maps)
    features = layers.Dense(64, activation="relu", name="classifier_features")(features)
    logits = layers.Dense(10, name="classifier_output")(features)
    return keras.Model(encoder.input, [features, logits], name="classifier")


@keras.saving.register_keras_serializable("aelib")
class SampleCode(layers.Layer):
    """Sample latent vectors by reparameterization; add the KL term to the loss.

    The KL term is `beta` times the Kullback-Leibler divergence of the image's normal
    distribution from the standard normal one (Kingma and Welling, 2014, appendix B),
    over the number of pixels: it goes with a loss that is a mean over pixels (and
    channels), as Keras' binary cross-entropy is. With the negative log-density of a
    `Likelihood` as that loss and `beta` 1 the whole is the negative evidence lower
    bound, in nats per pixel; with binary cross-entropy on grey pixels it is a surrogate
    for it.

    Parameters
    ----------
    beta
        Weight of the KL term against the loss summed over all pixels, 0 or more
        (Higgins et al., 2017).
    image_shape
        Height, width and channels of the images whose pixels are counted.

    Raises
    ------
    ValueError
        If `beta` is negative or NaN.
    """

    def __init__(
        self,
        beta: float = 1.0,
        image_shape: Sequence[int] = IMAGE_SHAPE,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if not beta >= 0:
            raise ValueError(f"beta is {beta}; give 0 or more")
        self.beta = beta
        self.image_shape = tuple(image_shape)
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, inputs: Sequence[Any]) -> Any:
        """Return codes (n, d) for means and log-variances, (n, d) each."""
        means, log_variances = inputs
        variances = ops.exp(log_variances)
        divergences = ops.sum(variances + means**2 - 1 - log_variances, axis=-1) / 2
        self.add_loss(self.beta * ops.mean(divergences) / math.prod(self.image_shape))
        noise = keras.random.normal(ops.shape(means), seed=self.seed_generator)
        return means + ops.sqrt(variances) * noise

    def get_config(self) -> dict:
        """Return the constructor's arguments."""
        own = {"beta": self.beta, "image_shape": self.image_shape}
        return super().get_config() | own


def build_variational_autoencoder(
    encoder: keras.Model, decoder: keras.Model, beta: float = 1.0
) -> keras.Model:
    """Join a variational encoder and a decoder (taught in chapter 8).

    Parameters
    ----------
    encoder
        From `build_variational_encoder`.
    decoder
        Codes (n, latent_dim) → images of the encoder's shape.
    beta
        As in `SampleCode`.

    Returns
    -------
    keras.Model
        Images → reconstructions from codes sampled anew at every call. Its `losses`
        hold the KL term.

    Raises
    ------
    ValueError
        If latent dimensions or image shapes differ, or `beta` is negative or NaN.
    """
    _check_halves(encoder, encoder.output_shape[0][-1], decoder)
    sampler = SampleCode(beta, encoder.input_shape[1:], name="sample_code")
    codes = sampler(encoder.output)
    return keras.Model(encoder.input, decoder(codes), name="variational_autoencoder")


def encode(encoder: keras.Model, images: np.ndarray) -> np.ndarray:
    """Return the latent vectors of images, in batches.

    Parameters
    ----------
    encoder
        From `build_encoder` or `build_variational_encoder`.
    images
        float32 (n, height, width, channels) in [0, 1].

    Returns
    -------
    numpy.ndarray
        Codes, float32 (n, latent_dim); of a variational encoder the means.
    """
    size = inference_batch_size(images.shape[1:])
    codes = encoder.predict(images, batch_size=size, verbose=0)
    return codes[0] if isinstance(codes, list) else codes


def inference_batch_size(image_shape: Sequence[int]) -> int:
    """Return how many images to encode or decode at once, so that memory suffices.

    Parameters
    ----------
    image_shape
        Height, width and channels of one image.

    Returns
    -------
    int
        500, or so many that they hold no more pixels than 500 images of 32×32; at
        least 1.
    """
    height, width, _ = image_shape
    return max(1, min(500, 500 * 32 * 32 // (height * width)))


def split_autoencoder(autoencoder: keras.Model) -> tuple[keras.Model, keras.Model]:
    """Return the encoder and the decoder of an autoencoder, also of a loaded one.

    Parameters
    ----------
    autoencoder
        From `build_autoencoder` or `build_variational_autoencoder`.

    Returns
    -------
    encoder, decoder : keras.Model
        They share the autoencoder's weights. A variational encoder has two outputs,
        see `build_variational_encoder`.

    Raises
    ------
    ValueError
        If the model has no layer called "encoder_output" or none called "decoder".
    """
    code = autoencoder.get_layer("encoder_output").output
    if any(layer.name == "encoder_log_variance" for layer in autoencoder.layers):
        code = [code, autoencoder.get_layer("encoder_log_variance").output]
    encoder = keras.Model(autoencoder.input, code, name="encoder")
    return encoder, autoencoder.get_layer("decoder")


def layer_shapes(model: keras.Model) -> list[tuple[str, tuple[int, ...]]]:
    """List a model's layers with the shape that each one puts out.

    Parameters
    ----------
    model
        A built Keras model whose layers form a chain.

    Returns
    -------
    list of (str, tuple of int)
        The layer's class ("Input" for the input) and its output's shape without the
        batch axis, in the order of computation.
    """
    return [
        (type(layer).__name__.removesuffix("Layer"), tuple(layer.output.shape[1:]))
        for layer in model.layers
    ]


def count_operations(model: keras.Model) -> int:
    """Count the floating-point operations that encode one image.

    One multiplication and one addition for each weight and each place where it is used;
    biases and activations, far fewer, are left out.

    Parameters
    ----------
    model
        A built model of convolutions and dense layers, e.g. from `build_encoder`.

    Returns
    -------
    int
        Operations for one image; a million of them is 1 MFLOP.

    Raises
    ------
    ValueError
        If a layer with weights is neither a `Conv2D` nor a `Dense` layer.
    """
    total = 0
    for layer in model.layers:
        if type(layer) in (layers.Conv2D, layers.Dense):
            places = math.prod(layer.output.shape[1:-1])  # 1 for Dense
            total += 2 * math.prod(layer.kernel.shape) * places
        elif layer.weights:
            raise ValueError(
                f"{layer.name!r} is a {type(layer).__name__}; give a model whose "
                "weights are all in Conv2D and Dense layers"
            )
    return total


def _continuous_bernoulli(images: Any, logits: Any) -> Any:
    """Return the negative log-density of a continuous Bernoulli distribution.

    With the logit a of its parameter the density on [0, 1] is a exp(a x) / (exp(a) - 1)
    (Loaiza-Ganem and Cunningham, 2019, rewritten): an exponential one, cut off.
    """
    is_small = ops.abs(logits) < 1e-2
    safe = ops.where(is_small, ops.ones_like(logits), logits)
    size = ops.abs(safe)
    # log((exp(a) - 1) / a), and its Taylor series at 0
    normalizer = ops.where(
        is_small,
        logits / 2 + logits**2 / 24,
        ops.maximum(safe, 0) + ops.log(-ops.expm1(-size) / size),
    )
    return normalizer - images * logits


def _continuous_bernoulli_mean(logits: np.ndarray) -> np.ndarray:
    """Return the means of continuous Bernoulli distributions, in [0, 1].

    1 / (1 - exp(-a)) - 1 / a; at 0 its Taylor series.
    """
    logits = np.asarray(logits, "float64")
    is_small = np.abs(logits) < 1e-3
    safe = np.where(is_small, 1.0, logits)
    with np.errstate(over="ignore"):  # exp(-a) may be infinite; 1 over it is 0
        means = -1 / np.expm1(-safe) - 1 / safe
    return np.where(is_small, 0.5 + logits / 12, means)


def _gaussian(images: Any, means: Any) -> Any:
    """Return the negative log-density of normal distributions of one common variance.

    The variance is the batch's mean squared error, which makes the batch most probable
    (Rybkin, Daniilidis and Levine, 2021); it is learned with the means.
    """
    variance = ops.mean(ops.square(images - means))
    return (ops.log(2 * math.pi * variance) + 1) / 2


def _identity(outputs: np.ndarray) -> np.ndarray:
    return np.asarray(outputs)


# The first is no likelihood of grey pixels, only of pixels that are 0 or 1: for others
# its density does not integrate to 1 (chapters 4 and 8).
LIKELIHOODS: dict[str, Likelihood] = {
    "binary_crossentropy": Likelihood("binary_crossentropy", "sigmoid", _identity),
    "continuous_bernoulli": Likelihood(
        _continuous_bernoulli, "linear", _continuous_bernoulli_mean
    ),
    "gaussian": Likelihood(_gaussian, "sigmoid", _identity),
}


def _ignore_retracing() -> None:
    """Drop TensorFlow's warning of "retracing", which several models always provoke.

    Keras traces functions of its own for each model; nothing is wrong.
    """
    logging.getLogger("tensorflow").addFilter(_is_not_retracing)


def _is_not_retracing(record: logging.LogRecord) -> bool:
    return "triggered tf.function retracing" not in record.getMessage()


def _stages(
    filters: Sequence[int], image_shape: Sequence[int]
) -> tuple[tuple[int, ...], list[tuple[int, int, int]]]:
    """Check filters and image shape; return them with the shape after each layer.

    The first shape is the image's, with its channels; the others have filters.
    """
    shape = tuple(image_shape)
    if len(shape) != 3:
        raise ValueError(
            f"image_shape is {shape}; give height, width and channels, e.g. "
            f"{IMAGE_SHAPE} for grey or (64, 64, 3) for colour"
        )
    height, width, channels = (
        _positive_integer(value, f"image_shape[{place}]")
        for place, value in enumerate(shape)
    )
    filters = tuple(
        _positive_integer(count, f"filters[{place}]")
        for place, count in enumerate(filters)
    )
    side = min(height, width)
    most = (side - 1).bit_length()  # halvings, rounded up, until the side is 1
    if most == 0:
        raise ValueError(
            f"image_shape is {shape}: a side of 1 cannot be halved; give images of at "
            "least 2×2 pixels"
        )
    if not 1 <= len(filters) <= most:
        raise ValueError(
            f"filters has {len(filters)} entries; give 1 to {most}, one for each layer "
            f"(a side of {side} can be halved {most} times), e.g. "
            f"filters={FILTERS[:most]}"
            + (
                f", or images of at least {2 ** (len(filters) - 1) + 1} pixels a side"
                if filters
                else ""
            )
        )
    shapes = [(height, width, channels)]
    for count in filters:
        height, width = (height + 1) // 2, (width + 1) // 2
        shapes.append((height, width, count))
    return filters, shapes


def _check_halves(encoder: keras.Model, written: int, decoder: keras.Model) -> None:
    read = decoder.input_shape[-1]
    if written != read:
        raise ValueError(
            f"the encoder's latent dimension is {written}, the decoder's is {read}; "
            "build both with the same latent_dim"
        )
    given, drawn = encoder.input_shape[1:], decoder.output_shape[1:]
    if given != drawn:
        raise ValueError(
            f"the encoder reads images of shape {given}, the decoder puts out {drawn}; "
            "build both with the same image_shape"
        )


def _positive_integer(value: Integral | int, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(
            f"{name} is {value!r}, of type {type(value).__name__}; give an integer"
        )
    if value < 1:
        raise ValueError(f"{name} is {value}; give 1 or more")
    return int(value)  # Keras takes no NumPy integers
