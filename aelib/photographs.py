"""Eight colour photographs that come with scikit-image and scikit-learn, as tiles.

Chapter 10 takes them for a folder of one's own images. Their licences allow that:

- cat (Stéfan van der Walt), coffee (Rachel Michetti, Pikolo Espresso Bar) and retina
  (Mikael Häggström, doi:10.15347/wjm/2014.008): CC0;
- rocket (SpaceX) and galaxies (NASA, Hubble eXtreme Deep Field): public domain;
- tissue (colon, stained; Center for Microscopy and Molecular Imaging): no known
  copyright restrictions;
- temple (Daniel Büchele) and flower (vultilion), both on Flickr: CC BY 2.0.
"""

from pathlib import Path
import warnings

import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_image

__all__ = ["load", "write_tiles"]

BLOCK = 128  # pixels a side
SCENE = 512  # pixels a side of the part of a large photograph that is used


def load() -> dict[str, np.ndarray]:
    """Return the photographs by name.

    Of the two large ones the galaxies are cut to 512×512 pixels, and the retina, which
    hardly has any detail at its full size, is reduced to them.

    Returns
    -------
    dict of str to numpy.ndarray
        uint8 (height, width, 3), 300 to 512 pixels high.
    """
    with warnings.catch_warnings():
        # Its progress bar is plain text where ipywidgets are not installed.
        warnings.filterwarnings("ignore", "IProgress not found")
        from skimage.data import (
            chelsea,
            coffee,
            hubble_deep_field,
            immunohistochemistry,
            retina,
            rocket,
        )
    fundus = Image.fromarray(retina())
    smaller = fundus.resize((SCENE, SCENE), Image.Resampling.LANCZOS)
    return {
        "cat": chelsea(),
        "coffee": coffee(),
        "flower": load_sample_image("flower.jpg"),
        "galaxies": hubble_deep_field()[:SCENE, :SCENE],
        "retina": np.asarray(smaller),
        "rocket": rocket(),
        "temple": load_sample_image("china.jpg"),
        "tissue": immunohistochemistry(),
    }


def write_tiles(folder: Path | str, size: int = 32, step: int = 16) -> int:
    """Cut the photographs into tiles and write each as a PNG file.

    A photograph is first divided into blocks of 128×128 pixels; no tile lies in two.
    The tiles of a block overlap if `step` is below `size`. Files are called for
    instance "flower/block-0-2/016-032.png": photograph, row and column of the block,
    and the tile's place in it in pixels.

    Parameters
    ----------
    folder
        Where to write; it is made if need be.
    size
        Height and width of a tile in pixels, at most 128.
    step
        Pixels from one tile to the next, down and across.

    Returns
    -------
    int
        Number of files.

    Raises
    ------
    ValueError
        If `size` is not between 1 and 128, or `step` is below 1.
    """
    if not 1 <= size <= BLOCK or step < 1:
        raise ValueError(
            f"size is {size} and step {step}; give a size of 1 to {BLOCK} and a step "
            "of 1 or more"
        )
    starts = range(0, BLOCK - size + 1, step)
    count = 0
    for name, photograph in load().items():
        rows, columns = (side // BLOCK for side in photograph.shape[:2])
        for row, column in np.ndindex(rows, columns):
            place = Path(folder, name, f"block-{row}-{column}")
            place.mkdir(parents=True, exist_ok=True)
            block = photograph[BLOCK * row :, BLOCK * column :]
            for top in starts:
                for left in starts:
                    tile = block[top : top + size, left : left + size]
                    file = place / f"{top:03}-{left:03}.png"
                    Image.fromarray(tile).save(file, compress_level=1)
                    count += 1
    return count
