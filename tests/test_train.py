"""`python -m aelib.train`: from a folder to a judged network, and what may go wrong."""

import errno
import json
import os
from pathlib import Path
import re
import signal
import subprocess
import sys
import time

from aelib import folders, photographs, train, training
import keras
import numpy as np
from PIL import Image
import pytest

SMALL = ("--size", "16", "--latent-dim", "3", "--filters", "4", "8", "--epochs", "3")


def save(path, pixels, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)


@pytest.fixture(scope="module")
def tiles(tmp_path_factory):
    """Sixty real tiles of six photographs, a text, an empty file and a CMYK one."""
    folder = tmp_path_factory.mktemp("tiles") / "pictures"
    scenes = photographs.load()
    for number in range(60):
        name = sorted(scenes)[number % 6]
        top, left = 32 * (number // 6 % 5), 48 * (number // 30)
        tile = scenes[name][top : top + 32, left : left + 32]
        save(folder / name / f"{number:02}.png", tile)
    (folder / "notes.txt").write_text("not an image")
    (folder / "zero.png").touch()
    Image.fromarray(tile).convert("CMYK").save(folder / "print.jpg")
    return folder


def run(*arguments):
    """Call the command in this process; return its exit status."""
    return train.main([str(argument) for argument in arguments])


def read_card(out):
    return json.loads((out / "card.json").read_text("utf-8"))


def test_a_folder_becomes_a_network_a_card_and_a_report(tiles, tmp_path, capsys):
    out = tmp_path / "out"
    assert run(tiles, "--out", out, *SMALL) == 0
    said = capsys.readouterr().out
    card = read_card(out)
    assert "left out: notes.txt (is no image that Pillow can open)" in said
    assert card["data"]["skipped"].keys() == {"notes.txt", "zero.png"}
    assert card["data"]["converted"] == {"print.jpg": "CMYK, made RGB"}
    assert card["data"]["train"] + card["data"]["validation"] == 61
    assert len(card["history"]) == 3
    assert {path.name for path in out.iterdir()} == {
        *("model.keras", "card.json", "report.html", "settings.json", "data.json")
    }
    for text in card["findings"]:
        assert text in said
    # The card's error is that of the saved network on the held-out files.
    network = keras.models.load_model(out / "model.keras")
    data = folders.read(tiles, 16)
    _, held_out = folders.split(data, 0.2)
    images = data.images[held_out]
    error = np.mean((network.predict(images, verbose=0) - images) ** 2)
    told = card["errors"]["validation"]
    assert told["autoencoder"] == pytest.approx(error, rel=1e-4)
    better = told["autoencoder"] < told["PCA"]
    wrong = "worse than PCA" if better else "better than PCA"
    assert not any(wrong in text for text in card["findings"])
    # Once more: nothing is left to do.
    before = (out / "model.keras").stat().st_mtime_ns
    assert run(tiles, "--out", out, *SMALL) == 0
    assert "This training is done" in capsys.readouterr().out
    assert (out / "model.keras").stat().st_mtime_ns == before
    # With other settings the results are not touched.
    assert run(tiles, "--out", out, *SMALL[:-1], "4") == 2
    assert "epochs was 3, is 4" in capsys.readouterr().err


def test_grey_images_that_are_not_square_are_trained(tiles, tmp_path):
    out = tmp_path / "out"
    options = ("--size", "15x22", "--grey", "--fit", "stretch", "--latent-dim", "1")
    assert run(tiles, "--out", out, *SMALL, *options) == 0
    network = keras.models.load_model(out / "model.keras")
    assert network.output_shape == (None, 15, 22, 1)


def test_subfolders_are_not_divided_if_asked(tiles, tmp_path):
    assert run(tiles, "--out", tmp_path / "o", *SMALL, "--group", "folder") == 0
    data = read_card(tmp_path / "o")["data"]
    # Six photographs of ten tiles and one file in no subfolder are seven groups.
    assert (data["train"], data["validation"]) in ((41, 20), (50, 11))


def test_an_unreadable_file_stops_if_asked(tiles, tmp_path, capsys):
    out = tmp_path / "out"
    assert run(tiles, "--out", out, *SMALL, "--on-error", "stop") == 3
    assert "notes.txt is no image" in (said := capsys.readouterr().err)
    assert "--on-error skip" in said and not out.exists()


def test_an_empty_folder_and_none_are_told_apart(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert run(tmp_path / "empty", "--out", tmp_path / "o") == 2
    assert "holds no image" in capsys.readouterr().err
    assert run(tmp_path / "none", "--out", tmp_path / "o") == 2
    assert "there is no folder" in capsys.readouterr().err
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("x")
    assert run(tmp_path / "texts", "--out", tmp_path / "o") == 2
    assert "a.txt is no image" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


def test_results_do_not_go_among_the_images_nor_over_other_files(
    tiles, tmp_path, capsys
):
    assert run(tiles, "--out", tiles / "out") == 2
    assert "inside FOLDER" in capsys.readouterr().err
    (tmp_path / "letter.txt").write_text("x")
    assert run(tiles, "--out", tmp_path) == 2
    assert "is not empty" in capsys.readouterr().err
    assert run(tiles, "--out", tmp_path / "letter.txt") == 2
    assert "is a file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--size", "1"), "two pixels a side"),
        (("--size", "x"), "invalid _size value: 'x'"),
        (("--latent-dim", "0"), "give 1 or more"),
        (("--learning-rate", "-1"), "above 0"),
        (("--validation", "1"), "between 0 and 1"),
        (("--fit", "squeeze"), "crop"),
    ],
)
def test_wrong_options_are_refused(tmp_path, capsys, options, words):
    with pytest.raises(SystemExit) as caught:
        run(tmp_path, "--out", tmp_path / "o", *options)
    assert caught.value.code == 2
    assert words in capsys.readouterr().err


def test_too_many_layers_for_the_size_are_refused_with_what_fits(
    tiles, tmp_path, capsys
):
    out = tmp_path / "out"
    assert run(tiles, "--out", out, "--size", "6", "--filters", 4, 4, 4, 4) == 2
    assert "a side of 6 can be halved 3 times" in capsys.readouterr().err
    assert not out.exists()


def test_a_loss_that_is_no_number_stops_with_a_status_of_its_own(
    tiles, tmp_path, capsys
):
    assert run(tiles, "--out", tmp_path / "o", *SMALL, "--learning-rate", "1e30") == 5
    assert "--learning-rate" in capsys.readouterr().err


def test_a_full_disk_is_told_and_the_training_goes_on_later(
    tiles, tmp_path, capsys, monkeypatch
):
    out = tmp_path / "out"
    usage = folders.shutil.disk_usage(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(
            folders.shutil, "disk_usage", lambda path: usage._replace(free=10)
        )
        assert run(tiles, "--out", out, *SMALL) == 4
    assert "only 0 MB are free" in capsys.readouterr().err
    save_state, calls = training._save, []

    def fill_up(*state):
        calls.append(state)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        save_state(*state)

    with monkeypatch.context() as patch:
        patch.setattr(training, "_save", fill_up)
        assert run(tiles, "--out", out, *SMALL) == 4
    assert "No space left" in capsys.readouterr().err
    assert run(tiles, "--out", out, *SMALL) == 0
    assert "epoch 1 of 3" not in capsys.readouterr().err
    assert len(read_card(out)["history"]) == 3


def test_a_folder_that_changed_does_not_go_on(tiles, tmp_path, capsys, monkeypatch):
    copied = tmp_path / "copied"
    for name in tiles.glob("*/*.png"):
        save(copied / name.name, np.asarray(Image.open(name)))
    out = tmp_path / "out"

    def stop(*state):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(training, "_save", stop)
        assert run(copied, "--out", out, *SMALL) == 130
    assert "Stopped; 0 epochs are saved" in capsys.readouterr().err
    next(copied.iterdir()).unlink()
    assert run(copied, "--out", out, *SMALL) == 2
    assert "no longer those" in capsys.readouterr().err


def command(*arguments):
    return [sys.executable, "-m", "aelib.train", *map(str, arguments)]


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to all at once")
def test_ctrl_c_saves_and_the_same_command_ends_with_the_same_network(tiles, tmp_path):
    options = (*SMALL[:-1], "40")
    out = tmp_path / "out"
    with (tmp_path / "said").open("w+") as said:
        process = subprocess.Popen(
            command(tiles, "--out", out, *options),
            stdout=said,
            stderr=said,
            # A shell's background job ignores Ctrl-C, and so would its children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        deadline = time.monotonic() + 120
        while "epoch 4 of 40" not in (tmp_path / "said").read_text("utf-8"):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        said.seek(0)
        text = said.read()
    stopped = re.search(r"Stopped; (\d+) epochs are saved. The same command", text)
    saved = int(stopped[1])
    assert saved >= 3
    assert "Traceback" not in text and "oneDNN" not in text
    assert not (out / "card.json").exists()
    done = subprocess.run(
        command(tiles, "--out", out, *options), capture_output=True, text=True
    )
    assert done.returncode == 0
    first = int(re.search(r"epoch (\d+) of 40", done.stderr)[1])
    assert first in (saved + 1, saved + 2)  # stopped before or after it was saved
    assert "epoch 40 of 40" in done.stderr
    assert run(tiles, "--out", tmp_path / "whole", *options) == 0
    cards = [read_card(place) for place in (out, tmp_path / "whole")]
    assert cards[0]["history"] == cards[1]["history"]
    assert cards[0]["errors"] == cards[1]["errors"]


def test_help_says_all_and_needs_no_tensorflow():
    code = (
        "import sys; from aelib import train\n"
        "try: train.main(['--help'])\n"
        "finally: assert 'tensorflow' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "130  stopped with Ctrl-C" in done.stdout
    for option in ("--size", "--fit", "--group", "--on-error", "--filters", "--seed"):
        assert option in done.stdout


def shifted(count, reach):
    """Windows on one photograph, a few pixels from each other."""
    cat, rng = photographs.load()["cat"], np.random.default_rng(0)
    for _ in range(count):
        top, left = rng.integers(0, reach + 1, 2)
        yield cat[60 + top : 124 + top, 120 + left : 184 + left]


@pytest.mark.deep
def test_images_nearly_the_same_are_compared_with_their_mean(tmp_path):
    for number, image in enumerate(shifted(60, 2)):
        save(tmp_path / "cat" / f"{number}.png", image)
    # Equal images stay together; nine windows are nine groups.
    options = ("--size", "32", "--latent-dim", "2", "--epochs", "3")
    assert run(tmp_path / "cat", "--out", tmp_path / "few", *options) == 0
    card = read_card(tmp_path / "few")
    text = " ".join(card["findings"])
    assert "learned no more than the mean image" in text
    assert card["errors"]["validation"]["mean image"] < 0.006


@pytest.mark.deep
def test_a_hundred_images_are_judged_against_pca(tmp_path):
    photographs.write_tiles(tmp_path / "tiles", 64, 64)
    files = sorted((tmp_path / "tiles").rglob("*.png"))
    for path in np.random.default_rng(0).permutation(files)[:-125]:
        Path(path).unlink()
    out = tmp_path / "out"
    options = ("--size", "64", "--latent-dim", "16", "--epochs", "60")
    assert run(tmp_path / "tiles", "--out", out, *options) == 0
    card = read_card(out)
    assert card["data"]["train"] == 100
    errors = card["errors"]["validation"]
    said = " ".join(card["findings"])
    assert ("worse than PCA" in said) == (errors["autoencoder"] > errors["PCA"])
    # Chapter 10 quotes 0.01338 and, from another machine, 0.03127.
    assert errors["PCA"] == pytest.approx(0.01338, rel=0.02)
    assert errors["autoencoder"] == pytest.approx(0.03127, rel=0.3)
