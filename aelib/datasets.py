"""Fashion-MNIST: make its files available, load, preprocess and split it.

Chapter 1 teaches preprocessing and split; the other chapters import them.
`ensure_available` puts the verified files where
`keras.datasets.fashion_mnist.load_data()` finds them.
"""

from collections.abc import Callable, Iterator
import contextlib
import errno
from functools import partial
import hashlib
import os
from pathlib import Path
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
import warnings

from aelib.validation import check_images, check_is_array, check_padded_shape
import numpy as np

__all__ = [
    "CLASS_NAMES",
    "add_noise",
    "crop",
    "ensure_available",
    "load_fashion_mnist",
    "preprocess",
]

CLASS_NAMES: tuple[str, ...] = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)

# SHA-256 of the files as Zalando published them, which the mirrors serve, and of
# Debian's: the same contents without a name in the gzip header.
FILES: dict[str, tuple[str, str]] = {
    "train-images-idx3-ubyte.gz": (
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",
    ),
    "train-labels-idx1-ubyte.gz": (
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056",
    ),
    "t10k-images-idx3-ubyte.gz": (
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa",
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05",
    ),
}
MIRRORS = (
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
)
TIMEOUT = 20.0  # seconds without an answer until a host is given up
DEBIAN_PACKAGE = "dataset-fashion-mnist"
_IN_PACKAGE = "usr/share/datasets/fashion-mnist"
DEBIAN_FOLDER = Path("/", _IN_PACKAGE)
APT_TIMEOUT = 300.0  # seconds for one command of the last resort
STALE = 86_400.0  # seconds until unfinished work counts as left by a killed process

_WORK = ".aelib-"  # begins the name of a process' own folder beside the cached files

# Images and their labels.
Split = tuple[np.ndarray, np.ndarray]
# Puts what it can of the named files into a folder; returns a problem or "".
Fetch = Callable[[list[str], Path], str]


def load_fashion_mnist() -> tuple[Split, Split, Split]:
    """Load Fashion-MNIST, preprocessed and split (taught in chapter 1).

    Returns
    -------
    tuple of three pairs
        (train_images, train_labels), (validation_images, validation_labels),
        (test_images, test_labels) of 50,000, 10,000 and 10,000 images. Images:
        float32 (n, 32, 32, 1) in [0, 1]; labels: uint8 (n,), 0 to 9.

    Raises
    ------
    RuntimeError
        As `ensure_available`.
    """
    ensure_available()
    from keras.datasets import fashion_mnist

    (images, labels), (test_images, test_labels) = fashion_mnist.load_data()
    images = preprocess(images)
    return (
        (images[:50_000], labels[:50_000]),
        (images[50_000:], labels[50_000:]),
        (preprocess(test_images), test_labels),
    )


def ensure_available() -> Path:
    """Make the four verified files stand where `fashion_mnist.load_data()` looks.

    Sources, in order: Keras' cache; the folder that the environment variable
    AELIB_DATA_DIR names; Debian's installed package; mirrors; Debian's package fetched
    without installing it. Silent if the cache is right.

    Returns
    -------
    pathlib.Path
        The folder of the files, in Keras' home.

    Raises
    ------
    RuntimeError
        If no source has the files or they can't be written. The message lists what
        was tried and says what to do.
    """
    folder, read_only = _find_cache()
    _remove_stale_work(folder)
    faults = {name: _find_fault(folder / name, name) for name in FILES}
    missing = [name for name, fault in faults.items() if fault]
    if not missing:
        return folder
    for name in missing:
        if faults[name] != "is missing":
            print(f"Fashion-MNIST: {folder / name} {faults[name]}; replacing it")
    tried = [f"{folder}: " + "; ".join(f"{name} {faults[name]}" for name in missing)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=_WORK, dir=folder, ignore_cleanup_errors=True
        ) as work:
            for source, fetch in _list_sources(read_only):
                problems = _take(source, fetch, missing, Path(work), folder)
                if not missing:
                    return folder
                tried.append(f"{source}: {problems}")
    except OSError as error:
        raise RuntimeError(
            f"Fashion-MNIST's files, about 31 MB, can't be written to {folder}: "
            f"{error}. Free space there, or set the environment variable KERAS_HOME to "
            "a folder that you can write, and start again"
        ) from error
    raise RuntimeError(
        f"Fashion-MNIST is not available: no source has {', '.join(missing)}. Tried:"
        + "".join(f"\n- {line}" for line in tried)
        + "\nDo one of these: check the network (behind a proxy, set https_proxy and "
        "http_proxy); set the environment variable AELIB_DATA_DIR to a folder that "
        f"holds the four files; on Debian or Ubuntu install {DEBIAN_PACKAGE}"
    )


def preprocess(images: np.ndarray) -> np.ndarray:
    """Scale to [0, 1], pad with zeros, add the channel axis (taught in chapter 1).

    Parameters
    ----------
    images
        uint8 (n, 28, 28), 0 to 255, as Keras loads them.

    Returns
    -------
    numpy.ndarray
        float32 (n, 32, 32, 1) in [0, 1].

    Raises
    ------
    TypeError
        If `images` is not an array of uint8.
    ValueError
        If its shape is another one, or it is empty.
    """
    check_is_array(images, "images")
    if images.dtype != np.uint8:
        raise TypeError(
            f"images is of dtype {images.dtype}; preprocess wants uint8, 0 to 255, as "
            "load_data() returns them. Already preprocessed? Then use it as it is"
        )
    if images.shape == (28, 28):
        raise ValueError("images is a single image, (28, 28); give images[None]")
    if images.ndim != 3 or images.shape[1:] != (28, 28):
        raise ValueError(
            f"images has shape {images.shape}; preprocess wants (n, 28, 28)"
        )
    if len(images) == 0:
        raise ValueError("images is empty; give at least one image")
    padded = np.zeros((len(images), 32, 32, 1), "float32")
    # In place: all images once more would take 0.2 of the 2 GB that a Binder has.
    np.divide(images, 255, out=padded[:, 2:-2, 2:-2, 0], dtype="float32")
    return padded


def crop(images: np.ndarray) -> np.ndarray:
    """Cut the padding off: metrics are reported on the published 28 x 28 pixels.

    Parameters
    ----------
    images
        (n, 32, 32, 1), images or reconstructions of any dtype.

    Returns
    -------
    numpy.ndarray
        (n, 28, 28, 1), the centre, same dtype; a view.

    Raises
    ------
    TypeError
        If `images` is not an array.
    ValueError
        If its shape is another one, or it is empty.
    """
    check_padded_shape(images, "images")
    return images[:, 2:-2, 2:-2]


def add_noise(
    images: np.ndarray, deviation: float | np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Add normal noise to every pixel, and clip to [0, 1].

    Clipping moves the mean: on the empty background noise can only add.

    Parameters
    ----------
    images
        float (n, height, width, channels) in [0, 1].
    deviation
        The noise's standard deviation before clipping, 0 or more; one for all, or (n,).
    rng
        Random generator, e.g. `np.random.default_rng(0)`.

    Returns
    -------
    numpy.ndarray
        float32, of the images' shape.

    Raises
    ------
    TypeError, ValueError
        If images are not scaled (`check_images`), or a deviation is negative,
        not finite, or not one for all or one an image.
    """
    check_images(images)
    deviation = np.asarray(deviation, "float32")
    if deviation.shape not in ((), (len(images),)):
        raise ValueError(
            f"deviation has shape {deviation.shape} for {len(images)} images; give one "
            "number, or one an image"
        )
    if not (np.isfinite(deviation).all() and (deviation >= 0).all()):
        raise ValueError("deviation is negative or not finite; give 0 or more")
    noise = rng.standard_normal(images.shape, "float32")
    noise *= deviation.reshape(-1, 1, 1, 1)
    noise += images
    return np.clip(noise, 0, 1, out=noise)


def _find_cache() -> tuple[Path, Path | None]:
    """Find the folder in which Keras' loader looks, by Keras' own rules.

    Also return the folder in the user's Keras home if that can't be written: Keras then
    looks in another one, among the temporary files.
    """
    running = sys.modules.get("keras.src.backend.config")
    shared = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())
    # Strings and os.path as in Keras: Path("") would be the current folder, and
    # Path.expanduser raises for a user without a home.
    user = os.path.expanduser("~")  # noqa: PTH111
    named = os.environ.get("KERAS_HOME", str(Path(user, ".keras")))
    if running:  # it read KERAS_HOME when it was imported
        home = running.keras_home()
    elif "KERAS_HOME" in os.environ or os.access(user, os.W_OK):
        home = named
    else:
        home = str(shared / ".keras")
    home, mine = (os.path.expanduser(path) for path in (home, named))  # noqa: PTH111
    if home:
        with contextlib.suppress(OSError):
            Path(home).mkdir(parents=True, exist_ok=True)
    if not os.access(home, os.W_OK):
        home = str(shared / ".keras")
    below = Path("datasets", "fashion-mnist")
    return Path(home) / below, Path(mine) / below if mine not in ("", home) else None


def _remove_stale_work(folder: Path) -> None:
    for work in folder.glob(f"{_WORK}*"):
        with contextlib.suppress(OSError):
            if time.time() - work.stat().st_mtime > STALE:
                shutil.rmtree(work, ignore_errors=True)


def _find_fault(path: Path, name: str) -> str:
    """Say what is wrong with a file that should be `name`; empty if it is right."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return "is missing"
    except OSError as error:
        return f"can't be read ({error.strerror})"
    known = {right: other for other, pair in FILES.items() for right in pair}
    if known.get(digest) == name:
        return ""
    if digest in known:
        return f"is {known[digest]} under a wrong name"
    return (
        "is cut short, damaged or another data set's (MNIST's files have the same "
        f"names): its SHA-256 is {digest[:12]}…"
    )


def _take(
    source: str, fetch: Fetch, missing: list[str], work: Path, folder: Path
) -> str:
    """Move what a source has, if it is right, to `folder` and out of `missing`."""
    problem = fetch(missing, work)
    problems = [problem] if problem else []
    taken = 0
    for name in list(missing):
        fault = _find_fault(work / name, name)
        if not fault:
            try:
                (work / name).replace(folder / name)
            except PermissionError:
                # Windows: another process, as quick as this one, has the file open.
                if _find_fault(folder / name, name):
                    raise
            missing.remove(name)
            taken += 1
        elif fault != "is missing" or not problem:
            problems.append(f"{name} {fault}")
        (work / name).unlink(missing_ok=True)
    if taken:
        print(f"Fashion-MNIST: {taken} of {len(FILES)} files from {source} to {folder}")
    return "; ".join(problems)


def _list_sources(read_only: Path | None) -> Iterator[tuple[str, Fetch]]:
    """List the sources in the order in which they are tried, each with its name."""
    if read_only:
        yield f"the read-only {read_only}", partial(_copy, read_only)
    named = os.environ.get("AELIB_DATA_DIR")
    if named:
        yield f"AELIB_DATA_DIR, {named}", partial(_copy, Path(named))
    else:
        yield "AELIB_DATA_DIR", lambda names, work: "not set"
    yield f"Debian's package in {DEBIAN_FOLDER}", partial(_copy, DEBIAN_FOLDER)
    for mirror in MIRRORS:
        yield mirror, partial(_download, mirror)
    yield f"Debian's package {DEBIAN_PACKAGE}, fetched with apt-get", _fetch_with_apt


def _copy(source: Path, names: list[str], work: Path) -> str:
    for name in names:
        try:
            content = (source / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            return f"{name} can't be read ({error.strerror})"
        (work / name).write_bytes(content)
    return ""


def _download(mirror: str, names: list[str], work: Path) -> str:
    """Download and verify with pooch; a host that fails is not asked again."""
    with warnings.catch_warnings():
        # Its progress bar is plain text where ipywidgets are not installed.
        warnings.filterwarnings("ignore", "IProgress not found")
        import pooch
    log = pooch.get_logger()
    level = log.level
    log.setLevel("WARNING")
    is_watched = sys.stderr.isatty() or "ipykernel" in sys.modules
    # A host that packs what it sends once more would send other bytes.
    downloader = pooch.HTTPDownloader(
        timeout=TIMEOUT,
        progressbar=is_watched,
        headers={"Accept-Encoding": "identity"},
    )
    published = {name: digest for name, (digest, _) in FILES.items()}
    files = pooch.create(work, mirror, registry=published)
    problems = []
    try:
        for name in names:
            try:
                files.fetch(name, downloader=downloader)
                (work / name).chmod(0o644)  # pooch's is private; a class may share it
            except ValueError:  # another SHA-256; pooch has removed the file
                problems.append(f"{name} is damaged or another data set's")
    except OSError as error:
        if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
            raise
        problems.append(textwrap.shorten(str(error), 300))
    finally:
        log.setLevel(level)
    return "; ".join(problems)


def _fetch_with_apt(names: list[str], work: Path) -> str:
    """Fetch and unpack Debian's package as any user, with package lists of its own."""
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        return "apt-get or dpkg is not on this machine"
    print(
        f"Fashion-MNIST: last resort: fetching Debian's package {DEBIAN_PACKAGE} "
        "(31 MB) without installing it"
    )
    root = work / "apt"
    for folder in ("lists/partial", "cache/archives/partial"):
        (root / folder).mkdir(parents=True)
    apt = ["apt-get", f"-oDir::State::Lists={root}/lists", f"-oDir::Cache={root}/cache"]
    apt += ["-oDebug::NoLocking=1", "-oAPT::Sandbox::User="]
    said = ""
    try:
        said += _run([*apt, "update"], root)
        said += _run([*apt, "download", DEBIAN_PACKAGE], root)
        for package in root.glob("*.deb"):
            said += _run(["dpkg", "-x", str(package), str(root)], root)
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    unpacked = root / _IN_PACKAGE
    if not unpacked.is_dir():
        return textwrap.shorten(said, 400) or "the package doesn't hold the files"
    return _copy(unpacked, names, work)


def _run(command: list[str], folder: Path) -> str:
    """Run a command in a folder; return its complaints, which need not be fatal."""
    return subprocess.run(
        command,
        cwd=folder,
        timeout=APT_TIMEOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    ).stderr
