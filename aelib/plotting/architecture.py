"""The diagram of an autoencoder, drawn from its layers and not by hand.

Used by chapter 2 and by every later chapter that shows its network.
"""

from collections.abc import Sequence

from aelib.plotting.style import DARK, LIGHT, RED, TEXT_WIDTH
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
import matplotlib.pyplot as plt
import numpy as np

__all__ = ["draw_network"]


def draw_network(
    encoder: Sequence[tuple[str, tuple[int, ...]]],
    decoder: Sequence[tuple[str, tuple[int, ...]]],
) -> Axes:
    """Draw an autoencoder as a row of bars, one per layer output.

    A bar's height tells the side of the feature map, its width the channels; a thin
    bar is a vector, drawn at a fixed height; the code in the middle has one dot
    per latent dimension, at most eight.

    Parameters
    ----------
    encoder, decoder
        Layers as `aelib.models.layer_shapes` lists them: name and output shape
        without the batch axis. The encoder ends, and the decoder begins, with the code.

    Returns
    -------
    matplotlib.axes.Axes
        Each layer has a text with its shape and one with its name.

    Raises
    ------
    ValueError
        If one list has fewer than two layers, or the encoder's last shape is not the
        decoder's first.
    """
    if min(len(encoder), len(decoder)) < 2:
        raise ValueError("give at least two layers of each, input and output")
    if encoder[-1][1] != decoder[0][1]:
        raise ValueError(
            f"the encoder ends with shape {encoder[-1][1]}, the decoder begins with "
            f"{decoder[0][1]}; give the two halves of one autoencoder"
        )
    _, axis = plt.subplots(figsize=(TEXT_WIDTH, 3.0))
    chain = [(*layer, DARK) for layer in encoder[:-1]]
    chain.append((*encoder[-1], RED))
    chain.extend((*layer, LIGHT) for layer in decoder[1:])
    middle = len(encoder) - 1
    for place, (name, shape, colour) in enumerate(chain):
        if place == middle:
            _draw_code(axis, place, shape[0])
        else:
            _draw_bar(axis, place, shape, colour)
        text = "×".join(map(str, shape[:2])) + "".join(f"\n×{n}" for n in shape[2:])
        axis.text(place, -19, text, ha="center", va="top", fontsize=8)
        axis.text(place, 19, name, ha="left", fontsize=8, rotation=40)
    for first, last, part in (
        (0, middle - 1, "encoder"),
        (middle + 1, len(chain) - 1, "decoder"),
    ):
        axis.plot([first - 0.35, last + 0.35], [-30, -30], color="black", linewidth=1)
        axis.text((first + last) / 2, -36.5, part, ha="center", fontweight="bold")
    axis.text(middle, -36.5, "code", ha="center", fontweight="bold", color=RED)
    axis.set(xlim=(-0.7, len(chain) + 0.4), ylim=(-39, 46))
    axis.set_axis_off()
    return axis


def _draw_bar(axis: Axes, place: int, shape: tuple[int, ...], colour: str) -> None:
    side, channels = (shape[0], shape[2]) if len(shape) == 3 else (32, shape[0])
    half_width = 0.05 + 0.07 * np.log2(channels) / 2 if len(shape) == 3 else 0.06
    half_height = max(side, 2) / 2
    corner = (place - half_width, -half_height)
    size = (2 * half_width, 2 * half_height)
    axis.add_patch(Rectangle(corner, *size, facecolor=colour, edgecolor="white"))


def _draw_code(axis: Axes, place: int, latent_dim: int) -> None:
    shown = min(latent_dim, 8)
    heights = 4.0 * (np.arange(shown) - (shown - 1) / 2)
    axis.scatter(np.full(shown, place), heights, s=28, color=RED, zorder=3)
