"""Where the data files come from, and what happens when a source or a disk fails."""

from collections import namedtuple
import errno
import gzip
import hashlib
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
import json
import os
from pathlib import Path
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

from aelib import datasets
import pooch
import pytest

ROOT = Path(datasets.__file__).parents[1]
TINY = {
    name: gzip.compress(name.encode() * 50, mtime=0)
    for name in (
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    )
}
IMAGES, LABELS = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"
TINY_HASHES = {name: (hashlib.sha256(TINY[name]).hexdigest(),) * 2 for name in TINY}
# Permission bits mean nothing to root: from here on a child process is nobody, who may
# not be allowed to read the interpreter's library, so imports come before.
AS_NOBODY = """
import os
if hasattr(os, "getuid") and os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
"""
# A child process that wants the tiny files too.
TINY_CHILD = f"from aelib import datasets\ndatasets.FILES = {TINY_HASHES!r}\n"


@pytest.fixture(scope="module")
def real_folder():
    return datasets.ensure_available()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache that wants the tiny files, of which no source is left."""
    home = tmp_path / "keras"
    home.mkdir()
    folder = home / "datasets" / "fashion-mnist"
    monkeypatch.setattr(datasets, "_find_cache", lambda: (folder, None))
    monkeypatch.setattr(datasets, "FILES", TINY_HASHES)
    monkeypatch.setattr(datasets, "MIRRORS", ())
    monkeypatch.setattr(datasets, "DEBIAN_FOLDER", tmp_path / "no-debian")
    monkeypatch.setattr(datasets.shutil, "which", lambda name: None)
    monkeypatch.delenv("AELIB_DATA_DIR", raising=False)
    return folder


@pytest.fixture
def tiny_folder(tmp_path):
    return fill(tmp_path / "tiny")


@pytest.fixture
def serve():
    """Start web servers on the loopback; gives the address and what was asked."""
    servers = []

    def start(folder, on_get=None):
        asked = []

        class Handler(SimpleHTTPRequestHandler):
            def __init__(self, *args):
                super().__init__(*args, directory=str(folder))

            def log_message(self, *args):
                pass

            def do_HEAD(self):
                asked.append(f"HEAD {Path(self.path).name}")
                super().do_HEAD()

            def do_GET(self):
                asked.append(f"GET {Path(self.path).name}")
                if on_get:
                    on_get(self)
                else:
                    super().do_GET()

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def fill(folder, content=TINY):
    folder.mkdir(parents=True, exist_ok=True)
    for name, stuff in content.items():
        (folder / name).write_bytes(stuff)
    return folder


def holds_exactly_the_tiny_files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()} == TINY


def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/"


def environment(**changes):
    kept = {k: v for k, v in os.environ.items() if k not in ("KERAS_HOME", "HOME")}
    kept.pop("AELIB_DATA_DIR", None)
    kept |= {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    kept |= {"PYTHONDONTWRITEBYTECODE": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return kept | {key: str(value) for key, value in changes.items()}


def start(code, **changes):
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment(**changes),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=tempfile.gettempdir(),
    )


Result = namedtuple("Result", "code out err")


def finish(process):
    out, err = process.communicate(timeout=120)
    return Result(process.returncode, out, err)


# The cache


def test_complete_cache_is_used_in_silence_and_no_source_is_touched(
    cache, capsys, monkeypatch
):
    fill(cache)
    monkeypatch.setattr(
        datasets, "_list_sources", lambda *_: pytest.fail("source asked")
    )
    before = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert datasets.ensure_available() == cache
    assert capsys.readouterr() == ("", "")
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == before


def test_real_files_hold_the_images_and_labels_that_were_published(real_folder):
    sizes = {
        "train-images-idx3-ubyte.gz": 16 + 60_000 * 28 * 28,
        "train-labels-idx1-ubyte.gz": 8 + 60_000,
        "t10k-images-idx3-ubyte.gz": 16 + 10_000 * 28 * 28,
        "t10k-labels-idx1-ubyte.gz": 8 + 10_000,
    }
    assert set(datasets.FILES) == set(sizes)
    for name, size in sizes.items():
        with gzip.open(real_folder / name) as file:
            assert len(file.read()) == size


def test_zalandos_own_file_is_right_too_it_differs_in_the_header_only(
    real_folder, tmp_path
):
    raw = (real_folder / LABELS).read_bytes()
    names_itself = raw[3] & 8
    stream = raw[raw.index(b"\0", 10) + 1 :] if names_itself else raw[10:]
    # Packed on 31 August 2017, 10:50:27 UTC, deflate, by Unix, with its name.
    header = bytes([31, 139, 8, 8]) + (1504176627).to_bytes(4, "little") + bytes([0, 3])
    published = tmp_path / LABELS
    published.write_bytes(header + LABELS.removesuffix(".gz").encode() + b"\0" + stream)
    # The MD5 is what torchvision checks.
    digest = hashlib.md5(published.read_bytes(), usedforsecurity=False).hexdigest()
    assert digest == "bb300cfdad3c16e7a12a480ee83cd310"
    assert datasets._find_fault(published, LABELS) == ""
    assert "wrong name" in datasets._find_fault(published, IMAGES)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TINY[IMAGES][:-10], "cut short"),
        (b"", "cut short"),
        (TINY[LABELS], f"is {LABELS} under a wrong name"),
        (gzip.compress(b"a digit of MNIST"), "another data set's"),
    ],
    ids=["truncated", "empty", "swapped", "foreign"],
)
def test_corrupt_cache_is_replaced_and_said_so(
    cache, tiny_folder, capsys, monkeypatch, content, said
):
    fill(cache)
    (cache / IMAGES).write_bytes(content)
    monkeypatch.setenv("AELIB_DATA_DIR", str(tiny_folder))
    datasets.ensure_available()
    assert holds_exactly_the_tiny_files(cache)
    replaced, taken = capsys.readouterr().out.splitlines()
    assert str(cache / IMAGES) in replaced
    assert said in replaced
    assert "replacing it" in replaced
    assert "1 of 4 files" in taken
    assert str(tiny_folder) in taken


def test_work_of_a_killed_process_is_removed_after_a_day_and_not_before(cache):
    fill(cache)
    old, young = cache / ".aelib-old", cache / ".aelib-young"
    for folder, age in ((old, 25), (young, 23)):
        folder.mkdir()
        (folder / "half").write_bytes(b"half")
        then = time.time() - age * 3600
        os.utime(folder, (then, then))
    datasets.ensure_available()
    assert not old.exists()
    assert young.exists()


# Folders


def test_files_come_from_the_folder_that_the_variable_names(
    cache, tiny_folder, capsys, monkeypatch
):
    monkeypatch.setenv("AELIB_DATA_DIR", str(tiny_folder))
    assert datasets.ensure_available() == cache
    assert holds_exactly_the_tiny_files(cache)
    (line,) = capsys.readouterr().out.splitlines()
    assert "4 of 4 files" in line
    assert f"AELIB_DATA_DIR, {tiny_folder}" in line


def test_debians_installed_package_makes_up_for_a_wrong_file_in_the_named_folder(
    cache, tiny_folder, tmp_path, capsys, monkeypatch
):
    wrong = fill(tmp_path / "wrong", TINY | {IMAGES: b"wrong"})
    monkeypatch.setenv("AELIB_DATA_DIR", str(wrong))
    monkeypatch.setattr(datasets, "DEBIAN_FOLDER", tiny_folder)
    datasets.ensure_available()
    assert holds_exactly_the_tiny_files(cache)
    first, second = capsys.readouterr().out.splitlines()
    assert "3 of 4 files from AELIB_DATA_DIR" in first
    assert f"1 of 4 files from Debian's package in {tiny_folder}" in second


def test_failure_lists_every_source_with_its_reason_and_says_what_to_do(
    cache, tmp_path, monkeypatch
):
    fill(cache, {LABELS: b"damaged"})
    wrong = fill(tmp_path / "wrong", {IMAGES: TINY[LABELS]})
    origins = (closed_port(), closed_port())
    monkeypatch.setenv("AELIB_DATA_DIR", str(wrong))
    monkeypatch.setattr(datasets, "MIRRORS", origins)
    with pytest.raises(RuntimeError) as raised:
        datasets.ensure_available()
    lines = str(raised.value).splitlines()
    assert len(lines) == 1 + 6 + 1
    assert f"{IMAGES} is missing" in lines[1]
    assert f"{LABELS} is cut short, damaged" in lines[1]
    assert lines[2].startswith(f"- AELIB_DATA_DIR, {wrong}: ")
    assert f"{IMAGES} is {LABELS} under a wrong name" in lines[2]
    assert "train-images-idx3-ubyte.gz is missing" in lines[2]
    assert f"{tmp_path / 'no-debian'}" in lines[3]
    for line, origin in zip(lines[4:6], origins, strict=True):
        assert line.startswith(f"- {origin}: ")
        assert "refused" in line
    assert "apt-get or dpkg is not on this machine" in lines[6]
    for advice in ("AELIB_DATA_DIR", "dataset-fashion-mnist", "network", "proxy"):
        assert advice in lines[7]
    assert [path.name for path in cache.iterdir()] == [LABELS]


# Download


def test_files_are_downloaded_from_a_host_that_has_them(
    cache, tiny_folder, serve, capsys, monkeypatch
):
    origin, _ = serve(tiny_folder)
    monkeypatch.setattr(datasets, "MIRRORS", (closed_port(), origin))
    datasets.ensure_available()
    assert holds_exactly_the_tiny_files(cache)
    assert f"4 of 4 files from {origin}" in capsys.readouterr().out
    if os.name == "posix":  # others may read them, as in a class
        assert all(path.stat().st_mode & 0o777 == 0o644 for path in cache.iterdir())


def test_wrong_file_of_one_host_is_taken_from_the_next(
    cache, tiny_folder, tmp_path, serve, monkeypatch
):
    wrong, _ = serve(fill(tmp_path / "wrong", TINY | {IMAGES: b"<html>Log in</html>"}))
    right, asked = serve(tiny_folder)
    monkeypatch.setattr(datasets, "MIRRORS", (wrong, right))
    datasets.ensure_available()
    assert holds_exactly_the_tiny_files(cache)
    assert asked == [f"GET {IMAGES}"]


def test_host_that_never_answers_is_given_up_once_for_all_files(
    cache, tiny_folder, serve, tmp_path, monkeypatch
):
    origin, _ = serve(tiny_folder)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        monkeypatch.setattr(datasets, "MIRRORS", (hanging, origin))
        monkeypatch.setattr(datasets, "TIMEOUT", 0.5)
        begun = time.monotonic()
        problem = datasets._download(hanging, list(TINY), tmp_path / "work")
        assert time.monotonic() - begun < 1.5
        assert "timed out" in problem
        datasets.ensure_available()
    assert holds_exactly_the_tiny_files(cache)


def test_download_that_stops_halfway_is_given_up_and_leaves_nothing(
    cache, tiny_folder, serve, monkeypatch
):
    over = threading.Event()

    def send_half(handler):
        content = TINY[Path(handler.path).name]
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[: len(content) // 2])
        handler.wfile.flush()
        over.wait(20)

    origin, asked = serve(tiny_folder, send_half)
    monkeypatch.setattr(datasets, "MIRRORS", (origin,))
    monkeypatch.setattr(datasets, "TIMEOUT", 0.5)
    begun = time.monotonic()
    with pytest.raises(RuntimeError, match="timed out"):
        datasets.ensure_available()
    over.set()
    assert time.monotonic() - begun < 10
    assert list(cache.iterdir()) == []
    assert len([line for line in asked if line.startswith("GET")]) == 1


def test_host_that_drops_the_connection_is_not_asked_for_the_other_files(
    cache, tiny_folder, serve, monkeypatch
):
    origin, asked = serve(tiny_folder, lambda handler: handler.connection.close())
    monkeypatch.setattr(datasets, "MIRRORS", (origin,))
    with pytest.raises(RuntimeError, match=origin):
        datasets.ensure_available()
    assert len([line for line in asked if line.startswith("GET")]) == 1


# The last resort


@pytest.mark.deep
def test_last_resort_fetches_debians_package_as_any_user(shared_folder):
    home = shared_folder / "a home"
    home.mkdir()
    home.chmod(0o777)
    code = (
        "from pathlib import Path; from aelib import datasets\n"
        "datasets.MIRRORS, datasets.DEBIAN_FOLDER = (), Path('/nowhere')\n"
        + AS_NOBODY
        + "print(datasets.ensure_available(), os.getuid(), sep='\\n')"
    )
    result = finish(start(code, KERAS_HOME=home))
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        assert "apt-get or dpkg is not on this machine" in result.err
        return
    assert result.code == 0, result.err
    announced, taken, folder, user = result.out.splitlines()
    assert user != "0"
    assert "last resort" in announced
    assert "without installing" in announced
    assert "4 of 4 files from Debian's package" in taken
    assert {path.name for path in Path(folder).iterdir()} == set(TINY)
    for path in Path(folder).iterdir():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert digest == datasets.FILES[path.name][1]


# Two processes, killed processes


def test_two_processes_that_start_together_both_succeed(tmp_path, real_folder):
    code = (
        "from aelib import datasets; print('ready', flush=True); input()\n"
        "print(datasets.ensure_available())"
    )
    home = tmp_path / "home"
    pair = [start(code, KERAS_HOME=home, AELIB_DATA_DIR=real_folder) for _ in range(2)]
    for process in pair:
        assert process.stdout.readline() == "ready\n"
    for process in pair:
        process.stdin.write("\n")
        process.stdin.flush()
    results = [finish(process) for process in pair]
    folder = home / "datasets" / "fashion-mnist"
    for result in results:
        assert result.code == 0, result.err
        assert result.out.splitlines()[-1] == str(folder)
    assert {path.name for path in folder.iterdir()} == set(TINY)
    for name in TINY:
        assert (folder / name).read_bytes() == (real_folder / name).read_bytes()


KILLED_WHILE_COPYING = """
from pathlib import Path
import os
whole, count = Path.write_bytes, 0
def half(self, content):
    global count
    count += 1
    if count < 3:
        return whole(self, content)
    whole(self, content[: len(content) // 2])
    os._exit(9)
Path.write_bytes = half
"""
KILLED_WHILE_DOWNLOADING = """
import os
from pathlib import Path
import pooch
def download(self, url, output_file, pooch, check_only=False):
    Path(output_file).write_bytes(b"half")
    os._exit(9)
pooch.HTTPDownloader.__call__ = download
datasets.DEBIAN_FOLDER = Path("/nowhere")
"""


@pytest.mark.parametrize(
    "death",
    [KILLED_WHILE_COPYING, KILLED_WHILE_DOWNLOADING],
    ids=["copying", "downloading"],
)
def test_killed_process_leaves_no_bad_file_and_the_next_start_heals(
    death, tmp_path, tiny_folder
):
    home = tmp_path / "home"
    changes = {"AELIB_DATA_DIR": tiny_folder} if "half(self" in death else {}
    call = "datasets.ensure_available()"
    killed = finish(start(TINY_CHILD + death + call, KERAS_HOME=home, **changes))
    assert killed.code == 9, killed.err
    folder = home / "datasets" / "fashion-mnist"
    assert [path.name for path in folder.iterdir() if path.name in TINY] == []
    assert len(list(folder.glob(".aelib-*/*"))) > 0  # it was killed at work
    healed = finish(
        start(TINY_CHILD + call, KERAS_HOME=home, AELIB_DATA_DIR=tiny_folder)
    )
    assert healed.code == 0, healed.err
    for name in TINY:
        assert (folder / name).read_bytes() == TINY[name]


def test_interrupted_download_cleans_up_behind_itself(cache, monkeypatch):
    def interrupt(self, url, output_file, *args, **kwargs):
        Path(output_file).write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", interrupt)
    monkeypatch.setattr(datasets, "MIRRORS", ("http://127.0.0.1:1/",))
    with pytest.raises(KeyboardInterrupt):
        datasets.ensure_available()
    assert list(cache.iterdir()) == []


# Disks


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_write_failure_stops_with_a_clear_message_and_leaves_nothing(
    cache, tiny_folder, monkeypatch, number
):
    real = Path.write_bytes

    def fail(self, content):
        real(self, content[:5])
        raise OSError(number, os.strerror(number))

    monkeypatch.setenv("AELIB_DATA_DIR", str(tiny_folder))
    monkeypatch.setattr(datasets, "MIRRORS", ("http://127.0.0.1:1/",))
    monkeypatch.setattr(datasets, "_download", lambda *_: pytest.fail("went on"))
    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(RuntimeError) as raised:
        datasets.ensure_available()
    for part in (str(cache), "31 MB", os.strerror(number), "KERAS_HOME", "Free space"):
        assert part in str(raised.value)
    assert list(cache.iterdir()) == []


def test_disk_that_fills_up_during_a_download_stops_it_with_the_same_message(
    cache, monkeypatch
):
    def fill_up(*args, **kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", fill_up)
    monkeypatch.setattr(datasets, "MIRRORS", ("http://127.0.0.1:1/",))
    with pytest.raises(RuntimeError, match=r"31 MB.*KERAS_HOME"):
        datasets.ensure_available()
    assert list(cache.iterdir()) == []


def test_file_that_the_system_refuses_to_grow_is_reported(tmp_path, real_folder):
    pytest.importorskip("resource")
    code = (
        "import resource; from aelib import datasets\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n"
        "datasets.ensure_available()"
    )
    home = tmp_path / "home"
    result = finish(start(code, KERAS_HOME=home, AELIB_DATA_DIR=real_folder))
    assert "RuntimeError: Fashion-MNIST's files, about 31 MB, can't be" in result.err
    assert list((home / "datasets" / "fashion-mnist").iterdir()) == []


def test_file_in_the_way_of_the_cache_folder_is_reported(cache):
    cache.parent.write_bytes(b"not a folder")
    with pytest.raises(RuntimeError, match="can't be written to"):
        datasets.ensure_available()


# Homes that can't be written


@pytest.fixture
def shared_folder():
    """A folder that any user can reach, which pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="aelib-test-"))
    folder.chmod(0o755)
    yield folder
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder)


WITH_KERAS = """
import json, os
from aelib import datasets
import keras
folder = datasets.ensure_available()
train, test = keras.datasets.fashion_mnist.load_data()
os.environ["KERAS_HOME"] = "/elsewhere"
again = datasets.ensure_available()
print(json.dumps([str(folder), str(again), train[0].shape, test[0].shape]))
"""


def test_keras_finds_the_files_and_downloads_nothing(tmp_path, real_folder):
    home = tmp_path / "home"
    changes = {"KERAS_HOME": home, "AELIB_DATA_DIR": real_folder}
    result = finish(start(WITH_KERAS, **changes))
    assert len(result.out.splitlines()) == 2, result.err  # no download by Keras
    said, answer = result.out.splitlines()
    assert "4 of 4 files" in said
    first, second, train_shape, test_shape = json.loads(answer)
    assert Path(first) == home / "datasets" / "fashion-mnist"
    assert second == first  # the running Keras counts, not a later change
    assert train_shape == [60_000, 28, 28]
    assert test_shape == [10_000, 28, 28]


# Root may write everywhere; the question is what is made of the answer.
AS_READ_ONLY = """
import os
real = os.access
os.access = lambda path, mode: (
    not str(path).startswith(os.environ["HOME"]) and real(path, mode)
)
"""
# Keras' own answer to the same question: where its loader looks, in this environment.
WHERE = """
from pathlib import Path
from aelib import datasets
before, _ = datasets._find_cache()
import keras
from keras.src.utils import file_utils
file_utils.urlretrieve = lambda *_: None  # asks nobody, and writes nothing
path = keras.utils.get_file("probe", "http://x", cache_subdir="datasets/fashion-mnist")
after, _ = datasets._find_cache()
print(before, after, Path(path).parent, sep="\\n")
"""


@pytest.mark.skipif(os.name != "posix", reason="asks for POSIX permission bits")
@pytest.mark.parametrize("kind", ["writable", "named", "empty", "read-only"])
def test_the_folder_is_the_one_in_which_keras_looks(shared_folder, kind):
    home = shared_folder / "home"
    home.mkdir()
    home.chmod(0o555 if kind == "read-only" else 0o777)
    changes = {"HOME": home}
    if kind == "named":
        changes["KERAS_HOME"] = home / "elsewhere"
    if kind == "empty":  # no folder for Keras, though nothing can be written to it
        changes["KERAS_HOME"] = ""
    code = AS_READ_ONLY + WHERE if kind == "read-only" else WHERE
    result = finish(start(code, **changes))
    places = result.out.splitlines()[-3:]
    assert len(places) == 3 and len(set(places)) == 1, result.err
    if kind in ("empty", "read-only"):
        assert Path(places[0]).parts[1] == "tmp"
    else:
        assert home in Path(places[0]).parents


@pytest.mark.skipif(os.name != "posix", reason="asks for POSIX permission bits")
def test_files_in_a_read_only_home_are_copied_to_where_keras_looks(
    tmp_path, tiny_folder, monkeypatch
):
    mine = fill(tmp_path / "home" / ".keras" / "datasets" / "fashion-mnist")
    folder = tmp_path / "tmp" / ".keras" / "datasets" / "fashion-mnist"
    monkeypatch.setattr(datasets, "_find_cache", lambda: (folder, mine))
    monkeypatch.setattr(datasets, "FILES", TINY_HASHES)
    assert datasets.ensure_available() == folder
    assert holds_exactly_the_tiny_files(folder)


@pytest.mark.skipif(os.name != "posix", reason="asks for POSIX permission bits")
def test_a_folder_of_somebody_else_is_reported_with_what_to_do(shared_folder):
    theirs = shared_folder / "theirs"
    theirs.mkdir()
    theirs.chmod(0o555)  # not the owner's to write, either
    code = (
        "from pathlib import Path; from aelib import datasets\n"
        f"datasets._find_cache = lambda: (Path({str(theirs / 'cache')!r}), None)\n"
        + AS_NOBODY
        + "datasets.ensure_available()"
    )
    message = finish(start(code)).err
    assert "can't be written to" in message and "KERAS_HOME" in message


def test_importing_aelib_changes_nothing_but_names(tmp_path):
    code = (
        "import os, sys, matplotlib.pyplot, sklearn.neighbors\n"
        "before = dict(os.environ)\n"
        "import aelib.datasets, aelib.metrics, aelib.plotting\n"
        "import aelib.results, aelib.validation\n"
        "assert dict(os.environ) == before\n"
        "assert not {'keras', 'tensorflow'} & set(sys.modules)\n"
        "os.fstat(2)"
    )
    home = tmp_path / "home"
    home.mkdir()
    changes = {"HOME": home, "MPLCONFIGDIR": tmp_path / "matplotlib"}
    result = finish(start(code, **changes))
    assert (result.code, result.out, result.err) == (0, "", "")
    assert list(home.iterdir()) == []
