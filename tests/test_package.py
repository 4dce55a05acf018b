"""Installation: which Pythons are accepted."""

from importlib import metadata
from pathlib import Path
import subprocess
import sys

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 14)])
def test_an_unsupported_python_is_refused_and_told_what_to_use(version):
    code = (
        "import runpy, sys, setuptools\n"
        "setuptools.setup = lambda: print('went on')\n"
        f"sys.version_info = {(*version, 0)}\n"
        "runpy.run_path('setup.py')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13" in done.stderr
    assert f"this is Python {version[0]}.{version[1]}." in done.stderr
    assert "went on" not in done.stdout


@pytest.mark.parametrize("python", ["3.11.0", "3.12.0", "3.13.0"])
def test_every_pinned_version_installs_on_the_supported_pythons(python):
    refused = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        pin = Requirement(line)
        if pin.marker and not pin.marker.evaluate({"python_full_version": python}):
            continue
        (wanted,) = pin.specifier
        try:
            found = metadata.distribution(pin.name)
        except metadata.PackageNotFoundError:
            continue  # for another system or Python
        if pin.marker is None or pin.marker.evaluate():
            assert found.version == wanted.version, "run make constraints"
        pythons = found.metadata.get("Requires-Python", "")
        if python not in SpecifierSet(pythons):
            refused[pin.name] = pythons
    assert refused == {}
