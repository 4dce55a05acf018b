"""Look at one network while it is trained; store what the live figure shows of it.

    python studies/forming_study.py

For the live figure "forming" of chapter 5. One training with the recipe "plain", the
chapter's own, step by step as `aelib.training.fit` does it. Before the first step and
after others, whose numbers grow by about equal factors, the study keeps the codes of
2,000 test images, the reconstructions of ten of them and the validation loss. Ten
minutes on two cores. What was seen is kept in `_build/studies/forming.npz`, and not
seen again while the recipe and the steps are the same.

It writes `static/live/data/forming.js` and `forming.avif`, a sheet with one column for
each of the ten garments: its reconstructions, one row for each look, and below them the
original.
"""

from dataclasses import asdict
from importlib.metadata import version
import json
from pathlib import Path
import sys
from typing import Any

from aelib import datasets, metrics, models, training
import networks
import numpy as np
from PIL import Image
from sklearn.neighbors import KNeighborsClassifier

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools"))
import live_data  # noqa: E402

TARGET = ROOT / "static" / "live" / "data"
RECIPE = "plain"
COUNT = 2_000  # test images whose codes are kept
LOOKS = 46  # before the first step, and this often afterwards; equal steps count once
STEPS_CLOUD = 500  # of packing, in the middle 99 % of a cloud


def choose_steps(last: int) -> list[int]:
    """Return after which steps the study looks: 0, then by about equal factors."""
    return [0, *np.unique(np.rint(np.geomspace(1, last, LOOKS)).astype(int)).tolist()]


def choose_garments(labels: np.ndarray) -> list[int]:
    """Return the position of the first image of each class."""
    return [int(np.flatnonzero(labels == kind)[0]) for kind in range(10)]


def watch() -> dict[str, Any]:
    """Train, or find what was kept; return it, one entry for each look or each step."""
    recipe = training.get_recipe(RECIPE)
    steps = choose_steps(recipe.count_steps(50_000))
    settings = json.dumps([asdict(recipe), steps])
    path = networks.KEPT / "forming.npz"
    if path.exists():
        with np.load(path) as kept:
            if str(kept["settings"]) == settings:
                return {name: kept[name].tolist() for name in kept}
    seen = train(recipe, steps)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, settings=settings, **seen)
    return seen


def train(recipe: training.Recipe, steps: list[int]) -> dict[str, Any]:
    """Train as `aelib.training.fit` does, and look after the given steps."""
    (images, _), (validation, _), (test, labels) = datasets.load_fashion_mnist()
    few, garments = test[:COUNT], test[choose_garments(labels[:COUNT])]
    autoencoder = training.build(recipe)
    training.compile_autoencoder(autoencoder, recipe, len(images))
    encoder, _ = models.split_autoencoder(autoencoder)
    seen: dict[str, Any] = {
        "steps": steps,
        "codes": [],
        "reconstructions": [],
        "validation": [],
        "batches": [],  # each batch's loss, before its step
    }

    def look() -> None:
        seen["codes"].append(models.encode(encoder, few))
        seen["reconstructions"].append(autoencoder.predict(garments, verbose=0))
        loss = autoencoder.evaluate(validation, validation, batch_size=500, verbose=0)
        seen["validation"].append(loss)
        print(f"after {len(seen['batches'])} steps: {loss:.4f}", flush=True)

    look()
    steps_per_epoch = -(-len(images) // recipe.batch_size)
    order = np.arange(0)
    for step in range(steps[-1]):
        epoch, batch = divmod(step, steps_per_epoch)
        if batch == 0:
            order = np.random.default_rng((recipe.seed, epoch)).permutation(len(images))
        begin = batch * recipe.batch_size
        chosen = images[order[begin : begin + recipe.batch_size]]
        autoencoder.reset_metrics()
        loss = autoencoder.train_on_batch(chosen, chosen)
        seen["batches"].append(float(np.ravel(loss)[0]))
        if step + 1 in steps:
            look()
    return seen


def pack_codes(codes: np.ndarray) -> dict[str, Any]:
    """Pack codes in steps that are small beside the cloud; the farthest need more."""
    low, high = np.quantile(codes, [0.005, 0.995], axis=0)
    least = np.abs(codes).max(axis=0) / 26_000
    return live_data.pack(codes, np.maximum((high - low) / STEPS_CLOUD, least))


def unpack(packed: dict[str, Any]) -> np.ndarray:
    """Return what `core.unpack` makes of packed numbers in the browser."""
    numbers = np.array([ord(character) for character in packed["text"]])
    numbers -= live_data.FIRST + (numbers > live_data.BACKSLASH)
    whole = np.where(numbers % 2, -(numbers + 1) // 2, numbers // 2)
    return whole.reshape(packed["shape"]) * np.array(packed["steps"])


def neighbor_accuracy(codes: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of images whose five nearest others vote for their class."""
    voters = KNeighborsClassifier(5).fit(codes, labels)
    return float(np.mean(voters.predict(None) == labels))  # without the image itself


def data(seen: dict[str, Any]) -> dict[str, Any]:
    """Return what the figure loads, settings included."""
    (images, _), (validation, _), (_, labels) = datasets.load_fashion_mnist()
    labels = labels[:COUNT]
    recipe = training.get_recipe(RECIPE)
    packed = [pack_codes(np.array(codes)) for codes in seen["codes"]]
    mean = np.broadcast_to(images.mean(axis=0), validation.shape)
    return {
        "settings": {
            "recipe": RECIPE,
            "seed": recipe.seed,
            "epochs": recipe.epochs,
            "batchSize": recipe.batch_size,
            "learningRate": recipe.learning_rate,
            "trainingImages": len(images),
            "validationImages": len(validation),
            "versions": {name: version(name) for name in ("keras", "tensorflow")},
        },
        "stepsPerEpoch": -(-len(images) // recipe.batch_size),
        "steps": seen["steps"],
        "codes": packed,
        "validation": [round(float(loss), 4) for loss in seen["validation"]],
        "batches": [round(loss, 3) for loss in seen["batches"]],
        "meanImage": round(metrics.binary_cross_entropy(validation, mean), 4),
        # Of the codes as the browser has them.
        "accuracy": [
            round(neighbor_accuracy(unpack(codes), labels), 4) for codes in packed
        ],
        "garments": choose_garments(labels),
    }


def sheet(seen: dict[str, Any]) -> Image.Image:
    """Return reconstructions and originals, ink on white paper, 28×28 pixels each."""
    _, _, (test, labels) = datasets.load_fashion_mnist()
    garments = test[choose_garments(labels[:COUNT])]
    rows = np.stack([*map(np.array, seen["reconstructions"]), garments])[
        :, :, 2:30, 2:30, 0
    ]
    ink = (255 * (1 - rows)).round().astype("uint8")
    return Image.fromarray(ink.swapaxes(1, 2).reshape(28 * len(rows), -1))


def main() -> None:
    """Write both files when the training is over."""
    seen = watch()
    TARGET.mkdir(exist_ok=True)
    text = live_data.script("forming", data(seen))
    (TARGET / "forming.js").write_text(text, "utf-8", newline="\n")
    sheet(seen).save(TARGET / "forming.avif", quality=75)


if __name__ == "__main__":
    main()
