"""Judge an autoencoder of one's own images, and write a page about it (chapter 10).

A `Measurement` compares its errors with those of the mean image and of PCA, `judge`
says in words what the numbers mean, `write` makes one HTML file. `aelib.train` calls
them.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from html import escape
import io
from pathlib import Path
from string import Template
from typing import Any

from aelib import models, plotting
from aelib.folders import StoredImages
import keras
from matplotlib.axes import Axes
from matplotlib.figure import Figure
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.decomposition import IncrementalPCA, PCA

__all__ = ["Measurement", "judge", "write"]

# Values in a batch of images for PCA: as 64-bit floats they take 128 MB.
PCA_VALUES = 2**24
SHOWN = 8  # images in a row of the report
ON_MAP = 200  # images on the report's map


class Measurement:
    """What an autoencoder, PCA and the mean image make of two sets of images.

    PCA has as many components as the autoencoder has latent dimensions. Memory does not
    grow with the number of images: if they do not fit into one batch, PCA is fitted
    batch by batch (scikit-learn's `IncrementalPCA`), which is nearly the same.

    Parameters
    ----------
    autoencoder
        Trained, from `aelib.models.build_autoencoder`.
    train, validation
        The images that it was trained on, and others.

    Attributes
    ----------
    errors
        Mean squared error of each image, in squared pixel values: a row per image, the
        columns "autoencoder", "PCA" and "mean image"; for "train" and "validation".
    codes
        Latent vectors of the validation images, float32 (n, latent_dim).
    components
        Number of PCA's components: the latent dimension, or one fewer than there are
        training images.
    spread
        Standard deviation of a pixel over the reconstructions of the validation images,
        divided by that over the images; 0 if all reconstructions are one picture.

    Raises
    ------
    ValueError
        If there are fewer than two training images.
    """

    def __init__(
        self, autoencoder: keras.Model, train: StoredImages, validation: StoredImages
    ) -> None:
        if len(train) < 2:
            raise ValueError(
                f"there are {len(train)} training images; give two or more"
            )
        self.encoder, self.decoder = models.split_autoencoder(autoencoder)
        output = self.encoder.output_shape
        latent_dim = (output[0] if isinstance(output, list) else output)[-1]
        self._batch_size = models.inference_batch_size(train.shape[1:])
        self._pca = _fit_pca(train, latent_dim)
        self.components = self._pca.n_components_
        self.codes = np.concatenate(
            [models.encode(self.encoder, batch) for batch in self._batches(validation)]
        )
        self.errors = {
            "train": self._measure(train),
            "validation": self._measure(validation),
        }
        self.spread = self._measure_spread(validation)

    def reconstruct(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Return what each method makes of images, float (n, height, width, channels).

        Parameters
        ----------
        images
            float32 (n, height, width, channels) in [0, 1].
        """
        codes = models.encode(self.encoder, images)
        flat = images.reshape(len(images), -1)
        pca = self._pca.inverse_transform(self._pca.transform(flat))
        mean = np.broadcast_to(self._pca.mean_.astype("float32"), flat.shape)
        return {
            "autoencoder": self.decoder.predict(
                codes, batch_size=self._batch_size, verbose=0
            ),
            "PCA": np.clip(pca, 0, 1).reshape(images.shape),
            "mean image": mean.reshape(images.shape),
        }

    def _batches(self, images: StoredImages) -> Iterator[np.ndarray]:
        return images.batches(self._batch_size)

    def _measure(self, images: StoredImages) -> pd.DataFrame:
        parts = [
            {
                name: np.mean((batch - other) ** 2, axis=(1, 2, 3), dtype="float64")
                for name, other in self.reconstruct(batch).items()
            }
            for batch in self._batches(images)
        ]
        return pd.concat(map(pd.DataFrame, parts), ignore_index=True)

    def _measure_spread(self, images: StoredImages) -> float:
        given = _Variance()
        drawn = _Variance()
        for batch in self._batches(images):
            given.add(batch)
            drawn.add(self.reconstruct(batch)["autoencoder"])
        return float(np.sqrt(drawn.mean() / max(given.mean(), 1e-12)))


class _Variance:
    """Variance of each pixel over images that come in batches."""

    def __init__(self) -> None:
        self.count = 0
        self.total: Any = 0.0
        self.squares: Any = 0.0

    def add(self, images: np.ndarray) -> None:
        self.count += len(images)
        self.total = self.total + images.sum(axis=0, dtype="float64")
        self.squares = self.squares + np.square(images, dtype="float64").sum(axis=0)

    def mean(self) -> float:
        mean = self.total / self.count
        return float(np.maximum(self.squares / self.count - mean**2, 0).mean())


def judge(
    errors: Mapping[str, pd.DataFrame],
    history: Sequence[Mapping[str, float]],
    spread: float = 1.0,
    near_copies: int = 0,
) -> list[str]:
    """Say in words what the errors and the learning curve mean.

    Methods are compared image by image: "worse" and "better" mean that the mean
    difference of the validation images is beyond 1.96 standard errors.

    Parameters
    ----------
    errors, spread
        As in `Measurement`.
    history
        For each epoch "loss" and "val_loss", from `aelib.training.fit`.
    near_copies
        Number of validation images of which the training images hold nearly the same.

    Returns
    -------
    list of str
        One sentence or two for each finding, the gravest first.
    """
    validation = errors["validation"]
    own = validation["autoencoder"].mean()
    mean, pca = validation["mean image"].mean(), validation["PCA"].mean()
    found = []
    low, _ = _interval(validation["mean image"] - validation["autoencoder"])
    # Two hundredths of its error is a difference that no eye sees.
    if own >= 0.98 * mean or low <= 0:
        found.append(
            f"The network has {'' if own >= 0.98 * mean else 'not clearly '}learned "
            f"{'no ' if own >= 0.98 * mean else ''}more than the mean image: that "
            f"image's error on validation images is {mean:.5f}, the network's "
            f"{own:.5f}. Train longer, or with another learning rate."
        )
    if spread < 0.1:
        found.append(
            "Its reconstructions hardly differ from each other "
            f"({100 * spread:.0f} % of the images' own spread): the decoder ignores "
            "the code."
        )
    low, high = _interval(validation["PCA"] - validation["autoencoder"])
    if high < 0:
        found.append(
            f"On validation images the network is worse than PCA: its error is "
            f"{own:.5f}, that of PCA with as many numbers {pca:.5f}. PCA is the better "
            "choice, unless more images or another training change that."
        )
    elif low > 0:
        found.append(
            f"On validation images the network is better than PCA: its error is "
            f"{own:.5f}, that of PCA with as many numbers {pca:.5f}."
        )
    else:
        found.append(
            "On validation images network and PCA do not differ clearly: their errors "
            f"are {own:.5f} and {pca:.5f}."
        )
    seen = errors["train"]["autoencoder"].mean()
    if own > 1.5 * seen:
        found.append(
            f"It overfits: the error on validation images is {own / seen:.1f} times "
            "that on training images. More images help, then a smaller network."
        )
    curve = np.array([epoch.get("val_loss", np.nan) for epoch in history])
    if np.isfinite(curve).all() and len(curve) > 1:
        best = int(np.argmin(curve))
        if curve[-1] > 1.02 * curve[best] and curve[best] > 0:
            found.append(
                f"The validation loss was lowest after epoch {best + 1} and has risen "
                f"since: train again with --epochs {best + 1}."
            )
    if np.sqrt(mean) < 0.03:
        found.append(
            "The images are nearly all the same: the mean image misses a pixel by "
            f"{255 * np.sqrt(mean):.1f} of 255 grey levels (root mean square). Small "
            "errors say little here; compare with the mean image's."
        )
    if near_copies:
        found.append(
            f"{near_copies} of {len(validation)} validation images have a near copy "
            "among the training images, so the validation error is too low if they "
            "come from one scene. Keep such images together with --group."
        )
    return found


def write(
    path: Path,
    title: str,
    card: Mapping[str, Any],
    measurement: Measurement,
    validation: StoredImages,
    names: Sequence[str],
) -> None:
    """Write a report: findings, errors, learning curve, reconstructions, latent map.

    Parameters
    ----------
    path
        The HTML file; it holds its pictures and needs no other file.
    title
        Its heading.
    card
        With "findings", a list of str; "history", as in `judge`; "settings" and "data",
        dictionaries of what is to be listed.
    measurement
        The errors and codes.
    validation
        The validation images that were measured.
    names
        Their names, (n,).

    Raises
    ------
    OSError
        If the file cannot be written; an older one then remains.
    """
    errors = measurement.errors["validation"]
    order = np.argsort(errors["autoencoder"], kind="stable")
    spaced = order[np.linspace(0, len(order) - 1, min(SHOWN, len(order))).astype(int)]
    worst = order[::-1][:SHOWN]
    table = pd.DataFrame(
        {part: frame.mean() for part, frame in measurement.errors.items()}
    )
    with plt.rc_context():
        plotting.use_style()
        figures = {
            "curve": _embed(_draw_curve(card["history"])),
            "reconstructions": _embed(_draw_rows(measurement, validation, spaced)),
            "worst": _embed(_draw_rows(measurement, validation, worst)),
            "map": _embed(_draw_map(measurement.codes, validation)),
        }
    page = PAGE.substitute(
        figures,
        title=escape(title),
        findings="".join(f"<li>{escape(text)}</li>" for text in card["findings"]),
        errors=table.to_html(float_format="{:.5f}".format, border=0),
        components=measurement.components,
        worst_names="".join(
            f"<li>{escape(names[place])}, {errors['autoencoder'][place]:.5f}</li>"
            for place in worst
        ),
        axes=_axes_of(measurement.codes),
        settings=_list(card["settings"]),
        data=_list(card["data"]),
    )
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(page, "utf-8")
    temporary.replace(path)


def _interval(differences: pd.Series) -> tuple[float, float]:
    """Return the mean difference minus and plus 1.96 standard errors."""
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    half = 1.96 * (error if np.isfinite(error) else np.inf)
    return differences.mean() - half, differences.mean() + half


def _fit_pca(images: StoredImages, components: int) -> IncrementalPCA | PCA:
    values = int(np.prod(images.shape[1:]))
    components = min(components, len(images) - 1, values)
    size = max(2 * components, PCA_VALUES // values)
    if size >= len(images):
        return PCA(components, svd_solver="randomized", random_state=0).fit(
            images[:].reshape(len(images), -1)
        )
    pca = IncrementalPCA(components)
    # Equal parts, so that the last one is not too small.
    count = -(-len(images) // size)
    for places in np.array_split(np.arange(len(images)), count):
        pca.partial_fit(images[places].reshape(len(places), -1))
    return pca


def _draw_curve(history: Sequence[Mapping[str, float]]) -> Figure:
    curves = {
        name: np.array([epoch[key] for epoch in history])
        for name, key in (("training", "loss"), ("validation", "val_loss"))
        if all(key in epoch for epoch in history)
    }
    (axis,) = plotting.show_curves(
        {"loss": curves}, np.arange(1, len(history) + 1), "epoch"
    )
    return _figure_of(axis)


def _draw_rows(
    measurement: Measurement, images: StoredImages, places: np.ndarray
) -> Figure:
    given = images[places]
    rows = {"image": given, **measurement.reconstruct(given)}
    axes = plotting.show_rows([_as_color(row) for row in rows.values()], list(rows))
    return _figure_of(axes[0, 0])


def _draw_map(codes: np.ndarray, images: StoredImages) -> Figure:
    chosen = np.linspace(0, len(codes) - 1, min(ON_MAP, len(codes))).astype(int)
    places = _to_plane(codes)[chosen]
    return _figure_of(plotting.show_pictures_at(places, _as_color(images[chosen])))


def _figure_of(axis: Axes) -> Figure:
    figure = axis.figure
    assert isinstance(figure, Figure)  # no part of one
    return figure


def _to_plane(codes: np.ndarray) -> np.ndarray:
    """Return codes as points: themselves, or on their two principal axes."""
    if codes.shape[1] == 1:
        return np.column_stack([codes[:, 0], np.zeros(len(codes))])
    if codes.shape[1] == 2 or len(codes) < 3:
        return codes[:, :2]
    return PCA(2, random_state=0).fit_transform(codes)


def _axes_of(codes: np.ndarray) -> str:
    if codes.shape[1] <= 2:
        return "the latent vector itself"
    return f"the first two principal axes of the {codes.shape[1]} numbers"


def _as_color(images: np.ndarray) -> np.ndarray:
    """Return images with three channels, so that 0 is black, as in photographs."""
    return np.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images


def _embed(figure: Figure) -> str:
    """Return a figure as the address of an image in the page, and close it."""
    file = io.BytesIO()
    figure.savefig(file, format="png")
    plt.close(figure)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def _list(values: Mapping[str, Any]) -> str:
    return "".join(
        f"<dt>{escape(name.replace('_', ' '))}</dt><dd>{escape(_to_text(value))}</dd>"
        for name, value in values.items()
    )


def _to_text(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = [f"{name}: {other}" for name, other in value.items()]
        return "; ".join(pairs) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value)


PAGE = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto;
  padding: 0 1rem; }
img { width: 100%; height: auto; background: white; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.2rem 0.8rem 0.2rem 0; text-align: right; }
th:first-child { text-align: left; }
dt { font-weight: 600; }
dd { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
</style>
<h1>$title</h1>
<h2>What the numbers say</h2>
<ul>$findings</ul>
<h2>Errors</h2>
<p>Mean squared errors, in squared pixel values from 0 to 1. PCA has $components
components; the mean image is that of the training images.</p>
<div class="wide">$errors</div>
<h2>Learning curve</h2>
<img src="$curve" alt="Loss of training and validation images over the epochs.">
<h2>Reconstructions</h2>
<p>Validation images, from the smallest error at the left to the largest.</p>
<img src="$reconstructions" alt="Rows of pictures: images, and what the autoencoder,
PCA and the mean image make of them.">
<h2>The largest errors</h2>
<p>Look at these files first: they are unlike the others, or wrong.</p>
<img src="$worst" alt="Rows of pictures as above, of the images with the largest
errors.">
<ol>$worst_names</ol>
<h2>Latent map</h2>
<p>Validation images at their codes; the axes are $axes.</p>
<img src="$map" alt="Small pictures scattered over a plane.">
<h2>Settings</h2>
<dl>$settings</dl>
<h2>Data</h2>
<dl>$data</dl>
</html>
""")
