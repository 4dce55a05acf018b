"""Metrics of reconstructions, of a latent space and of generated samples.

Arrays, and decoders or encoders as callables, go in; plain numbers come out.
"""

from aelib.metrics.generation import (
    empty_fraction,
    frechet_distance,
    log_volume_element,
    path_unevenness,
    PRDC,
    prdc,
    round_trip,
    sample_box,
    sample_ellipsoid,
)
from aelib.metrics.latent import (
    bounding_box,
    class_regions,
    ClassRegions,
    continuity,
    kl_from_standard_normal,
    knn_accuracy,
    knn_predict,
    moments,
    nearest_neighbor_distances,
    trustworthiness,
    whiten,
)
from aelib.metrics.reconstruction import (
    binary_cross_entropy,
    entropy_floor,
    mean_squared_error,
    peak_signal_to_noise_ratio,
    reconstruction_errors,
    sharpness,
)

__all__ = [
    "PRDC",
    "ClassRegions",
    "binary_cross_entropy",
    "bounding_box",
    "class_regions",
    "continuity",
    "empty_fraction",
    "entropy_floor",
    "frechet_distance",
    "kl_from_standard_normal",
    "knn_accuracy",
    "knn_predict",
    "log_volume_element",
    "mean_squared_error",
    "moments",
    "nearest_neighbor_distances",
    "path_unevenness",
    "peak_signal_to_noise_ratio",
    "prdc",
    "reconstruction_errors",
    "round_trip",
    "sample_box",
    "sample_ellipsoid",
    "sharpness",
    "trustworthiness",
    "whiten",
]
