"""Train an autoencoder on a folder of image files: `python -m aelib.train FOLDER`.

Chapter 10 goes the same way step by step. What is computed stands in other modules:
`aelib.folders` reads, `aelib.training` trains, `aelib.reports` judges.
"""

import argparse
from collections.abc import Sequence
import contextlib
import errno
from importlib import metadata
import json
import math
import os
from pathlib import Path
import shutil
import sys
import time
from typing import Any, TYPE_CHECKING

from tqdm import tqdm

if TYPE_CHECKING:
    from aelib import folders
    import keras

__all__ = ["main"]

FULL = (errno.ENOSPC, errno.EDQUOT)
DONE, WRONG_USE, UNREADABLE, NOT_WRITTEN, DIVERGED, STOPPED = 0, 2, 3, 4, 5, 130
PASSES = 100_000  # training images that pass in all, if --epochs is not given

DESCRIPTION = """\
Train an autoencoder on all images of a folder and its subfolders, and report how good
it is beside PCA and the mean image. DIR then holds

  model.keras   the network, for keras.models.load_model
  card.json     settings, data, learning curve, errors, findings
  report.html   the same with pictures: reconstructions, largest errors, latent map

Ctrl-C stops: the epochs that are done are saved, and the same command goes on.
"""
EXIT_CODES = f"""\
exit status:
  {DONE}    done
  {WRONG_USE}    wrong use: an option, no such folder, no image in it, DIR is taken
  {UNREADABLE}    a file cannot be read, with --on-error stop
  {NOT_WRITTEN}    DIR cannot be written, e.g. the disk is full
  {DIVERGED}    the loss became NaN or infinite
  {STOPPED}  stopped with Ctrl-C
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, train and report.

    Parameters
    ----------
    arguments
        The words after the command's name; None: those of the process.

    Returns
    -------
    int
        The exit status; `--help` explains each.
    """
    options = _parse(arguments)
    out, folder = options.out.resolve(), options.folder.resolve()
    settings = _settings(options)
    try:
        _check_out(out, folder, settings)
        _import_quietly()
        _train(folder, out, settings, options.on_error == "stop")
        return DONE
    except FailureError as failure:
        status, message = failure.status, str(failure)
    except KeyboardInterrupt:
        status, message = STOPPED, "\nStopped before the training began."
    except FloatingPointError as error:
        status, message = DIVERGED, f"{error} (--learning-rate)"
    except (FileNotFoundError, NotADirectoryError) as error:
        status, message = WRONG_USE, str(error)
    except OSError as error:
        if error.errno not in (*FULL, errno.EACCES, errno.EROFS):
            raise
        status = NOT_WRITTEN
        message = (
            f"{out} cannot be written: {error.strerror or error}. Make room or choose "
            "another --out; the same command then goes on"
        )
    print(message, file=sys.stderr)
    return status


class FailureError(Exception):
    """What ends the command, with the exit status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def _import_quietly() -> None:
    """Import TensorFlow without the lines about processors that it prints then."""
    kept = os.dup(2)
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        import tensorflow as tf

        tf.config.list_physical_devices("GPU")  # looks for a driver, and says so
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m aelib.train",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("folder", type=Path, metavar="FOLDER", help="image files, also in subfolders")
    add("--out", type=Path, required=True, metavar="DIR", help="for the results")
    add(
        "--size",
        type=_size,
        default=(64, 64),
        metavar="N or HxW",
        help="height and width of the images in pixels (64)",
    )
    add(
        "--fit",
        choices=("crop", "stretch", "pad"),
        default="crop",
        help="how images of other proportions get this size: cut the longer side, "
        "change the proportions, or add black bars (crop)",
    )
    add("--grey", action="store_true", help="one channel instead of three")
    add(
        "--latent-dim",
        type=_positive,
        default=16,
        metavar="N",
        help="latent dimension (16)",
    )
    add(
        "--filters",
        type=_positive,
        nargs="+",
        default=[32, 64, 128],
        metavar="N",
        help="filters of each layer of the encoder; each layer halves the sides "
        "(32 64 128)",
    )
    add(
        "--loss",
        choices=("mse", "binary_crossentropy"),
        default="mse",
        help="reconstruction loss; chapter 4 compares them (mse)",
    )
    add(
        "--epochs",
        type=_positive,
        metavar="N",
        help=f"passes over the training images (so many that {PASSES:,} images pass, "
        "10 to 100)",
    )
    add("--batch-size", type=_positive, default=32, metavar="N", help="(32)")
    add(
        "--learning-rate",
        type=_rate,
        default=2e-3,
        metavar="X",
        help="Adam's, at its peak (0.002)",
    )
    add(
        "--validation",
        type=_share,
        default=0.2,
        metavar="X",
        help="share of the images that is held out to judge (0.2)",
    )
    add(
        "--group",
        choices=("file", "folder"),
        default="file",
        help="what is never divided between training and validation: a file, or all "
        "files of a subfolder, for frames of one film or crops of one photograph; "
        "equal images stay together in any case (file)",
    )
    add(
        "--on-error",
        choices=("skip", "stop"),
        default="skip",
        help="at a file that is no image or damaged: name it and leave it out, or stop "
        "(skip)",
    )
    add("--seed", type=int, default=0, metavar="N", help="random seed (0)")
    return parser.parse_args(arguments)


def _size(text: str) -> tuple[int, int]:
    height, _, width = text.lower().partition("x")
    sides = int(height), int(width or height)
    if min(sides) < 2:
        raise argparse.ArgumentTypeError(f"{text}: give two pixels a side or more")
    return sides


def _positive(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text}: give 1 or more")
    return int(text)


def _rate(text: str) -> float:
    if not 0 < float(text) < math.inf:
        raise argparse.ArgumentTypeError(f"{text}: give a number above 0")
    return float(text)


def _share(text: str) -> float:
    if not 0 < float(text) < 1:
        raise argparse.ArgumentTypeError(f"{text}: give a share between 0 and 1")
    return float(text)


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return all that the result depends on, as JSON gives it back."""
    left_out = ("folder", "out", "on_error")
    settings = {name: x for name, x in vars(options).items() if name not in left_out}
    return settings | {"size": list(options.size)}


def _check_out(out: Path, folder: Path, settings: dict[str, Any]) -> None:
    """Raise unless DIR is free, or holds this very training."""
    if out.is_relative_to(folder):
        raise FailureError(
            WRONG_USE,
            f"DIR {out} is inside FOLDER, whose images are read; choose another --out",
        )
    if out.exists() and not out.is_dir():
        raise FailureError(WRONG_USE, f"DIR {out} is a file; choose another --out")
    begun = out / "settings.json"
    if not begun.exists():
        if out.exists() and any(out.iterdir()):
            raise FailureError(
                WRONG_USE, f"DIR {out} is not empty; choose another --out, or empty it"
            )
        return
    before = json.loads(begun.read_text("utf-8"))
    changed = [
        f"{name} was {before.get(name)}, is {value}"
        for name, value in settings.items()
        if before.get(name) != value
    ]
    if changed:
        raise FailureError(
            WRONG_USE,
            f"DIR {out} holds a training with other settings ({'; '.join(changed)}); "
            "choose another --out",
        )


def _train(folder: Path, out: Path, settings: dict[str, Any], stop: bool) -> None:
    from aelib import folders, models, reports

    if (out / "card.json").exists():
        print(f"This training is done: {out / 'report.html'}")
        return
    began = time.monotonic()
    try:  # before anything is read
        shape = (*settings["size"], 1 if settings["grey"] else 3)
        models.build_encoder(settings["latent_dim"], settings["filters"], shape)
    except ValueError as error:
        raise FailureError(WRONG_USE, str(error)) from error
    is_new = not out.exists()
    try:
        data, parts = _read(folder, out, settings, stop)
    except BaseException:
        if is_new and out.exists():
            shutil.rmtree(out)
        raise
    epochs = settings["epochs"] or min(100, max(10, math.ceil(PASSES / len(parts[0]))))
    settings = settings | {"epochs": epochs}
    progress = _make_progress(epochs, math.ceil(len(parts[0]) / settings["batch_size"]))
    train, validation = (data.images.take(part) for part in parts)
    try:
        autoencoder, history = _fit(out, settings, train, validation, progress)
    except KeyboardInterrupt as error:
        progress.bar.close()
        raise FailureError(
            STOPPED,
            f"\nStopped; {progress.saved} epochs are saved. The same command goes on "
            "from there.",
        ) from error
    print("comparing with PCA and the mean image")
    measurement = reports.Measurement(autoencoder, train, validation)
    copies = folders.find_near_copies(train, validation)
    names = [data.paths[place] for place in parts[1]]
    card = {
        "findings": reports.judge(
            measurement.errors, history, measurement.spread, len(copies)
        ),
        "errors": {
            part: frame.mean().to_dict() for part, frame in measurement.errors.items()
        },
        "history": history,
        "settings": settings,
        "data": {
            "folder": str(folder),
            "images": len(data.paths),
            "train": len(train),
            "validation": len(validation),
            "skipped": data.skipped,
            "converted": data.converted,
            "near_copies": [names[place] for place in copies],
            "fingerprint": data.fingerprint,
        },
        "parameters": autoencoder.count_params(),
        "seconds": round(time.monotonic() - began, 1),
        "versions": {name: metadata.version(name) for name in ("keras", "tensorflow")},
    }
    autoencoder.save(out / "unfinished.keras")
    (out / "unfinished.keras").replace(out / "model.keras")
    title = f"An autoencoder of {folder.name}"
    reports.write(out / "report.html", title, card, measurement, validation, names)
    _write(out / "card.json", json.dumps(card, indent=1))  # the last: it means "done"
    for text in card["findings"]:
        print("*", text)
    print(
        *(out / name for name in ("model.keras", "card.json", "report.html")), sep="\n"
    )
    shutil.rmtree(out / "state")
    with contextlib.suppress(PermissionError):  # Windows, while the file is mapped
        (out / "images.bytes").unlink()


def _read(
    folder: Path, out: Path, settings: dict[str, Any], stop: bool
) -> tuple["folders.ImageFolder", tuple[Any, Any]]:
    """Read and split the images, say what was found, and note what was begun."""
    from aelib import folders

    try:
        data = folders.read(
            folder,
            tuple(settings["size"]),
            settings["fit"],
            color=not settings["grey"],
            on_error="raise" if stop else "skip",
            store=out / "images.bytes",
            verbose=True,
        )
        group = None
        if settings["group"] == "folder":
            group = os.path.dirname
        parts = folders.split(data, settings["validation"], group, settings["seed"])
    except ValueError as error:
        status = UNREADABLE if "on_error" in str(error) else WRONG_USE
        message = str(error).replace('on_error="skip"', "--on-error skip")
        raise FailureError(status, message) from error
    _tell(data, len(parts[0]), len(parts[1]))
    if len(parts[0]) < 2:
        raise FailureError(WRONG_USE, "one image cannot train a network; give more")
    begun = out / "data.json"
    if begun.exists() and json.loads(begun.read_text("utf-8")) != data.fingerprint:
        raise FailureError(
            WRONG_USE,
            f"the images in {folder} are no longer those that the training in {out} "
            "began with; choose another --out",
        )
    _write(out / "settings.json", json.dumps(settings, indent=1))
    _write(begun, json.dumps(data.fingerprint))
    return data, parts


def _fit(
    out: Path,
    settings: dict[str, Any],
    train: "folders.StoredImages",
    validation: "folders.StoredImages",
    progress: Any,
) -> tuple["keras.Model", list[dict[str, float]]]:
    from aelib import training

    sums = [batch.mean(dtype="float64") * len(batch) for batch in train.batches(256)]
    mean = min(max(sum(sums) / len(train), 0.01), 0.99)
    steps = math.ceil(len(train) / settings["batch_size"])
    recipe = training.Recipe(
        loss=settings["loss"],
        # A recipe counts images: those that the last batch of each epoch lacks are
        # added, so that every epoch is whole.
        epochs=settings["epochs"] * steps * settings["batch_size"] / len(train),
        batch_size=settings["batch_size"],
        learning_rate=settings["learning_rate"],
        schedule="cosine",
        beta_2=0.99,
        output_bias=math.log(mean / (1 - mean)),
        jit_compile=False,
        seed=settings["seed"],
    )
    return training.fit(
        recipe,
        train,
        validation,
        latent_dim=settings["latent_dim"],
        filters=settings["filters"],
        checkpoints=out / "state",
        callbacks=[progress],
    )


def _make_progress(epochs: int, steps: int) -> Any:
    """Return a callback with a progress bar for each epoch."""
    import keras

    class Progress(keras.callbacks.Callback):
        bar = tqdm(disable=True)
        saved = 0  # epochs whose successor has begun

        def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
            self.saved = epoch
            self.bar = tqdm(total=steps, desc=f"epoch {epoch + 1} of {epochs}")

        def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
            self.bar.update(batch + 1 - self.bar.n)

        def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
            losses = {name: f"{value:.5f}" for name, value in (logs or {}).items()}
            self.bar.set_postfix(losses)
            self.bar.close()

    return Progress()


def _tell(data: "folders.ImageFolder", train: int, validation: int) -> None:
    print(f"{len(data.paths)} images: {train} to train, {validation} to validate")
    for what, files in (("left out", data.skipped), ("converted", data.converted)):
        for name, reason in list(files.items())[:10]:
            print(f"  {what}: {name} ({reason})")
        if len(files) > 10:
            print(f"  {what}: {len(files) - 10} more, all in card.json")


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text + "\n", "utf-8")
    temporary.replace(path)


if __name__ == "__main__":
    sys.exit(main())
