"""Helper package of the course: what one chapter teaches, the next ones import.

It is imported before Keras: the data's place must be settled first, and TensorFlow's
start-up messages are kept off the page. Set TF_CPP_MIN_LOG_LEVEL to 0 to see them.
"""

import os

from aelib import files as files  # settles Keras' home, before Keras is imported


def _import_tensorflow_quietly() -> None:
    """Import TensorFlow with the process's error output closed.

    Its libraries write there while they are loaded, whatever TF_CPP_MIN_LOG_LEVEL is.
    A failing import still raises.
    """
    if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") != "3":
        return
    error_output = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import tensorflow  # noqa: F401 (Keras' backend; only its noise matters here)
    finally:
        os.dup2(error_output, 2)
        os.close(error_output)
        os.close(nowhere)


_import_tensorflow_quietly()
