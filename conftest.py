"""What all tests and notebooks share: no screen is needed, and the data are there."""

import os

# Notebooks' kernels draw inline, as on the page, whatever the shell says.
os.environ.pop("MPLBACKEND", None)

from aelib.files import ensure_available
import matplotlib
import pytest

matplotlib.use("agg")


def pytest_sessionstart(session):
    """Make the verified data available before any notebook's kernel starts."""
    try:
        ensure_available()
    except RuntimeError as error:
        pytest.exit(str(error), returncode=1)
