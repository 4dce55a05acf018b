"""Fashion-MNIST's files: put them, verified, where Keras looks for them.

The plumbing behind `aelib.data`, which chapter 1 explains. Keras reads KERAS_HOME
once, when it is imported; this module, imported first, sets it to a home that can be
written.
"""

import contextlib
import errno
import hashlib
import os
from pathlib import Path
import shutil
import stat
import sys
import tempfile
import time

from aelib.sources import DEBIAN_PACKAGE, Fetch, list_sources

__all__ = ["FILES", "ensure_available"]

# SHA-256 of the files in Debian's package, which has the published contents in gzip
# files without a name in their header.
FILES: dict[str, str] = {
    "train-images-idx3-ubyte.gz": (
        "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7"
    ),
    "train-labels-idx1-ubyte.gz": (
        "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056"
    ),
    "t10k-images-idx3-ubyte.gz": (
        "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa"
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05"
    ),
}
# The same of the files as Zalando published them; Keras and the others serve these.
PUBLISHED_FILES: dict[str, str] = {
    "train-images-idx3-ubyte.gz": (
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"
    ),
    "train-labels-idx1-ubyte.gz": (
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"
    ),
    "t10k-images-idx3-ubyte.gz": (
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"
    ),
}
STALE = 86_400.0  # seconds until unfinished work counts as left by a killed process

_TABLES = (FILES, PUBLISHED_FILES)
_CACHE = Path("datasets", "fashion-mnist")  # in Keras' home, where its loader looks
_WORK = ".aelib-"  # begins the name of a process' own folder beside the cached files
_read_only_cache: Path | None = None  # of the home that a private one replaces


def ensure_available() -> Path:
    """Make the four verified files stand where `fashion_mnist.load_data()` looks.

    Sources, in order: Keras' cache; the folder that the environment variable
    AELIB_DATA_DIR names; Debian's installed package; download; Debian's package
    fetched without installing it. Silent if the cache is right.

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
    folder = _find_keras_home() / _CACHE
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
            for source, fetch in list_sources(_read_only_cache):
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


def _find_keras_home() -> Path:
    """Find the folder that Keras uses, or choose it while Keras isn't imported."""
    global _read_only_cache
    running = sys.modules.get("keras.src.backend.config")
    named = running.keras_home() if running else os.environ.get("KERAS_HOME")
    # As Keras does it; Path.expanduser would raise for a user without a home.
    home = Path(os.path.expanduser(named or "~/.keras")).absolute()  # noqa: PTH111
    with contextlib.suppress(OSError):
        home.mkdir(parents=True, exist_ok=True)
    # Keras asks this too. If the answer is no, it looks in /tmp/.keras, which may be
    # another user's, even where its home holds the files.
    if os.access(home, os.W_OK | os.X_OK):
        if not running:
            os.environ["KERAS_HOME"] = str(home)
        return home
    if running:
        raise RuntimeError(
            f"Keras was imported with a home that can't be written, {home}. Restart "
            "the kernel and import aelib.data before keras, or set the environment "
            "variable KERAS_HOME to a folder that you can write"
        )
    private = _make_private_home()
    os.environ["KERAS_HOME"] = str(private)
    _read_only_cache = home / _CACHE
    return private


def _make_private_home() -> Path:
    """Make the Keras home, the same one each time, of a user who can't write theirs."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    home = Path(tempfile.gettempdir(), f"aelib-keras-{user}")
    try:
        home.mkdir(mode=0o700, exist_ok=True)
        facts = home.lstat()
        is_own = not hasattr(os, "getuid") or facts.st_uid == os.getuid()
        if not stat.S_ISDIR(facts.st_mode) or not is_own:
            raise PermissionError(errno.EPERM, "a link or somebody else's", str(home))
        home.chmod(0o700)
    except OSError as error:
        raise RuntimeError(
            f"neither Keras' home nor {home} can be used ({error}). Set the "
            "environment variable KERAS_HOME to a folder that you can write, and start "
            "again"
        ) from error
    return home


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
    known = {right: other for table in _TABLES for other, right in table.items()}
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


# Before Keras is imported. What is wrong is said when the files are asked for.
with contextlib.suppress(RuntimeError, OSError):
    _find_keras_home()
