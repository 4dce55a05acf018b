"""What all tests and notebooks share: no screen is needed, and the data are there."""

import os

# Notebooks' kernels draw inline, as on the page, whatever the shell says; TensorFlow
# says nothing of this machine's graphics card and instructions.
os.environ.pop("MPLBACKEND", None)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from aelib.datasets import ensure_available
import matplotlib
import pytest

matplotlib.use("agg")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make the verified data available before any notebook's kernel starts."""
    try:
        ensure_available()
    except RuntimeError as error:
        pytest.exit(str(error), returncode=1)
