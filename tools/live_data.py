"""What the live figures load: networks, codes and images as script files.

A page opened from the disk may not fetch a file, but it may run a script, so each file
is a call of `live.provide(name, data)`. `tools/aelib_live.py` has them written into the
built book. They are derived from pretrained models and test images, and kept in
`_build/live` under a name that tells what they were derived from.

Weights are rounded to whole steps of a size of their own in each output channel, and
each number of steps is one character: after the server's gzip a network of 343,000
weights is lighter than 0.35 MB.
"""

import base64
import hashlib
import json
from pathlib import Path
import shutil
import subprocess
import sys
import tempfile
from typing import Any

from aelib import datasets
from aelib.plotting.style import CLASS_COLORS
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "_build" / "live"
NETWORKS = ("bce-2d", "bce-2d-medium", "denoise-2d", "vae-2d")
IMAGES = 5_000  # the test images of chapters 6 and 7
SHEET_COLUMNS = 100  # of 28×28 pixels, in a sheet of all images

# What a map shows: all codes but this share at each side, and a margin; and its middle.
TRIM, TRIM_MIDDLE, MARGIN = 0.005, 0.1, 0.04
TILE_COLUMNS, TILE_ROWS = 16, 14  # decoded images on a map

# Steps in a standard deviation of a channel's weights: few for the large kernels, many
# where there are few weights. The mean error of an image stays below one grey level.
STEPS_LARGE, STEPS_SMALL, LARGE = 28, 300, 9_000
STEPS_BIAS = 2_000  # in the largest
STEPS_CODES = 8_000  # in the largest code
FIRST, BACKSLASH = 35, 92  # as in static/live/core.js


def pack(values: np.ndarray, steps: np.ndarray) -> dict[str, Any]:
    """Write an array as text, one character for each whole number of steps.

    Parameters
    ----------
    values
        Float array of any shape.
    steps
        Float (1,), or (m,) for a last axis of m: the size of a step.

    Returns
    -------
    dict
        "shape", "steps" and "text"; `unpack` of static/live/core.js reads it.

    Raises
    ------
    ValueError
        If a value is not finite, or more than 27,000 steps.
    """
    steps = np.asarray(steps, "float64").round(9)
    whole = np.rint(values / steps)
    if not (np.abs(whole) <= 27_000).all():
        raise ValueError("a value is not finite or too many steps: take larger steps")
    whole = whole.astype(int).ravel()
    # 0, −1, 1, −2, 2 become 0, 1, 2, 3, 4, then characters without quotation marks.
    codes = FIRST + np.where(whole < 0, -2 * whole - 1, 2 * whole)
    codes += codes >= BACKSLASH
    text = "".join(map(chr, codes))
    return {"shape": list(values.shape), "steps": steps.tolist(), "text": text}


def pack_layers(network: Any) -> list[dict[str, Any]]:
    """Pack a Keras network's layers that have weights, in their order.

    Parameters
    ----------
    network
        Functional model of dense, convolution and transposed convolution layers with
        "same" padding; of a variational encoder's two outputs only the mean is packed.

    Returns
    -------
    list of dict
        As `PackedLayer` of static/live/core.js.

    Raises
    ------
    ValueError
        If a layer is of another kind.
    """
    kinds = {"Dense": "dense", "Conv2D": "conv2d", "Conv2DTranspose": "conv2dTranspose"}
    packed = []
    for layer in network.layers:
        if not layer.weights or layer.name == "encoder_log_variance":
            continue
        kind = type(layer).__name__
        if kind not in kinds:
            known = ", ".join(kinds)
            raise ValueError(f"the browser has no layer {kind}; it has {known}")
        kernel, bias = (np.asarray(weight) for weight in layer.get_weights())
        if kind == "Conv2DTranspose":
            kernel = np.moveaxis(kernel, 2, 3)  # output channels last
        number = STEPS_LARGE if kernel.size > LARGE else STEPS_SMALL
        spread = np.sqrt(np.mean(kernel**2, axis=tuple(range(kernel.ndim - 1))))
        if layer.name == "decoder_dense":  # 2,048 units: one step for all
            spread = np.sqrt(np.mean(kernel**2, keepdims=True)).ravel()
        largest = max(float(np.abs(bias).max()), 1e-6)
        packed.append(
            {
                "type": kinds[kind],
                "stride": int(layer.strides[0]) if kind != "Dense" else 1,
                "activation": layer.activation.__name__,
                "outputShape": list(layer.output.shape[1:]),
                "kernel": pack(kernel, np.maximum(spread, 1e-6) / number),
                "bias": pack(bias, np.array([largest / STEPS_BIAS])),
            }
        )
    return packed


def extent(codes: np.ndarray, trim: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners of a map of codes (n, 2), float64 (2,) each."""
    low, high = np.quantile(codes, [trim, 1 - trim], axis=0)
    return low - MARGIN * (high - low), high + MARGIN * (high - low)


def network_data(name: str) -> tuple[dict[str, Any], Image.Image]:
    """Return a pretrained network of two latent dimensions with the test images' codes.

    Returns
    -------
    dict
        "encoder" and "decoder" (lists of packed layers), "codes" (packed, (5000, 2)),
        "reach": the distance beyond which a place is empty, as in
        `aelib.metrics.empty_fraction`, and "whole" and "middle": what the two maps
        show, {"x": {"low", "high"}, "y": …}.
    PIL.Image.Image
        Images decoded at places all over the whole map, and below them those of the
        middle, 28×28 pixels each, `TILE_COLUMNS` by `TILE_ROWS`.
    """
    # Keras starts slowly: a build that finds the files kept does without.
    from aelib import metrics, models, pretrained

    encoder, decoder = pretrained.load(name)
    _, _, (images, _) = datasets.load_fashion_mnist()
    codes = np.asarray(models.encode(encoder, images[:IMAGES]), "float64")
    step = np.array([np.abs(codes).max() / STEPS_CODES])
    maps, tiles = {}, []
    for key, trim in (("whole", TRIM), ("middle", TRIM_MIDDLE)):
        low, high = extent(codes, trim)
        maps[key] = {
            axis: {"low": round(low[i], 6), "high": round(high[i], 6)}
            for i, axis in enumerate("xy")
        }
        shares = [
            (np.arange(count) + 0.5) / count for count in (TILE_COLUMNS, TILE_ROWS)
        ]
        x, y = (low + np.outer(share, high - low) for share in shares)
        grid = np.stack(np.meshgrid(x[:, 0], y[::-1, 1]), axis=-1)  # the top row first
        tiles.append(decoder.predict(grid.reshape(-1, 2).astype("float32"), verbose=0))
    data = {
        "encoder": pack_layers(encoder),
        "decoder": pack_layers(decoder),
        "codes": pack(codes, step),
        "reach": float(np.quantile(metrics.nearest_neighbor_distances(codes), 0.99)),
        **maps,
    }
    return data, sheet(np.concatenate(tiles), TILE_COLUMNS)


def garments_data() -> dict[str, Any]:
    """Return what is known of the test images: labels and names, and their sheet."""
    _, _, (_, labels) = datasets.load_fashion_mnist()
    return {
        "labels": "".join(map(str, labels[:IMAGES].tolist())),
        "classes": [
            {"name": name, "color": color}
            for name, color in zip(datasets.CLASS_NAMES, CLASS_COLORS, strict=True)
        ],
        "sheetColumns": SHEET_COLUMNS,
    }


def sheet(images: np.ndarray, columns: int) -> Image.Image:
    """Return images (n, 32, 32, 1) as one picture, ink on white paper, 28×28 each."""
    rows = len(images) // columns
    ink = (255 * (1 - images[:, 2:30, 2:30, 0])).round().astype("uint8")
    picture = ink.reshape(rows, columns, 28, 28).swapaxes(1, 2)
    return Image.fromarray(picture.reshape(rows * 28, columns * 28))


def pictures_data() -> dict[str, Any]:
    """Return two test images of every class as bytes, to be drawn on.

    One is typical: its squared error, reconstructed by the pretrained network "bce-2d",
    is in the middle of its class. The other has the largest error.

    Returns
    -------
    dict
        "pictures": a list of dicts with "index", "label" and "pixels", 28×28 bytes in
        base64; first the typical ones. "mean": the mean loss of the test images on
        32×32 pixels, and its floor. "excess": how far their losses are above their
        floors, from the 0th to the 100th percentile.
    """
    from aelib import metrics, models, pretrained

    _, _, (images, labels) = datasets.load_fashion_mnist()
    images, labels = images[:IMAGES], labels[:IMAGES]
    network = models.build_autoencoder(*pretrained.load("bce-2d"))
    copies = network.predict(images, batch_size=500, verbose=0)
    misses = datasets.crop(images) - datasets.crop(copies)
    errors = np.mean(misses**2, axis=(1, 2, 3))
    typical, worst = [], []
    for label in range(len(datasets.CLASS_NAMES)):
        own = np.flatnonzero(labels == label)
        own = own[np.argsort(errors[own], kind="stable")]
        typical.append(int(own[len(own) // 2]))
        worst.append(int(own[-1]))
    pixels = np.rint(255 * datasets.crop(images)).astype("uint8")
    wide = images.astype("float64")
    excess = _cross_entropies(wide, copies) - _cross_entropies(wide, wide)
    return {
        "pictures": [
            {
                "index": index,
                "label": int(labels[index]),
                "pixels": base64.b64encode(pixels[index].tobytes()).decode(),
            }
            for index in typical + worst
        ],
        "mean": {
            "loss": metrics.binary_cross_entropy(images, copies),
            "floor": metrics.entropy_floor(images),
        },
        "excess": np.quantile(excess, np.linspace(0, 1, 101)).round(5).tolist(),
    }


def _cross_entropies(images: np.ndarray, copies: np.ndarray) -> np.ndarray:
    """Return each image's binary cross-entropy, predictions clipped as Keras does."""
    predicted = np.clip(copies, 1e-7, 1 - 1e-7, dtype="float64")
    losses = images * np.log(predicted) + (1 - images) * np.log(1 - predicted)
    return -losses.mean(axis=(1, 2, 3))


def script(name: str, data: dict[str, Any]) -> str:
    """Return a script that hands data to the live figures."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f'live.provide("{name}",{text});\n'


def _fingerprint() -> str:
    """Hash what the files are derived from: this code, cards, the classes' colours."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name in NETWORKS:
        card = ROOT / "aelib" / "pretrained" / "weights" / f"{name}.json"
        digest.update(card.read_bytes())
    digest.update(" ".join(CLASS_COLORS).encode())
    return digest.hexdigest()[:16]


def files() -> Path:
    """Return the folder that holds the files, written now if it is not there.

    Raises
    ------
    RuntimeError
        If they cannot be written.
    """
    folder = KEPT / _fingerprint()
    if not folder.is_dir():
        # In a process of its own, as TensorFlow talks and keeps its memory.
        command = [sys.executable, __file__, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{command} failed:\n{done.stderr[-2_000:]}")
    return folder


def main(folder: Path) -> None:
    """Write all files into a new folder, which appears when it is complete."""
    with tempfile.TemporaryDirectory(dir=ROOT / "_build") as temporary:
        new = Path(temporary, "live")
        new.mkdir()
        contents = {"garments": garments_data()}
        _, _, (images, _) = datasets.load_fashion_mnist()
        sheets = {"garments": sheet(images[:IMAGES], SHEET_COLUMNS)}
        for name in NETWORKS:
            contents[name], sheets[name] = network_data(name)
        contents["pictures"] = pictures_data()
        for name, data in contents.items():
            (new / f"{name}.js").write_text(script(name, data), "utf-8")
        for name, picture in sheets.items():
            picture.save(new / f"{name}.avif", quality=45)
        shutil.rmtree(KEPT, ignore_errors=True)
        KEPT.mkdir(parents=True)
        new.replace(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
