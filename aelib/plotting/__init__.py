"""Figures: arrays in, Matplotlib axes out.

Every chapter draws with these functions; none depends on a model.
"""

from aelib.plotting.architecture import (
    draw_convolution,
    draw_network,
)
from aelib.plotting.curves import (
    show_curves,
    show_pixel_histogram,
)
from aelib.plotting.images import (
    show_class_samples,
    show_feature_maps,
    show_images,
    show_neighbors,
    show_rows,
    show_signed,
    show_stages,
)
from aelib.plotting.latent import (
    draw_decoded,
    show_class_regions,
    show_codes,
    show_distances,
    show_each_class,
    show_maps,
    show_neighborhoods,
    show_pictures_at,
)
from aelib.plotting.matrices import (
    show_numbers,
    show_pixels,
)
from aelib.plotting.style import (
    CLASS_COLORS,
    DARK,
    LIGHT,
    RED,
    TEXT_WIDTH,
    use_style,
)
from aelib.plotting.variational import (
    draw_ellipses,
    draw_variational_autoencoder,
    show_posteriors,
)

__all__ = [
    "CLASS_COLORS",
    "DARK",
    "LIGHT",
    "RED",
    "TEXT_WIDTH",
    "draw_convolution",
    "draw_decoded",
    "draw_ellipses",
    "draw_network",
    "draw_variational_autoencoder",
    "show_class_regions",
    "show_class_samples",
    "show_codes",
    "show_curves",
    "show_distances",
    "show_each_class",
    "show_feature_maps",
    "show_images",
    "show_maps",
    "show_neighborhoods",
    "show_neighbors",
    "show_numbers",
    "show_pictures_at",
    "show_pixel_histogram",
    "show_pixels",
    "show_posteriors",
    "show_rows",
    "show_signed",
    "show_stages",
    "use_style",
]
