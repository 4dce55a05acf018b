"""Folders of image files: what is read, converted, left out, and how it is split."""

import io
from pathlib import Path
import subprocess
import sys

from aelib import folders, photographs, training
import numpy as np
from PIL import Image
import pytest
from scipy import ndimage


def random_pixels(seed, *shape):
    return np.random.default_rng(seed).integers(0, 256, shape, "uint8")


def save(path, pixels, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)


@pytest.fixture
def folder(tmp_path):
    """A folder with fifty images and three files that are none or odd."""
    place = tmp_path / "pictures"
    for number in range(50):
        save(place / f"{number:02}.png", random_pixels(number, 20, 30, 3))
    (place / "notes.txt").write_text("not an image")
    (place / "zero.png").touch()
    Image.open(place / "07.png").convert("CMYK").save(place / "print.jpg")
    return place


def test_odd_files_are_named_and_left_out_or_converted(folder):
    found = folders.read(folder, 16)
    assert found.skipped == {
        "notes.txt": "is no image that Pillow can open",
        "zero.png": "is empty (0 bytes)",
    }
    assert found.converted == {"print.jpg": "CMYK, made RGB"}
    assert len(found.images) == len(found.paths) == 51
    assert found.images.shape == (51, 16, 16, 3)
    # The same picture, but for JPEG and two conversions of colour.
    seventh, printed = (
        found.images[found.paths.index(name)] for name in ("07.png", "print.jpg")
    )
    assert np.abs(seventh - printed).mean() < 0.12
    others = np.abs(found.images[:] - printed).mean(axis=(1, 2, 3))
    assert found.paths[np.argsort(others)[1]] == "07.png"


def test_an_unreadable_file_stops_the_reading_if_asked(folder):
    with pytest.raises(ValueError, match=r'notes.txt is no image.*on_error="skip"'):
        folders.read(folder, 16, on_error="raise")


def test_a_file_that_is_cut_off_is_named_with_the_reason(tmp_path):
    save(tmp_path / "a" / "whole.jpg", random_pixels(0, 64, 64, 3))
    content = (tmp_path / "a" / "whole.jpg").read_bytes()
    (tmp_path / "a" / "half.jpg").write_bytes(content[: len(content) // 2])
    found = folders.read(tmp_path, 16)
    assert found.paths == ("a/whole.jpg",)
    assert "truncated" in found.skipped["a/half.jpg"]


def test_pixels_of_the_wanted_size_stay_as_they_are(tmp_path):
    pixels = random_pixels(0, 9, 14, 3)
    save(tmp_path / "a.png", pixels)
    for fit in folders.FITS:
        image = folders.read(tmp_path, (9, 14), fit).images[0]
        assert image.dtype == np.float32
        np.testing.assert_array_equal(np.rint(image * 255), pixels)


def test_crop_keeps_the_middle_stretch_the_whole_and_pad_adds_black(tmp_path):
    # A red, a green and a blue square beside each other.
    squares = np.repeat(np.eye(3, dtype="uint8")[None] * 255, 40, axis=0)
    save(tmp_path / "a.png", np.repeat(squares, 40, axis=1))
    cropped, stretched, padded = (
        folders.read(tmp_path, 12, fit).images[0] for fit in ("crop", "stretch", "pad")
    )
    np.testing.assert_allclose(cropped, np.tile([0, 1, 0], (12, 12, 1)), atol=0.1)
    np.testing.assert_allclose(stretched[6, [1, 6, 10]], np.eye(3), atol=0.02)
    assert padded[:3].max() < 0.02 and padded[9:].max() < 0.02
    np.testing.assert_allclose(padded[6, [1, 6, 10]], np.eye(3), atol=0.02)


def test_a_photograph_is_turned_as_its_camera_says(tmp_path):
    pixels = np.zeros((16, 16, 3), "uint8")
    pixels[:8] = 255  # light above
    exif = Image.Exif()
    exif[0x0112] = 6  # to be seen, turn it a quarter clockwise
    save(tmp_path / "a.png", pixels, exif=exif)
    image = folders.read(tmp_path, 16).images[0]
    assert image[:, 8:].min() > 0.95 and image[:, :8].max() < 0.05


def test_transparency_is_laid_on_white_and_16_bits_are_scaled(tmp_path):
    clear = np.zeros((8, 8, 4), "uint8")
    clear[:4] = [10, 20, 30, 255]
    save(tmp_path / "clear.png", clear)
    save(tmp_path / "deep.png", np.full((8, 8), 0x8080, "uint16"))
    found = folders.read(tmp_path, 8)
    np.testing.assert_allclose(found.images[0][0, 0] * 255, [10, 20, 30], atol=1e-3)
    np.testing.assert_allclose(found.images[0][7, 7], 1)
    np.testing.assert_allclose(found.images[1] * 255, 0x80, atol=1e-3)
    assert found.converted == {
        "clear.png": "transparent, laid on white",
        "deep.png": "16 bits a pixel, made 8",
    }


def test_grey_and_colour_files_become_what_is_asked(tmp_path):
    save(tmp_path / "colour.png", np.tile(np.uint8([255, 0, 0]), (8, 8, 1)))
    save(tmp_path / "grey.png", np.full((8, 8), 100, "uint8"))
    color, grey = (folders.read(tmp_path, 8, color=c).images for c in (True, False))
    np.testing.assert_allclose(color[1] * 255, 100, atol=1e-3)
    assert grey.shape == (2, 8, 8, 1)
    # Luma of red, ITU-R BT.601: 0.299
    np.testing.assert_allclose(grey[0], 0.299, atol=0.003)


def test_of_an_animation_the_first_frame_is_taken_and_that_is_said(tmp_path):
    frames = [Image.new("L", (8, 8), level) for level in (200, 50)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    found = folders.read(tmp_path, 8)
    np.testing.assert_allclose(found.images[0] * 255, 200, atol=2)
    assert "first of 2 frames" in found.converted["a.gif"]


def test_hidden_files_are_no_images(tmp_path):
    save(tmp_path / "a.png", random_pixels(0, 8, 8, 3))
    (tmp_path / ".DS_Store").write_bytes(b"x")
    (tmp_path / ".thumbnails").mkdir()
    save(tmp_path / ".thumbnails" / "b.png", random_pixels(1, 8, 8, 3))
    found = folders.read(tmp_path, 8)
    assert found.paths == ("a.png",) and found.skipped == {}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 1}, "two pixels a side"),
        ({"size": 8, "fit": "squeeze"}, "one of crop, stretch, pad"),
        ({"size": 8, "on_error": "ignore"}, '"skip" or "raise"'),
    ],
)
def test_options_that_make_no_sense_are_refused(folder, options, message):
    with pytest.raises(ValueError, match=message):
        folders.read(folder, **options)


def test_a_folder_without_images_is_refused_with_the_reasons(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        folders.read(tmp_path / "none", 8)
    with pytest.raises(ValueError, match=r"no image.*there is no file"):
        folders.read(tmp_path, 8)
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(ValueError, match=r"no image .*a.txt is no image.*JPEG or PNG"):
        folders.read(tmp_path, 8, store=tmp_path / "s" / "images")
    assert list((tmp_path / "s").iterdir()) == []
    with pytest.raises(NotADirectoryError, match="is no folder"):
        folders.read(tmp_path / "a.txt", 8)


def test_stored_images_are_the_same_as_those_in_memory(folder, tmp_path):
    kept = folders.read(folder, 16)
    stored = folders.read(folder, 16, store=tmp_path / "images")
    np.testing.assert_array_equal(kept.images[:], stored.images[:])
    assert kept.fingerprint == stored.fingerprint
    assert isinstance(stored.images.data, np.memmap)
    assert (tmp_path / "images").stat().st_size == 51 * 16 * 16 * 3


def test_other_pixels_or_names_give_another_fingerprint(tmp_path):
    save(tmp_path / "a.png", random_pixels(0, 8, 8, 3))
    prints = [folders.read(tmp_path, 8).fingerprint]
    (tmp_path / "a.png").rename(tmp_path / "b.png")
    prints.append(folders.read(tmp_path, 8).fingerprint)
    save(tmp_path / "b.png", random_pixels(1, 8, 8, 3))
    prints.append(folders.read(tmp_path, 8).fingerprint)
    assert len(set(prints)) == 3


def test_a_selection_reads_only_what_is_taken(folder):
    images = folders.read(folder, 16).images
    some = images.take(np.array([4, 9, 2]))
    assert some.shape == (3, 16, 16, 3)
    np.testing.assert_array_equal(some[1], images[9])
    np.testing.assert_array_equal(some.take(np.array([2]))[0], images[2])
    batches = list(some.batches(2))
    assert [len(batch) for batch in batches] == [2, 1]
    np.testing.assert_array_equal(np.concatenate(batches), images[:][[4, 9, 2]])


@pytest.mark.parametrize(
    ("data", "error"),
    [(np.zeros((1, 2, 2, 1)), TypeError), (np.zeros((2, 2), "uint8"), ValueError)],
)
def test_only_bytes_are_stored(data, error):
    with pytest.raises(error):
        folders.StoredImages(data)


def test_a_full_disk_is_told_before_anything_is_written(folder, tmp_path, monkeypatch):
    usage = folders.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(
        folders.shutil, "disk_usage", lambda path: usage._replace(free=1_000)
    )
    with pytest.raises(OSError, match=r"need 0 MB .* only 0 MB are free"):
        folders.read(folder, 16, store=tmp_path / "s" / "images")
    assert list((tmp_path / "s").iterdir()) == []


def test_a_disk_that_fills_up_leaves_nothing_behind(folder, tmp_path):
    with pytest.raises(ValueError, match=r"notes\.txt"):  # stands for any failure
        folders.read(folder, 16, on_error="raise", store=tmp_path / "s" / "images")
    assert list((tmp_path / "s").iterdir()) == []


def test_equal_images_and_groups_are_never_divided(tmp_path):
    for number in range(30):
        pixels = random_pixels(number // 3, 8, 8, 3)  # three copies of each
        save(tmp_path / f"film-{number % 5}" / f"{number}.png", pixels)
    found = folders.read(tmp_path, 8)
    for seed in range(10):
        train, validation = folders.split(found, 0.3, seed=seed)
        assert sorted([*train, *validation]) == list(range(30))
        assert len(validation) == 9
        seen = {found.hashes[place] for place in train}
        assert not seen & {found.hashes[place] for place in validation}


def test_groups_stay_together(tmp_path):
    photographs.write_tiles(tmp_path, 32, 48)
    found = folders.read(tmp_path, 32)
    train, validation = folders.split(
        found, 0.25, group=lambda path: str(Path(path).parent)
    )
    seen, held_out = (
        {Path(found.paths[i]).parent for i in part} for part in (train, validation)
    )
    assert not seen & held_out
    groups = len(seen) + len(held_out)
    assert len(held_out) == pytest.approx(0.25 * groups, abs=1)


def test_copies_join_the_groups_they_are_in(tmp_path):
    for group in range(4):
        for number in range(3):
            save(tmp_path / f"{group}" / f"{number}.png", random_pixels(7, 8, 8, 3))
    found = folders.read(tmp_path, 8)
    with pytest.raises(ValueError, match="all 12 images are in one group"):
        folders.split(found, group=lambda path: path[0])


def test_a_share_that_is_none_is_refused(folder):
    with pytest.raises(ValueError, match="between 0 and 1"):
        folders.split(folders.read(folder, 8), 1.0)


def test_near_copies_are_found_among_others(tmp_path):
    for number in range(12):  # smooth, as photographs are
        pixels = ndimage.zoom(random_pixels(number, 4, 4, 3), (8, 8, 1), order=1)
        save(tmp_path / "a" / f"{number:02}.png", pixels)
    found = folders.read(tmp_path, 32)
    # Images 3 and 5 saved anew as JPEG.
    again = []
    for place in (3, 5):
        file = io.BytesIO()
        Image.open(tmp_path / "a" / f"{place:02}.png").save(file, "jpeg", quality=85)
        again.append(np.asarray(Image.open(file)))
    held_out = np.stack([found.images.data[11], *again])
    copies = folders.find_near_copies(
        found.images.take(np.arange(10)), folders.StoredImages(held_out)
    )
    assert list(copies) == [1, 2]


def test_a_training_reads_stored_images_as_it_does_arrays(folder):
    images = folders.read(folder, 16).images
    recipe = training.Recipe(loss="mse", epochs=2, batch_size=7, jit_compile=False)
    options = {"latent_dim": 3, "filters": (4, 8)}
    stored, told = training.fit(recipe, images, images, **options)
    kept, history = training.fit(recipe, images[:], images[:], **options)
    for one, other in zip(told, history, strict=True):
        assert one == pytest.approx(other, rel=1e-5)
    for one, other in zip(stored.get_weights(), kept.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_denoiser_of_stored_images_is_reproducible(folder):
    images = folders.read(folder, 16, color=False).images
    recipe = training.Recipe(
        loss="mse", epochs=2, batch_size=7, jit_compile=False, noise=0.5
    )
    runs = [
        training.fit(recipe, images, images, latent_dim=3, filters=(4, 8))[1]
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    clean = training.fit(
        training.replace(recipe, noise=0.0), images, images, 3, filters=(4, 8)
    )[1]
    assert clean[0]["loss"] != runs[0][0]["loss"]


CODE = """
import resource, sys
from pathlib import Path
from aelib import folders
found = folders.read(sys.argv[1], 64, store=sys.argv[2])
for batch in found.images.batches(100):
    pass
status = Path("/proc/self/status").read_text()
print(len(found.images), status.split("RssAnon:")[1].split()[0])
"""


@pytest.mark.deep
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_memory_does_not_grow_with_the_number_of_files(tmp_path):
    source = tmp_path / "one.jpg"
    save(source, random_pixels(0, 96, 96, 3), quality=90)
    used = []
    for count in (1_000, 20_000):
        place = tmp_path / f"{count}"
        for number in range(count):
            file = place / f"{number // 1_000:02}" / f"{number:05}.jpg"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.hardlink_to(source)
        done = subprocess.run(
            [sys.executable, "-c", CODE, place, tmp_path / "stored"],
            capture_output=True,
            text=True,
            check=True,
        )
        read, kilobytes = map(int, done.stdout.split())
        assert read == count
        used.append(kilobytes / 1_000)
    print(f"{used[0]:.0f} MB for 1,000 files, {used[1]:.0f} MB for 20,000")
    # In memory, 19,000 more images would take 233 MB.
    assert used[1] - used[0] < 60
