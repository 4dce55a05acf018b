"""A folder of image files as training data: read, resize, store, split (chapter 10).

Pillow decodes the files, so that whatever it opens is data: JPEG, PNG, WebP, TIFF, and
photographs from a phone the right way up. The images are kept as bytes, in memory or in
a file, and become float32 in [0, 1] when they are taken out.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
import errno
import hashlib
import json
import math
import os
from pathlib import Path
import shutil
from typing import Any, Literal
import warnings

import numpy as np
from PIL import Image, ImageOps
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import GroupShuffleSplit
from sklearn.neighbors import NearestNeighbors
from tqdm import tqdm

__all__ = ["ImageFolder", "StoredImages", "find_near_copies", "read", "split"]

# How an image gets the wanted size: cut the longer side, change the proportions, or add
# black bars.
Fit = Literal["crop", "stretch", "pad"]
FITS: tuple[Fit, ...] = ("crop", "stretch", "pad")
DECODED_AT_ONCE = 256  # files that wait in memory
THUMBNAIL = 8  # pixels a side, to find near copies


class StoredImages:
    """Images of equal size kept as bytes; what is taken out is scaled to [0, 1].

    Parameters
    ----------
    data
        uint8 (n, height, width, channels); a `numpy.memmap` stays in its file.

    Raises
    ------
    TypeError
        If `data` is of another dtype.
    ValueError
        If it has another number of axes.
    """

    def __init__(self, data: np.ndarray) -> None:
        if data.dtype != np.uint8:
            raise TypeError(
                f"data is of dtype {data.dtype}; stored images are uint8, 0 to 255"
            )
        if data.ndim != 4:
            raise ValueError(
                f"data has shape {data.shape}; wanted is (n, height, width, channels)"
            )
        self.data = data

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of images, height, width and channels."""
        return self.data.shape

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.data)

    def __getitem__(self, index: Any) -> np.ndarray:
        """Return one image, a slice or an array of them as float32 in [0, 1]."""
        return np.asarray(self.data[index], "float32") / np.float32(255)

    def take(self, indices: np.ndarray) -> "StoredImages":
        """Return a selection that reads from the same place.

        Parameters
        ----------
        indices
            int (m,), the images' places.
        """
        return _Selection(self.data, np.asarray(indices))

    def batches(self, size: int) -> Iterator[np.ndarray]:
        """Yield all images in order, `size` at a time, float32 in [0, 1]."""
        for start in range(0, len(self), size):
            yield self[start : start + size]


class _Selection(StoredImages):
    """Some of the stored images, not copied."""

    def __init__(self, data: np.ndarray, indices: np.ndarray) -> None:
        super().__init__(data)
        self.indices = indices

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self.indices), *self.data.shape[1:])

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: Any) -> np.ndarray:
        return super().__getitem__(self.indices[index])

    def take(self, indices: np.ndarray) -> StoredImages:
        return _Selection(self.data, self.indices[indices])


@dataclass(frozen=True)
class ImageFolder:
    """What was read from a folder.

    Attributes
    ----------
    images
        The images, in the order of `paths`.
    paths
        Their files, relative to the folder, with "/" and sorted.
    skipped
        Files that could not be read, with the reason.
    converted
        Files that were changed in more than size, with the change: CMYK, transparency,
        more than 8 bits, several frames.
    hashes
        SHA-256 of each image's pixels, hexadecimal: equal images have equal ones.
    """

    images: StoredImages
    paths: tuple[str, ...]
    skipped: dict[str, str]
    converted: dict[str, str]
    hashes: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 over names and pixels of all images, hexadecimal."""
        pairs = list(zip(self.paths, self.hashes, strict=True))
        return hashlib.sha256(json.dumps(pairs).encode()).hexdigest()


def read(
    folder: Path | str,
    size: int | tuple[int, int],
    fit: Fit = "crop",
    color: bool = True,
    on_error: Literal["skip", "raise"] = "skip",
    store: Path | str | None = None,
    verbose: bool = False,
) -> ImageFolder:
    """Read all images of a folder and its subfolders.

    Every file is tried, whatever its name; those whose name begins with a dot are left
    out. Photographs are turned as their camera says (EXIF), transparent ones laid on
    white.

    Parameters
    ----------
    folder
        Where the files are.
    size
        Height and width in pixels, or one number for both.
    fit
        "crop" cuts the longer side, the middle remains; "stretch" changes the
        proportions; "pad" keeps all and adds black bars.
    color
        Three channels, red, green and blue; otherwise one, grey.
    on_error
        What happens at a file that cannot be read: "skip" names it in the result,
        "raise" stops.
    store
        A file to keep the images in, height × width × channels bytes each; memory use
        then does not grow with their number. It is written anew. None keeps them in
        memory.
    verbose
        Show a progress bar.

    Returns
    -------
    ImageFolder

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is no such folder.
    ValueError
        If it holds no image, if `size`, `fit` or `on_error` make no sense, or, with
        `on_error` "raise", if a file cannot be read.
    OSError
        If `store` cannot be written, for instance on a full disk; nothing is left of
        it.
    """
    folder = Path(folder)
    height, width = (size, size) if isinstance(size, int) else size
    shape = (height, width, 3 if color else 1)
    if min(height, width) < 2:
        raise ValueError(f"size is {size}; give two pixels a side or more")
    if fit not in FITS:
        raise ValueError(f"fit is {fit!r}; give one of {', '.join(FITS)}")
    if on_error not in ("skip", "raise"):
        raise ValueError(f'on_error is {on_error!r}; give "skip" or "raise"')
    files = _list_files(folder)
    paths: list[str] = []
    skipped: dict[str, str] = {}
    converted: dict[str, str] = {}
    hashes: list[str] = []

    def take() -> Iterator[np.ndarray]:
        decoded = _decode_all(folder, files, shape, fit)
        hidden = None if verbose else True
        for name, result in tqdm(decoded, "reading", len(files), disable=hidden):
            if isinstance(result, str):
                if on_error == "raise":
                    raise ValueError(
                        f"{name} {result}. Remove or repair it, or leave such files "
                        'out with on_error="skip"'
                    )
                skipped[name] = result
                continue
            pixels, change = result
            paths.append(name)
            hashes.append(hashlib.sha256(pixels.tobytes()).hexdigest())
            if change:
                converted[name] = change
            yield pixels

    if store is None:
        kept = list(take())
        data = np.stack(kept) if kept else np.zeros((0, *shape), "uint8")
    else:
        data = _write(take(), Path(store), shape, len(files))
    if len(data) == 0:
        reasons = [f"{name} {reason}" for name, reason in list(skipped.items())[:3]]
        raise ValueError(
            f"{folder} holds no image that can be read"
            + (f": {'; '.join(reasons)}" if reasons else ": there is no file in it")
            + ". Give a folder of image files, e.g. JPEG or PNG"
        )
    return ImageFolder(
        StoredImages(data), tuple(paths), skipped, converted, tuple(hashes)
    )


def split(
    folder: ImageFolder,
    validation: float = 0.2,
    group: Callable[[str], Hashable] | None = None,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Split images into training and validation so that nothing leaks between them.

    Images with equal pixels come into one part; so do those that `group` gives one
    value, for instance the frames of one film or the crops of one photograph.

    Parameters
    ----------
    folder
        From `read`.
    validation
        Share of the groups that validate, between 0 and 1.
    group
        From a path, as in `folder.paths`, to the group it belongs to. None: each file
        is its own group.
    seed
        Random seed of the choice.

    Returns
    -------
    train, validation : numpy.ndarray
        int, the images' places in ascending order.

    Raises
    ------
    ValueError
        If there is only one group, or `validation` is not between 0 and 1.
    """
    if not 0 < validation < 1:
        raise ValueError(f"validation is {validation}; give a share between 0 and 1")
    keys = [group(path) for path in folder.paths] if group else folder.paths
    # Two images belong together if a chain of equal keys and equal pixels joins them.
    count = len(folder.paths)
    ties = [("group", key) for key in keys] + [("pixels", x) for x in folder.hashes]
    nodes = {tie: place for place, tie in enumerate(dict.fromkeys(ties), count)}
    places = np.arange(count)
    ends = [nodes[tie] for tie in ties]
    starts = np.concatenate([places, places])
    links = coo_array(
        (np.ones(2 * count), (starts, np.array(ends))),
        shape=(count + len(nodes),) * 2,
    )
    groups = connected_components(links, directed=False)[1][:count]
    if len(np.unique(groups)) < 2:
        raise ValueError(
            f"all {count} images are in one group, so none can be held out; give more "
            "images, or a group that tells them apart"
        )
    splitter = GroupShuffleSplit(1, test_size=validation, random_state=seed)
    ((train, held_out),) = splitter.split(places, groups=groups)
    return train, held_out


def find_near_copies(
    train: StoredImages, validation: StoredImages, difference: float = 0.01
) -> np.ndarray:
    """Find validation images of which the training images hold nearly the same.

    Images are compared as thumbnails of 8×8 pixels, by the root mean squared difference
    of their values. Frames of one film or copies saved anew differ by less than 0.01;
    so do images that are plain, or all alike.

    Parameters
    ----------
    train, validation
        The two parts.
    difference
        Largest difference of a near copy, in pixel values from 0 to 1.

    Returns
    -------
    numpy.ndarray
        int (m,), their places among the validation images, ascending.
    """
    seen, held_out = _thumbnails(train), _thumbnails(validation)
    neighbors = NearestNeighbors(n_neighbors=1).fit(seen)
    distances, _ = neighbors.kneighbors(held_out)
    rms = distances[:, 0] / math.sqrt(seen.shape[1])
    return np.flatnonzero(rms < difference)


def _thumbnails(images: StoredImages) -> np.ndarray:
    """Return means over an 8×8 grid, float32 (n, 64 × channels)."""
    _, height, width, _ = images.shape
    rows = np.arange(THUMBNAIL) * height // THUMBNAIL
    columns = np.arange(THUMBNAIL) * width // THUMBNAIL
    parts = []
    for batch in images.batches(256):
        if min(height, width) > THUMBNAIL:
            batch = np.add.reduceat(batch, rows, axis=1)
            batch = np.add.reduceat(batch, columns, axis=2)
            sizes = np.outer(
                np.diff([*rows, height]), np.diff([*columns, width])
            ).astype("float32")
            batch = batch / sizes[..., np.newaxis]
        parts.append(batch.reshape(len(batch), -1))
    return np.concatenate(parts)


def _list_files(folder: Path) -> list[str]:
    if not folder.exists():
        raise FileNotFoundError(f"there is no folder {folder}")
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder; give the one it is in")
    names = (
        Path(root, name).relative_to(folder)
        for root, _, files in os.walk(folder)
        for name in files
    )
    visible = (
        name.as_posix()
        for name in names
        if not any(part.startswith(".") for part in name.parts)
    )
    return sorted(visible)


# Pixels and, if more than the size was changed, how; or why there are none.
Decoded = tuple[np.ndarray, str] | str


def _decode_all(
    folder: Path, files: Sequence[str], shape: tuple[int, int, int], fit: Fit
) -> Iterator[tuple[str, Decoded]]:
    """Decode with several threads, in order, few at a time."""
    with ThreadPoolExecutor() as pool:
        for start in range(0, len(files), DECODED_AT_ONCE):
            names = files[start : start + DECODED_AT_ONCE]
            results = pool.map(lambda name: _decode(folder / name, shape, fit), names)
            yield from zip(names, results, strict=True)


def _decode(path: Path, shape: tuple[int, int, int], fit: Fit) -> Decoded:
    height, width, channels = shape
    try:
        if path.stat().st_size == 0:
            return "is empty (0 bytes)"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of large or untidy files
            with Image.open(path) as image:
                # A JPEG file can be decoded at a half, a quarter or an eighth.
                image.draft(None, (2 * width, 2 * height))
                frames = getattr(image, "n_frames", 1)
                image.load()
                pixels, change = _to_color(ImageOps.exif_transpose(image))
    except Image.UnidentifiedImageError:
        return "is no image that Pillow can open"
    except Image.DecompressionBombError:
        return "has too many pixels to be safe; make it smaller"
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        return f"can't be read ({error})"
    if frames > 1:
        change = ", ".join(filter(None, [change, f"first of {frames} frames"]))
    pixels = pixels.convert("RGB" if channels == 3 else "L")
    if fit == "crop":
        pixels = ImageOps.fit(pixels, (width, height), Image.Resampling.LANCZOS)
    elif fit == "pad":
        pixels = ImageOps.pad(pixels, (width, height), Image.Resampling.LANCZOS)
    else:
        pixels = pixels.resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(pixels, "uint8").reshape(shape), change


def _to_color(image: Image.Image) -> tuple[Image.Image, str]:
    """Return an image of mode RGB or L, and what was done if that loses something."""
    mode = image.mode
    if mode in ("RGB", "L", "1"):
        return image.convert("L" if mode == "1" else mode), ""
    if mode.startswith("I"):  # 16 bits; Pillow's own conversion cuts them off
        values = np.asarray(image, "int64")
        if values.min() < 0 or values.max() > 65_535:
            raise ValueError("pixel values beyond 16 bits")
        eight = np.round(values / 257).astype("uint8")
        return Image.fromarray(eight), "16 bits a pixel, made 8"
    if mode == "F":
        raise ValueError("floating-point pixels; save it with 8 bits a channel")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        on_white = Image.new("RGBA", image.size, "white")
        on_white.alpha_composite(image)
        return on_white.convert("RGB"), "transparent, laid on white"
    return image.convert("RGB"), "" if mode == "P" else f"{mode}, made RGB"


def _write(
    images: Iterator[np.ndarray],
    store: Path,
    shape: tuple[int, int, int],
    most: int,
) -> np.ndarray:
    """Write images one after the other and return them as they lie in the file."""
    needed = most * math.prod(shape)
    store.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(store.parent).free
    if needed > free:
        raise OSError(
            errno.ENOSPC,
            f"{most:,} images need {needed / 1e6:,.0f} MB in {store.parent}, but only "
            f"{free / 1e6:,.0f} MB are free; make room, or choose a smaller size",
        )
    count = 0
    temporary = store.with_name(store.name + ".tmp")
    try:
        with temporary.open("wb") as file:
            for image in images:
                file.write(image.tobytes())
                count += 1
        temporary.replace(store)
    finally:
        temporary.unlink(missing_ok=True)
    if count == 0:  # NumPy maps no empty file
        store.unlink()
        return np.zeros((0, *shape), "uint8")
    return np.memmap(store, "uint8", "r", shape=(count, *shape))
