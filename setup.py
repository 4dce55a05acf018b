"""Stop early, and say why, on a Python that the course's libraries do not support.

Everything else about the package is in pyproject.toml.
"""

import sys

from setuptools import setup

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    version = ".".join(map(str, sys.version_info[:2]))
    sys.exit(
        "This course needs Python 3.11, 3.12 or 3.13; this is Python " + version + ". "
        "Make the virtual environment with another one, e.g. python3.13 -m venv .venv"
    )
setup()
