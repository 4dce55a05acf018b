"""Time the recipes "plain" and "fast" against each other, and one change at a time.

    python studies/time_to_quality.py [PAIRS [SEEDS]]

The pairs: both recipes in one process on the 50,000 training images, by turns, each
pair from a seed of its own. The mark is the validation loss that the plain recipe ends
with, on average over the pairs; appendix B asserts that the fast recipe reaches it.

The changes: from the plain recipe, stopped after as many images as the fast one sees,
to the fast one, each change on top of those before. What counts is the validation loss.

The seconds are those of the whole training, without validation. Two to three minutes a
pair and one or two for a seed's changes, on two cores; leave them alone meanwhile.
"""

from dataclasses import replace
import sys
from time import perf_counter

from aelib import datasets, models, pretrained, results, training
import numpy as np
import tensorflow as tf

# Multiplications and additions of one training step, per image: three times the
# forward pass, for the gradients of inputs and of weights are as much work each.
MFLOP_PER_IMAGE = 3 * 29

(IMAGES, _), (VALIDATION_IMAGES, _), _ = datasets.load_fashion_mnist()


def matrix_product_rate() -> float:
    """Return the float32 rate of this machine, in GFLOP a second."""
    side, rates = 2_048, []
    matrix = tf.random.normal((side, side))
    for _ in range(10):
        begin = perf_counter()
        tf.linalg.matmul(matrix, matrix).numpy()
        rates.append(2 * side**3 / (perf_counter() - begin) / 1e9)
    return max(rates)


def train(recipe: training.Recipe) -> tuple[float, float]:
    """Train with a recipe; return the seconds and the validation loss."""
    begin = perf_counter()
    autoencoder, _ = training.fit(recipe, IMAGES)
    seconds = perf_counter() - begin
    halves = models.split_autoencoder(autoencoder)
    return seconds, pretrained.evaluate(*halves, VALIDATION_IMAGES)["bce_32"]


def race(pairs: int) -> list[dict[str, object]]:
    """Train with both recipes by turns; return the rows of the table."""
    rows: list[dict[str, object]] = []
    for seed in range(pairs):
        for name in ("plain", "fast"):
            recipe = replace(training.get_recipe(name), seed=seed)
            seconds, loss = train(recipe)
            rate = recipe.epochs * len(IMAGES) / seconds
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
    return rows


def list_changes() -> dict[str, training.Recipe]:
    """Return the recipes between "plain", stopped early, and "fast", by the change."""
    plain, fast = map(training.get_recipe, ("plain", "fast"))
    recipe = replace(plain, epochs=fast.epochs)
    recipes = {"plain, stopped": recipe}
    for name, fields in {
        "small batches": ("batch_size",),
        "rate and schedule": ("learning_rate", "schedule"),
        "shorter memory": ("beta_1", "beta_2"),
        "first bias": ("output_bias",),
        "steps per execution": ("steps_per_execution", "jit_compile"),
    }.items():
        recipe = replace(recipe, **{field: getattr(fast, field) for field in fields})
        recipes[name] = recipe
    if recipe != fast:
        raise RuntimeError(f"the changes lead to {recipe}, not to {fast}")
    return recipes


def change(seeds: int) -> list[dict[str, object]]:
    """Train with each of the changes; return the rows of the table."""
    rows: list[dict[str, object]] = []
    for seed in range(seeds):
        for name, recipe in list_changes().items():
            seconds, loss = train(replace(recipe, seed=seed))
            rows.append(
                {
                    "seed": seed,
                    "change": name,
                    "seconds": f"{seconds:.1f}",
                    "validation_bce": f"{loss:.4f}",
                }
            )
            print(rows[-1], flush=True)
    return rows


def main(pairs: int = 10, seeds: int = 5) -> None:
    """Write each table in one piece when it is whole."""
    rows = race(pairs)
    results.store("time_to_quality", rows)
    for name in ("plain", "fast"):
        own = [row for row in rows if row["recipe"] == name]
        losses, seconds = (
            np.array([float(str(row[key])) for row in own])
            for key in ("validation_bce", "seconds")
        )
        spread = losses.std(ddof=1) if pairs > 1 else np.nan
        print(f"{name}: {seconds.mean():.1f} s, BCE {losses.mean():.4f} ± {spread:.4f}")
    results.store("recipe_changes", change(seeds))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
