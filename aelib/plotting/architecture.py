"""The diagram of an autoencoder, and of a convolution at work.

Drawn from the layers and from the numbers, not by hand. Used by chapter 2 and by every
later chapter that shows its network.
"""

from collections.abc import Sequence

from aelib.plotting.style import DARK, LIGHT, RED, TEXT_WIDTH
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle
import matplotlib.pyplot as plt
import numpy as np

__all__ = ["draw_convolution", "draw_network"]

PALE = "#e3eef0"
SLOT = 14  # from one bar to the next, in pixels of an image 32 pixels wide


def draw_network(
    encoder: Sequence[tuple[str, tuple[int, ...]]],
    decoder: Sequence[tuple[str, tuple[int, ...]]],
    image: np.ndarray | None = None,
    code: Sequence[float] | None = None,
    reconstruction: np.ndarray | None = None,
) -> Axes:
    """Draw an autoencoder as an hourglass: a row of bars, one per layer output.

    A bar's height tells the side of the feature map, its width the channels; a thin
    bar is a vector, as high as the smallest feature map of its half. The code in the
    middle has one dot per latent dimension, at most eight, or its numbers.

    Parameters
    ----------
    encoder, decoder
        Layers as `aelib.models.layer_shapes` lists them: name and output shape
        without the batch axis. The encoder ends, and the decoder begins, with the code.
    image, reconstruction
        Float arrays (height, width) or (height, width, 1) in [0, 1], drawn in place of
        the first and of the last bar; or None.
    code
        The latent vector (latent_dim,) of the image, written in place of the dots, its
        first three numbers; or None.

    Returns
    -------
    matplotlib.axes.Axes
        Each layer has a text with its shape and one with its name.

    Raises
    ------
    ValueError
        If one list has fewer than two layers, the encoder's last shape is not the
        decoder's first, the code has another latent dimension, or an image has another
        rank or leaves [0, 1].
    """
    if min(len(encoder), len(decoder)) < 2:
        raise ValueError("give at least two layers of each, input and output")
    if encoder[-1][1] != decoder[0][1]:
        raise ValueError(
            f"the encoder ends with shape {encoder[-1][1]}, the decoder begins with "
            f"{decoder[0][1]}; give the two halves of one autoencoder"
        )
    if code is not None and np.shape(code) != encoder[-1][1]:
        raise ValueError(
            f"the code has shape {np.shape(code)}, the encoder's output "
            f"{encoder[-1][1]}; give the code of one image"
        )
    chain = [*encoder, *decoder[1:]]
    middle = len(encoder) - 1
    places = [16.0 + SLOT * number for number in range(len(chain))]
    # The pictures at both ends are wider than a slot.
    places = [places[0], *(x + 10 for x in places[1:-1]), places[-1] + 20]
    heights = _bar_heights(encoder) + _bar_heights(decoder)[1:]
    width = places[-1] + 16
    size = TEXT_WIDTH, TEXT_WIDTH * 83 / (width + 8)
    axis = plt.figure(figsize=size, layout="none").add_axes((0, 0, 1, 1))
    # The hourglass behind the bars, from edge to edge of the pictures.
    outline = [*zip(places, heights, strict=True)]
    outline[0] = (places[0] + (0 if image is None else 16), heights[0])
    outline[-1] = (places[-1] - (0 if reconstruction is None else 16), heights[-1])
    outline += [(x, -height) for x, height in reversed(outline)]
    axis.add_patch(Polygon(outline, facecolor=PALE, edgecolor="none"))
    for number, (x, (name, shape)) in enumerate(zip(places, chain, strict=True)):
        picture = {0: image, len(chain) - 1: reconstruction}.get(number)
        if picture is not None:
            _draw_picture(axis, x, picture)
        elif number == middle:
            _draw_code(axis, x, shape[0], code)
        else:
            colour = DARK if number < middle else LIGHT
            _draw_bar(axis, x, heights[number], shape, colour)
        text = "×".join(map(str, shape[:2])) + "".join(f"\n×{n}" for n in shape[2:])
        axis.text(x, -19, text, ha="center", va="top", fontsize=8.5)
        axis.text(x - 2, 19, name, ha="left", fontsize=8.5, rotation=40)

    def write(x: float, part: str, colour: str = "black") -> None:
        axis.text(x, -34, part, ha="center", va="top", weight="bold", color=colour)

    for first, last, part in (
        (places[1], places[middle - 1], "encoder"),
        (places[middle + 1], places[-2], "decoder"),
    ):
        axis.plot([first - 5, last + 5], [-32, -32], color="black", linewidth=1)
        write((first + last) / 2, part)
    write(places[0], "image")
    write(places[middle], "code", RED)
    write(places[-1], "reconstruction")
    axis.set(xlim=(-4, width + 4), ylim=(-40, 43), aspect="equal")
    axis.set_axis_off()
    return axis


def draw_convolution(
    image: np.ndarray,
    kernel: np.ndarray,
    corner: tuple[int, int],
    size: int = 5,
    stride: int = 2,
    steps: int = 3,
) -> np.ndarray:
    """Draw the first steps of a convolution: the window on the image, and its output.

    A square patch is cut out of the image and convolved, without zeros at its border,
    bias or activation. The image, with the patch framed, and the kernel stand at the
    left; then, for each step, the patch with the window framed, and below it the
    outputs so far with the new one framed.

    Parameters
    ----------
    image
        Array (height, width) of numbers in [0, 1]; those of the patch are written with
        two digits.
    kernel
        Array (side, side), no larger than the patch.
    corner
        Row and column of the patch's first pixel.
    size
        The patch's side.
    stride
        Rows, and columns, from one window to the next, 1 or more.
    steps
        How many windows to draw, in the order of reading; 1 or more.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        The image's and the kernel's, then the patch's and the output's of each step.

    Raises
    ------
    ValueError
        If the image or the kernel is no matrix, the patch leaves the image, the kernel
        is larger than the patch, or there are fewer windows than steps.
    """
    image, kernel = np.asarray(image), np.asarray(kernel)
    if image.ndim != 2 or kernel.ndim != 2 or max(kernel.shape) > size:
        raise ValueError(
            f"the image has shape {image.shape}, the kernel {kernel.shape}; give two "
            f"matrices, the kernel at most {size}×{size}"
        )
    row, column = corner
    patch = image[row : row + size, column : column + size]
    if patch.shape != (size, size):
        raise ValueError(f"a patch of {size}×{size} at {corner} leaves the image")
    windows = np.lib.stride_tricks.sliding_window_view(patch, kernel.shape)
    outputs = np.sum(windows[::stride, ::stride] * kernel, axis=(2, 3))
    if not 1 <= steps <= outputs.size:
        raise ValueError(f"steps is {steps}; there are {outputs.size} windows")
    side = len(kernel)
    across, down = side + steps * (size + 1), size + len(outputs) + 2.2
    figsize = TEXT_WIDTH, TEXT_WIDTH * down / across
    figure = plt.figure(figsize=figsize, layout="none")

    def add(left: float, top: float, height: float) -> Axes:
        lower = down - top - height
        bounds = (left / across, lower / down, height / across, height / down)
        return figure.add_axes(bounds)

    whole = add(0, 1, side)
    whole.imshow(image, vmin=0, vmax=1)
    whole.set(xticks=[], yticks=[])
    whole.spines[:].set_visible(True)
    _frame(whole, corner, size)
    axes = [whole, add(0, down - side - 0.2, side)]
    _write_numbers(axes[1], kernel, np.abs(kernel).max(), "filter")
    for step in range(steps):
        place = divmod(step, len(outputs))
        left = side + 1.0 + step * (size + 1)
        above = add(left, 1, size)
        _write_numbers(above, patch, np.abs(patch).max(), f"window {step + 1}")
        _frame(above, (place[0] * stride, place[1] * stride), side)
        left += (size - len(outputs)) / 2
        below = add(left, size + 2, len(outputs))
        is_done = np.arange(outputs.size).reshape(outputs.shape) <= step
        so_far = np.where(is_done, outputs, np.nan)
        _write_numbers(below, so_far, np.abs(outputs).max(), "↓")
        _frame(below, place, 1)
        axes += [above, below]
    return np.array(axes)


def _write_numbers(axis: Axes, matrix: np.ndarray, largest: float, title: str) -> None:
    # Twice the largest: black lettering stays readable on the darkest square.
    axis.imshow(np.abs(np.nan_to_num(matrix)), vmin=0, vmax=2 * largest)
    for (row, column), value in np.ndenumerate(matrix):
        text = "" if np.isnan(value) else f"{value:.2g}".replace("-", "−")
        axis.text(column, row, text, ha="center", va="center", fontsize=8.5)
    axis.set_title(title, fontsize=9, pad=4)
    lines = np.arange(len(matrix) - 1) + 0.5
    axis.set(xticks=lines, yticks=lines)
    axis.tick_params(length=0, labelbottom=False, labelleft=False)
    axis.grid(color="#bbbbbb", linewidth=0.8)
    axis.set_axisbelow(False)
    axis.spines[:].set_visible(True)


def _frame(axis: Axes, corner: tuple[int, int], side: int) -> None:
    x, y = corner[1] - 0.5, corner[0] - 0.5
    _add_frame(axis, (x, y), side, RED, 2.5)


def _add_frame(
    axis: Axes, corner: tuple[float, float], side: float, colour: str, width: float
) -> None:
    frame = Rectangle(corner, side, side, fill=False, edgecolor=colour, zorder=5)
    frame.set(linewidth=width, clip_on=False)
    axis.add_patch(frame)


def _bar_heights(layers: Sequence[tuple[str, tuple[int, ...]]]) -> list[float]:
    """Return half the height of each layer's bar; a code has a height of 4."""
    sides = [shape[0] for _, shape in layers if len(shape) == 3]
    smallest = min(sides, default=32)
    return [
        max(shape[0] if len(shape) == 3 else smallest, 2) / 2 for _, shape in layers
    ]


def _draw_picture(axis: Axes, x: float, picture: np.ndarray) -> None:
    picture = np.asarray(picture)
    grey = picture[..., 0] if picture.ndim == 3 else picture
    if grey.ndim != 2 or not (grey.min() >= 0 and grey.max() <= 1):
        raise ValueError(
            f"a picture has shape {picture.shape}; give (height, width) or "
            "(height, width, 1) with values in [0, 1]"
        )
    axis.imshow(grey, vmin=0, vmax=1, extent=(x - 16, x + 16, -16, 16), zorder=2)
    _add_frame(axis, (x - 16, -16), 32, "black", 0.8)


def _draw_bar(
    axis: Axes, x: float, half_height: float, shape: tuple[int, ...], colour: str
) -> None:
    half_width = 0.7 + 0.49 * np.log2(shape[2]) if len(shape) == 3 else 0.8
    corner = (x - half_width, -half_height)
    size = (2 * half_width, 2 * half_height)
    axis.add_patch(Rectangle(corner, *size, facecolor=colour, edgecolor="white"))


def _draw_code(
    axis: Axes, x: float, latent_dim: int, code: Sequence[float] | None
) -> None:
    if code is None:
        shown = min(latent_dim, 8)
        heights = 4.0 * (np.arange(shown) - (shown - 1) / 2)
        axis.scatter(np.full(shown, x), heights, s=28, color=RED, zorder=3)
        return
    numbers = [f"{number:.2f}".replace("-", "−") for number in code[:3]]
    text = "\n".join([*numbers, "…"] if len(code) > 3 else numbers)
    written = axis.text(x, 0, text, ha="center", va="center", fontsize=9, color=RED)
    written.set_bbox({"facecolor": "white", "edgecolor": RED, "boxstyle": "round"})
