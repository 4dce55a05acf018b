"""Train the same network with three losses from three seeds; store what comes out.

    python studies/loss_study.py

The recipe is "short". The networks trained with binary cross-entropy are the stored
models bce-2d-seed0 to 2. A quarter of an hour on two cores.
"""

from dataclasses import replace

from aelib import datasets, metrics, models, pretrained, results, training
import keras


def root_mean_squared_error(images, reconstructions):
    """Return the root of the whole batch's mean squared error."""
    squares = keras.ops.square(images - reconstructions)
    return keras.ops.sqrt(keras.ops.mean(squares))


def main() -> None:
    """Run all and write the table in one piece at the end."""
    (images, _), (validation_images, _), _ = datasets.load_fashion_mnist()
    rows = []
    for loss in ("bce", "mse", "rmse"):
        for seed in range(3):
            if loss == "bce":
                encoder, decoder = pretrained.load(f"bce-2d-seed{seed}")
            else:
                function = {"mse": "mse", "rmse": root_mean_squared_error}[loss]
                recipe = replace(training.get_recipe("short"), loss=function, seed=seed)
                autoencoder, _ = training.fit(recipe, images)
                encoder, decoder = training.models.split_autoencoder(autoencoder)
            codes = models.encode(encoder, validation_images)
            drawn = decoder.predict(codes, batch_size=500, verbose=0)
            errors = metrics.reconstruction_errors(validation_images, drawn)
            sharp = metrics.sharpness(datasets.crop(drawn))
            sharp /= metrics.sharpness(datasets.crop(validation_images))
            row = {"loss": loss, "seed": seed}
            row |= {key: f"{value:.5f}" for key, value in errors.items()}
            rows.append(row | {"sharpness": f"{sharp:.4f}"})
            print(rows[-1], flush=True)
    results.store("loss_study", rows)


if __name__ == "__main__":
    main()
