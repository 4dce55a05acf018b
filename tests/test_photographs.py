"""The eight photographs, and their tiles."""

import re

from aelib import photographs
import numpy as np
from PIL import Image
import pytest


def test_photographs_are_real_colour_pictures_of_moderate_size():
    scenes = photographs.load()
    assert len(scenes) == 8
    for image in scenes.values():
        assert image.dtype == np.uint8 and image.shape[2] == 3
        assert 300 <= image.shape[0] <= 512 and 450 < image.shape[1] <= 640
        assert image.std() > 20
    for name in scenes:
        assert name in photographs.__doc__


def test_tiles_are_parts_of_their_photograph_and_of_one_block(tmp_path):
    count = photographs.write_tiles(tmp_path, 40, 44)
    files = list(tmp_path.rglob("*.png"))
    assert len(files) == count
    scenes = photographs.load()
    pattern = r"(\w+)/block-(\d)-(\d)/(\d{3})-(\d{3}).png"
    for path in files[::17]:
        name, *numbers = re.fullmatch(
            pattern, path.relative_to(tmp_path).as_posix()
        ).groups()
        row, column, top, left = map(int, numbers)
        assert top + 40 <= 128 and left + 40 <= 128
        y, x = 128 * row + top, 128 * column + left
        tile = np.asarray(Image.open(path))
        np.testing.assert_array_equal(tile, scenes[name][y : y + 40, x : x + 40])
    # 3×4 blocks of the coffee, each with 3×3 tiles
    assert len(list((tmp_path / "coffee").rglob("*.png"))) == 3 * 4 * 9


@pytest.mark.parametrize(("size", "step"), [(129, 8), (0, 8), (32, 0)])
def test_tiles_that_do_not_fit_are_refused(tmp_path, size, step):
    with pytest.raises(ValueError, match="a size of 1 to 128"):
        photographs.write_tiles(tmp_path, size, step)
