"""Import TensorFlow without messages that would stand on every page.

`aelib.data` and `aelib.models` import this module before Keras imports TensorFlow. Set
the environment variable TF_CPP_MIN_LOG_LEVEL to 0 to see the messages.
"""

import logging
import os


def _import_tensorflow() -> None:
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


def _is_wanted(record: logging.LogRecord) -> bool:
    """Tell whether a message of TensorFlow's Python part is news to the reader.

    Keras traces functions of its own for each model. A page with several models makes
    TensorFlow warn of "retracing", as if something were wrong.
    """
    return "triggered tf.function retracing" not in record.getMessage()


_import_tensorflow()
logging.getLogger("tensorflow").addFilter(_is_wanted)
