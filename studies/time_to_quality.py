"""Time how long the plain and the fast recipe take to the same validation loss.

    python studies/time_to_quality.py [pairs]

Both train in one process on the 50,000 training images, by turns, each pair from a seed
of its own. The mark is the validation loss that the plain recipe ends with, on average
over the pairs; chapter 5, for which the result is stored, asserts that the fast recipe
reaches it. The seconds are those of the whole training, without validation. Two minutes
a pair on two cores; leave the machine alone meanwhile.
"""

from dataclasses import replace
import sys
from time import perf_counter

from aelib import datasets, pretrained, results, training
import numpy as np
import tensorflow as tf

# Multiplications and additions of one training step, per image: three times the
# forward pass, for the gradients of inputs and of weights are as much work each.
MFLOP_PER_IMAGE = 3 * 29


def matrix_product_rate() -> float:
    """Return the float32 rate of this machine, in GFLOP a second."""
    side, rates = 2_048, []
    matrix = tf.random.normal((side, side))
    for _ in range(10):
        begin = perf_counter()
        tf.linalg.matmul(matrix, matrix).numpy()
        rates.append(2 * side**3 / (perf_counter() - begin) / 1e9)
    return max(rates)


def main(pairs: int) -> None:
    """Run all pairs, print the table and store it in one piece at the end."""
    (images, _), (validation_images, _), _ = datasets.load_fashion_mnist()
    rows, ratios = [], []
    for seed in range(pairs):
        marks = {}
        for name in ("plain", "fast"):
            recipe = replace(training.get_recipe(name), seed=seed)
            begin = perf_counter()
            autoencoder, _ = training.fit(recipe, images)
            seconds = perf_counter() - begin
            halves = training.models.split_autoencoder(autoencoder)
            loss = pretrained.evaluate(*halves, validation_images)["bce_32"]
            marks[name] = seconds, loss
            rate = recipe.epochs * len(images) / seconds
            share = rate * MFLOP_PER_IMAGE / 1e3 / matrix_product_rate()
            rows.append(
                {
                    "pair": seed,
                    "recipe": name,
                    "seconds": f"{seconds:.1f}",
                    "validation_bce": f"{loss:.4f}",
                    "images_per_second": f"{rate:.0f}",
                    "share_of_matrix_product": f"{share:.2f}",
                }
            )
            print(rows[-1], flush=True)
        ratios.append(marks["plain"][0] / marks["fast"][0])
        print(f"pair {seed}: ratio {ratios[-1]:.2f}", flush=True)
    means = {
        name: np.mean([float(r["validation_bce"]) for r in rows if r["recipe"] == name])
        for name in marks
    }
    print(f"mean validation BCE {means}")
    print(f"ratio {np.mean(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}")
    results.store("time_to_quality", rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
