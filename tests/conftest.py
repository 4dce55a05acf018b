"""What all tests share: the data are there before any kernel starts."""

import os

# Before TensorFlow is imported anywhere, notebooks' kernels included.
os.environ.setdefault("MPLBACKEND", "agg")

from aelib.data import ensure_available
import pytest


@pytest.fixture(scope="session", autouse=True)
def data_folder():
    """Make the verified data available once, before notebooks run."""
    return ensure_available()
