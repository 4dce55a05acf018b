"""Draw the index page's map: train the network, encode images, decode a grid.

    python tools/latent_map.py

Chapter 5's plain settings: 3 epochs on the 50,000 training images, a few minutes on
two cores.
"""

from pathlib import Path

from aelib import data, maps, models, plots
import keras
import matplotlib
import numpy as np

TARGET = Path(__file__).resolve().parent.parent / "static" / "latent_map.webp"
SEED = 0
POINTS = 3_000
COLUMNS, ROWS = 22, 16


def main() -> None:
    """Train, draw and write the picture."""
    matplotlib.use("agg")
    plots.use_style()
    keras.utils.set_random_seed(SEED)
    (train_images, _), _, (test_images, test_labels) = data.load_fashion_mnist()
    encoder, decoder = models.build_encoder(), models.build_decoder()
    autoencoder = models.build_autoencoder(encoder, decoder)
    autoencoder.compile(optimizer="adam", loss="binary_crossentropy")
    autoencoder.fit(train_images, train_images, epochs=3, batch_size=100, verbose=2)

    codes = encoder.predict(test_images[:POINTS], verbose=0)
    low, high = np.percentile(codes, [0.5, 99.5], axis=0)
    x_values, y_values = np.linspace(low, high, 2).T
    x_values = np.linspace(*x_values, COLUMNS)
    y_values = np.linspace(*y_values, ROWS)
    grid = np.stack(np.meshgrid(x_values, y_values), axis=-1).reshape(-1, 2)
    images = decoder.predict(grid, verbose=0).reshape(ROWS, COLUMNS, 32, 32)

    axis = maps.show_codes(codes, test_labels[:POINTS], data.CLASS_NAMES)
    maps.draw_decoded(axis, images, x_values, y_values)
    axis.figure.savefig(TARGET, pil_kwargs={"quality": 85})


if __name__ == "__main__":
    main()
