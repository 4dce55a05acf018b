"""Helper package of the course: what one chapter teaches, the next ones import.

It is imported before Keras, because the data's place must be settled first.
"""

from aelib import files as files  # settles Keras' home
