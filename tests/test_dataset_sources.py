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
import pytest

ROOT = Path(files.__file__).parents[1]
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
TINY_HASHES = {name: hashlib.sha256(TINY[name]).hexdigest() for name in TINY}
# Permission bits mean nothing to root: from here on a child process is nobody, who may
# not be allowed to read the interpreter's library, so imports come before.
AS_NOBODY = """
import os
if hasattr(os, "getuid") and os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
"""
# A child process that wants the tiny files too.
TINY_CHILD = f"from aelib import files, sources; files._TABLES = ({TINY_HASHES!r},)\n"


@pytest.fixture(scope="module")
def real_folder():
    return files.ensure_available()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache that wants the tiny files, of which no source is left."""
    home = tmp_path / "keras"
    home.mkdir()
    monkeypatch.setattr(files, "_find_keras_home", lambda: home)
    monkeypatch.setattr(files, "_TABLES", (TINY_HASHES,))
    monkeypatch.setattr(files, "_read_only_cache", None)
    monkeypatch.setattr(sources, "ORIGINS", ())
    monkeypatch.setattr(sources, "DEBIAN_FOLDER", tmp_path / "no-debian")
    monkeypatch.setattr(sources.shutil, "which", lambda name: None)
    monkeypatch.delenv("AELIB_DATA_DIR", raising=False)
    return home / "datasets" / "fashion-mnist"


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
    monkeypatch.setattr(files, "list_sources", lambda *_: pytest.fail("source asked"))
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
    assert files._find_fault(published, LABELS) == ""
    assert "wrong name" in files._find_fault(published, IMAGES)


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
    monkeypatch.setattr(sources, "DEBIAN_FOLDER", tiny_folder)
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
    monkeypatch.setattr(sources, "ORIGINS", origins)
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
    monkeypatch.setattr(sources, "ORIGINS", (closed_port(), origin))
    datasets.ensure_available()
    assert holds_exactly_the_tiny_files(cache)
    assert f"4 of 4 files from {origin}" in capsys.readouterr().out


def test_wrong_file_of_one_host_is_taken_from_the_next(
    cache, tiny_folder, tmp_path, serve, monkeypatch
):
    wrong, _ = serve(fill(tmp_path / "wrong", TINY | {IMAGES: b"<html>Log in</html>"}))
    right, asked = serve(tiny_folder)
    monkeypatch.setattr(sources, "ORIGINS", (wrong, right))
    datasets.ensure_available()
    assert holds_exactly_the_tiny_files(cache)
    assert asked == [f"HEAD {IMAGES}", f"GET {IMAGES}"]


def test_host_that_never_answers_is_given_up_once_for_all_files(
    cache, tiny_folder, serve, monkeypatch
):
    origin, _ = serve(tiny_folder)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        monkeypatch.setattr(sources, "ORIGINS", (hanging, origin))
        monkeypatch.setattr(sources, "TIMEOUT", 0.5)
        begun = time.monotonic()
        problem = sources._download(hanging, list(TINY), cache)
        assert time.monotonic() - begun < 1.5
        assert "no answer in 0.5 seconds" in problem or "timed out" in problem
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
    monkeypatch.setattr(sources, "ORIGINS", (origin,))
    monkeypatch.setattr(sources, "TIMEOUT", 0.5)
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
    monkeypatch.setattr(sources, "ORIGINS", (origin,))
    with pytest.raises(RuntimeError, match=origin):
        datasets.ensure_available()
    assert len([line for line in asked if line.startswith("GET")]) == 1


def test_download_leaves_the_timeout_of_other_sockets_as_it_was(
    cache, tiny_folder, serve, monkeypatch
):
    during = []
    origin, _ = serve(tiny_folder)
    monkeypatch.setattr(sources, "ORIGINS", (origin,))
    import keras

    real = keras.utils.get_file

    def spy(*args, **kwargs):
        during.append(socket.getdefaulttimeout())
        return real(*args, **kwargs)

    monkeypatch.setattr(keras.utils, "get_file", spy)
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(77)
    try:
        datasets.ensure_available()
        assert socket.getdefaulttimeout() == 77
    finally:
        socket.setdefaulttimeout(before)
    assert during == [sources.TIMEOUT] * 4


# The last resort


def test_last_resort_fetches_debians_package_as_any_user(shared_folder):
    home = shared_folder / "a home"
    home.mkdir()
    home.chmod(0o777)
    code = (
        "from pathlib import Path; from aelib import files, sources\n"
        "sources.ORIGINS, sources.DEBIAN_FOLDER = (), Path('/nowhere')\n"
        + AS_NOBODY
        + "print(files.ensure_available(), os.getuid(), sep='\\n')"
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
        assert digest == datasets.FILES[path.name]


# Two processes, killed processes


def test_two_processes_that_start_together_both_succeed(tmp_path, real_folder):
    code = (
        "from aelib import files; print('ready', flush=True); input()\n"
        "print(files.ensure_available())"
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
import os, sys
from pathlib import Path
from types import SimpleNamespace
def get_file(name, origin, cache_dir, cache_subdir):
    Path(cache_dir, cache_subdir, name).write_bytes(b"half")
    os._exit(9)
sys.modules["keras.utils"] = SimpleNamespace(get_file=get_file)
sources._ask = lambda url: ""
sources.DEBIAN_FOLDER = Path("/nowhere")
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
    call = "files.ensure_available()"
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


def test_interrupted_download_cleans_up_behind_itself(cache, serve, monkeypatch):
    def interrupt(*args, cache_dir, **kwargs):
        Path(cache_dir, IMAGES).write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr("keras.utils.get_file", interrupt)
    monkeypatch.setattr(sources, "_ask", lambda url: "")
    monkeypatch.setattr(sources, "ORIGINS", ("http://127.0.0.1:1/",))
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
    monkeypatch.setattr(sources, "ORIGINS", ("http://127.0.0.1:1/",))
    monkeypatch.setattr(sources, "_ask", lambda url: pytest.fail("went on"))
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

    monkeypatch.setattr("keras.utils.get_file", fill_up)
    monkeypatch.setattr(sources, "_ask", lambda url: "")
    monkeypatch.setattr(sources, "ORIGINS", ("http://127.0.0.1:1/",))
    with pytest.raises(RuntimeError, match=r"31 MB.*KERAS_HOME"):
        datasets.ensure_available()
    assert list(cache.iterdir()) == []


def test_file_that_the_system_refuses_to_grow_is_reported(tmp_path, real_folder):
    pytest.importorskip("resource")
    code = (
        "import resource; from aelib import files\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n"
        "files.ensure_available()"
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
import json, os, shutil
from pathlib import Path
from aelib import data
folder = datasets.ensure_available()
import keras
train, test = keras.datasets.fashion_mnist.load_data()
os.environ["KERAS_HOME"] = "/elsewhere"
again = datasets.ensure_available()
print(json.dumps([str(folder), str(again), train[0].shape, test[0].shape]))
shutil.rmtree(folder.parents[1])
folder.parents[1].write_bytes(b"")
datasets.ensure_available()
"""


@pytest.fixture(scope="module")
def with_keras(tmp_path_factory, real_folder):
    """One start of the real Keras where its home, below a regular file, can't be."""
    folder = tmp_path_factory.mktemp("unwritable")
    (folder / "file").write_bytes(b"")
    changes = {"KERAS_HOME": folder / "file" / "home", "AELIB_DATA_DIR": real_folder}
    (folder / "tmp").mkdir()
    changes |= {name: folder / "tmp" for name in ("TMPDIR", "TEMP", "TMP")}
    return folder / "tmp", finish(start(WITH_KERAS, **changes))


def test_keras_loads_from_a_private_home_where_its_own_cannot_be_written(with_keras):
    temporary, result = with_keras
    assert len(result.out.splitlines()) == 2, result.err  # no download by Keras
    said, answer = result.out.splitlines()
    assert "4 of 4 files" in said
    first, second, train_shape, test_shape = json.loads(answer)
    assert Path(first).parents[2] == temporary
    assert Path(first).parents[1].name.startswith("aelib-keras-")
    assert second == first  # the running Keras counts, not a later change
    assert train_shape == [60_000, 28, 28]
    assert test_shape == [10_000, 28, 28]


def test_running_keras_without_a_writable_home_is_told_what_to_do(with_keras):
    message = with_keras[1].err.splitlines()[-1]
    assert message.startswith("RuntimeError: Keras was imported with a home")
    assert "import aelib.data before keras" in message
    assert "KERAS_HOME" in message


def test_home_is_settled_before_keras_is_imported(tmp_path):
    code = (
        "from aelib import data; import os; from keras.src.backend import config\n"
        "print(config.keras_home(), os.environ['KERAS_HOME'], sep='\\n')"
    )
    # A folder that not even root can make.
    result = finish(start(code, KERAS_HOME=f"{os.devnull}/keras", TMPDIR=tmp_path))
    keras_home, settled = result.out.splitlines()
    assert keras_home == settled, result.err
    assert Path(settled).parent == tmp_path


@pytest.mark.skipif(os.name != "posix", reason="asks for POSIX permission bits")
def test_complete_cache_in_a_read_only_home_serves_a_private_one(shared_folder):
    home = shared_folder / "home"
    fill(home / ".keras" / "datasets" / "fashion-mnist")
    for folder in (home / ".keras", home):
        folder.chmod(0o555)
    (shared_folder / "tmp").mkdir()
    (shared_folder / "tmp").chmod(0o777)
    child = (
        TINY_CHILD
        + AS_NOBODY
        + "print(files.ensure_available(), os.environ['KERAS_HOME'], sep='\\n')"
    )
    changes = {"HOME": home, "TMPDIR": shared_folder / "tmp"}
    first, second = (finish(start(child, **changes)) for _ in range(2))
    assert first.code == 0, first.err
    said, folder, keras_home = first.out.splitlines()
    assert f"from the read-only {home / '.keras'}" in said
    assert second.out.splitlines() == [folder, keras_home]  # silent, the same place
    private = Path(keras_home)
    assert private.parent == shared_folder / "tmp"
    assert private.stat().st_mode & 0o777 == 0o700
    assert Path(folder) == private / "datasets" / "fashion-mnist"
    assert holds_exactly_the_tiny_files(Path(folder))


def unwritable_home(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "file" / "home"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delitem(sys.modules, "keras.src.backend.config", raising=False)
    monkeypatch.setattr(files, "_read_only_cache", None)


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no owners on Windows")
def test_private_home_of_somebody_else_is_refused(tmp_path, monkeypatch):
    unwritable_home(tmp_path, monkeypatch)
    stranger = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: stranger)
    (tmp_path / f"aelib-keras-{stranger}").mkdir()
    with pytest.raises(RuntimeError, match=r"somebody else's.*Set the.*KERAS_HOME"):
        files._find_keras_home()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="links ask for rights on Windows")
def test_private_home_that_is_a_link_is_refused(tmp_path, monkeypatch):
    unwritable_home(tmp_path, monkeypatch)
    (tmp_path / "target").mkdir()
    (tmp_path / f"aelib-keras-{os.getuid()}").symlink_to(tmp_path / "target")
    with pytest.raises(RuntimeError, match=r"a link or.*Set the.*KERAS_HOME"):
        datasets.ensure_available()
    assert list((tmp_path / "target").iterdir()) == []
