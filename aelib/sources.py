"""Where Fashion-MNIST's files come from: folders, public hosts, Debian's package.

The plumbing behind `aelib.files`, which checks whatever comes from here.
"""

from collections.abc import Callable, Iterator
import errno
from functools import partial
import os
from pathlib import Path
import shutil
import socket
import subprocess
import textwrap
import threading
import urllib.error
import urllib.request

__all__ = ["DEBIAN_PACKAGE", "Fetch", "list_sources"]

GITHUB = "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master"
ORIGINS = (
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    f"{GITHUB}/data/fashion/",
)
DEBIAN_PACKAGE = "dataset-fashion-mnist"
_IN_PACKAGE = "usr/share/datasets/fashion-mnist"
DEBIAN_FOLDER = Path("/", _IN_PACKAGE)
TIMEOUT = 20.0  # seconds without an answer until a host is given up
APT_TIMEOUT = 300.0  # seconds for one command of the last resort

# Puts what it can of the named files into a folder; returns a problem or "".
Fetch = Callable[[list[str], Path], str]


def list_sources(read_only_cache: Path | None = None) -> Iterator[tuple[str, Fetch]]:
    """List the sources in the order in which they are tried, each with its name."""
    if read_only_cache:
        yield f"the read-only {read_only_cache}", partial(_copy, read_only_cache)
    named = os.environ.get("AELIB_DATA_DIR")
    if named:
        yield f"AELIB_DATA_DIR, {named}", partial(_copy, Path(named))
    else:
        yield "AELIB_DATA_DIR", lambda names, work: "not set"
    yield f"Debian's package in {DEBIAN_FOLDER}", partial(_copy, DEBIAN_FOLDER)
    for origin in ORIGINS:
        yield origin, partial(_download, origin)
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


def _download(origin: str, names: list[str], work: Path) -> str:
    problem = _ask(origin + names[0])
    if problem:
        return problem
    from keras.utils import get_file

    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT)
    try:
        for name in names:
            get_file(name, origin + name, cache_dir=str(work), cache_subdir="")
    except Exception as error:  # Keras raises plain Exception
        if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
            raise
        return str(error) or type(error).__name__
    finally:
        socket.setdefaulttimeout(before)
    return ""


def _ask(url: str) -> str:
    """Say why nobody answers at an address; empty if somebody does.

    A socket's timeout counts for each of a host's many addresses anew, and not at all
    for its name: a silent firewall could take minutes. So a thread asks.
    """
    problem = f"no answer in {TIMEOUT:g} seconds"

    def ask() -> None:
        nonlocal problem
        request = urllib.request.Request(url, method="HEAD")
        try:
            urllib.request.urlopen(request, timeout=TIMEOUT).close()
            problem = ""
        except urllib.error.HTTPError:
            problem = ""  # an answer; the download will say what is the matter
        except Exception as error:
            problem = str(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(TIMEOUT)
    return problem


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
    ).stderr
