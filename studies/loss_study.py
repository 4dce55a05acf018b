"""Train the same network with three losses from three seeds; store what comes out.

    python studies/loss_study.py [--jobs N]

For chapter 4, with the recipe "short". Six trainings of one to two minutes on two
cores.
"""

from dataclasses import replace

from aelib import datasets, metrics, models, results, training
from aelib.pretrained import Spec
import command
import keras
import networks

SEEDS = range(3)


def root_mean_squared_error(images, reconstructions):
    """Return the root of the whole batch's mean squared error."""
    squares = keras.ops.square(images - reconstructions)
    return keras.ops.sqrt(keras.ops.mean(squares))


LOSSES = {
    "bce": "binary_crossentropy",
    "mse": "mse",
    "rmse": root_mean_squared_error,
}


def list_specs() -> list[Spec]:
    """List the networks, three for each loss."""
    short = training.get_recipe("short")
    return [
        Spec(replace(short, loss=loss, seed=seed))
        for loss in LOSSES.values()
        for seed in SEEDS
    ]


def main() -> None:
    """Measure all networks, and write the table in one piece at the end."""
    _, (images, _), _ = datasets.load_fashion_mnist()
    original = metrics.sharpness(datasets.crop(images))
    names = {loss: name for name, loss in LOSSES.items()}
    rows = []
    for spec, encoder, decoder in networks.train(list_specs()):
        codes = models.encode(encoder, images)
        drawn = decoder.predict(codes, batch_size=500, verbose=0)
        errors = metrics.reconstruction_errors(images, drawn)
        sharp = metrics.sharpness(datasets.crop(drawn)) / original
        row = {"loss": names[spec.recipe.loss], "seed": spec.recipe.seed}
        row |= {key: f"{value:.5f}" for key, value in errors.items()}
        rows.append(row | {"sharpness": f"{sharp:.4f}"})
        print(rows[-1], flush=True)
    results.store("loss_study", rows)


if __name__ == "__main__":
    command.run(main)
