"""Draw the index page's map: encode images, decode a grid.

    python tools/latent_map.py

The network is the stored one that the chapters load.
"""

from pathlib import Path

from aelib import datasets, plotting, pretrained
import matplotlib
import matplotlib.pyplot as plt
import numpy as np

TARGET = Path(__file__).resolve().parent.parent / "static" / "latent_map.webp"
POINTS = 3_000
COLUMNS, ROWS = 22, 16


def main() -> None:
    """Encode, decode, draw and write the picture."""
    matplotlib.use("agg")
    plotting.use_style()
    _, _, (test_images, test_labels) = datasets.load_fashion_mnist()
    encoder, decoder = pretrained.load("bce-2d")
    codes = encoder.predict(test_images[:POINTS], verbose=0)
    low, high = np.percentile(codes, [0.5, 99.5], axis=0)
    x_values = np.linspace(low[0], high[0], COLUMNS)
    y_values = np.linspace(low[1], high[1], ROWS)
    grid = np.stack(np.meshgrid(x_values, y_values), axis=-1).reshape(-1, 2)
    images = decoder.predict(grid, verbose=0).reshape(ROWS, COLUMNS, 32, 32)

    axis = plotting.show_codes(codes, test_labels[:POINTS], datasets.CLASS_NAMES)
    plotting.draw_decoded(axis, images, x_values, y_values)
    plt.savefig(TARGET, pil_kwargs={"quality": 85})


if __name__ == "__main__":
    main()
