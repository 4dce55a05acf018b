"""The course's networks: encoder, decoder and the autoencoder that joins them.

Chapter 2 teaches the encoder, chapter 3 the decoder, chapter 5 how they are joined;
elsewhere they are imported from here.
"""

from collections.abc import Sequence
from numbers import Integral

from aelib import quiet as quiet  # before Keras
import keras
from keras import layers

__all__ = [
    "FILTERS",
    "IMAGE_SHAPE",
    "build_autoencoder",
    "build_decoder",
    "build_encoder",
    "layer_shapes",
    "split_autoencoder",
]

IMAGE_SHAPE = (32, 32, 1)
FILTERS = (32, 64, 128)


def build_encoder(latent_dim: int = 2, filters: Sequence[int] = FILTERS) -> keras.Model:
    """Build the network that writes the code of an image (taught in chapter 2).

    Parameters
    ----------
    latent_dim
        Count of numbers in the code, 1 or more.
    filters
        Filters of each 3×3 convolution of stride 2, one entry a layer, at most five:
        each layer halves the image's side of 32.

    Returns
    -------
    keras.Model
        Images, float32 (n, 32, 32, 1) in [0, 1] → embeddings, float32
        (n, latent_dim), any real number. 96,770 parameters with the defaults.

    Raises
    ------
    TypeError
        If `latent_dim` or an entry of `filters` is not an integer.
    ValueError
        If one of them is below 1, or `filters` is empty or has more than five entries.
    """
    latent_dim = _positive_integer(latent_dim, "latent_dim")
    filters = tuple(filters)
    if not 1 <= len(filters) <= 5:
        raise ValueError(
            f"filters has {len(filters)} entries; give 1 to 5, one for each layer "
            f"(a side of 32 can be halved five times), e.g. filters={FILTERS}"
        )
    images = keras.Input(IMAGE_SHAPE, name="encoder_input")
    features = images
    for number, count in enumerate(filters, start=1):
        features = layers.Conv2D(
            _positive_integer(count, f"filters[{number - 1}]"),
            3,
            strides=2,
            padding="same",
            activation="relu",
            name=f"encoder_conv_{number}",
        )(features)
    features = layers.Flatten(name="encoder_flatten")(features)
    embeddings = layers.Dense(latent_dim, name="encoder_output")(features)
    return keras.Model(images, embeddings, name="encoder")


def build_decoder(latent_dim: int = 2) -> keras.Model:
    """Build the network that draws an image from a code (taught in chapter 3).

    Parameters
    ----------
    latent_dim
        Count of numbers in the code, 1 or more.

    Returns
    -------
    keras.Model
        Codes, float32 (n, latent_dim) → images, float32 (n, 32, 32, 1) in [0, 1].
        246,273 parameters with the default.

    Raises
    ------
    TypeError
        If `latent_dim` is not an integer.
    ValueError
        If `latent_dim` is below 1.
    """
    latent_dim = _positive_integer(latent_dim, "latent_dim")
    codes = keras.Input((latent_dim,), name="decoder_input")
    features = layers.Dense(4 * 4 * 128, name="decoder_dense")(codes)
    features = layers.Reshape((4, 4, 128), name="decoder_reshape")(features)
    for number, count in enumerate(reversed(FILTERS), start=1):
        features = layers.Conv2DTranspose(
            count,
            3,
            strides=2,
            padding="same",
            activation="relu",
            name=f"decoder_conv_transpose_{number}",
        )(features)
    images = layers.Conv2D(
        1, 3, padding="same", activation="sigmoid", name="decoder_output"
    )(features)
    return keras.Model(codes, images, name="decoder")


def build_autoencoder(encoder: keras.Model, decoder: keras.Model) -> keras.Model:
    """Join an encoder and a decoder; the three models share their weights.

    Parameters
    ----------
    encoder
        Images (n, 32, 32, 1) → codes (n, latent_dim).
    decoder
        Codes (n, latent_dim) → images (n, 32, 32, 1).

    Returns
    -------
    keras.Model
        Images, float32 (n, 32, 32, 1) in [0, 1] → reconstructions of the same shape
        and range. Training it trains the encoder and the decoder.

    Raises
    ------
    ValueError
        If the decoder doesn't read codes of the size that the encoder writes.
    """
    written, read = encoder.output_shape[-1], decoder.input_shape[-1]
    if written != read:
        raise ValueError(
            f"the encoder writes codes of {written} numbers, the decoder reads codes "
            f"of {read}; build both with the same latent_dim"
        )
    return keras.Model(encoder.input, decoder(encoder.output), name="autoencoder")


def split_autoencoder(autoencoder: keras.Model) -> tuple[keras.Model, keras.Model]:
    """Take an autoencoder apart, also one that was loaded from a file.

    Parameters
    ----------
    autoencoder
        From `build_autoencoder`.

    Returns
    -------
    encoder, decoder : keras.Model
        They share the autoencoder's weights.

    Raises
    ------
    ValueError
        If the model has no layer called "encoder_output" or none called "decoder".
    """
    code = autoencoder.get_layer("encoder_output").output
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


def _positive_integer(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(
            f"{name} is {value!r}, of type {type(value).__name__}; give an integer"
        )
    if value < 1:
        raise ValueError(f"{name} is {value}; give 1 or more")
    return int(value)  # Keras takes no NumPy integers
