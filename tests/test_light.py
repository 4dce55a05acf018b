"""The pages' style sheets, scripts and pictures, made light: without a book."""

import base64
import io
import re

import aelib_light
from fontTools.ttLib import TTFont
from PIL import Image
import pytest


@pytest.mark.parametrize(
    ("sheet", "kept"),
    [
        (".used{a:b}", ".used{a:b}"),
        (".unused{a:b}", ""),
        ("#unused{a:b}", ""),
        (".used .unused{a:b}", ""),
        (".unused, p > .used{a:b}", "p > .used{a:b}"),
        # In brackets and of elements and attributes nothing is asked.
        ("p:not(.unused){a:b}", "p:not(.unused){a:b}"),
        (":is(.unused,.used){a:b}", ":is(.unused,.used){a:b}"),
        ("a[href='.x']{a:b}", 'a[href=".x"]{a:b}'),
        ("@media (width<9px){.unused{a:b}.used{c:.5em}}", None),
        ("@media print{.unused{a:b}}", ""),
        ("@supports (a:b){.used{a:b}}", "@supports (a:b){.used{a:b}}"),
        ("@keyframes turn{0%{a:b}}", "@keyframes turn{0%{a:b}}"),
        ("/* c */.used{/* d */a:b;\n  c:'/* e */'}", '.used{a:b; c:"/* e */"}'),
    ],
)
def test_only_rules_for_unknown_classes_are_left_out(sheet, kept):
    kept = "@media (width<9px){.used{c:.5em}}" if kept is None else kept
    assert aelib_light.reduce_styles(sheet, {"used"}) == kept


def test_a_style_sheet_that_cannot_be_read_is_an_error():
    with pytest.raises(ValueError, match="line 1"):
        aelib_light.reduce_styles("}", set())


def test_words_are_those_of_elements_and_all_of_a_script():
    page = '<p class=\'one two\' id="three">four &amp; <b class="fi-ve\n six">'
    assert aelib_light.words_of_page(page) == {"one", "two", "three", "fi-ve", "six"}
    assert {"sev-en", "eight"} <= aelib_light.words_of_script('add("sev-en",`eight`)')


def test_imports_are_read_and_addresses_moved(tmp_path):
    folder = tmp_path / "_static" / "styles"
    folder.mkdir(parents=True)
    (tmp_path / "_static" / "b.css").write_text("b{c:url(i/b.png)}")
    (folder / "a.css").write_text(
        '@charset "UTF-8";@import "../b.css";'
        "a{b:url('../x/y.png');c:url(data:x);d:url(#e)}"
    )
    assert aelib_light.read_styles(tmp_path, "_static/styles/a.css") == (
        "b{c:url(i/b.png)}a{b:url(x/y.png);c:url(data:x);d:url(#e)}"
    )


def test_icons_that_are_used_are_in_the_style_sheet(tmp_path):
    import pydata_sphinx_theme

    theme = aelib_light.Path(pydata_sphinx_theme.__file__).parent
    fonts = theme / "theme/pydata_sphinx_theme/static/vendor"
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static" / "vendor").symlink_to(fonts)
    face = "@font-face{font-family:%s;src:url(vendor/fontawesome/webfonts/%s.ttf)}"
    names = ("fa-solid-900", "fa-brands-400")
    sheet = "".join(face % (name, name) for name in names) + '.a{content:"\uf062"}'
    light = aelib_light.embed_icons(tmp_path, sheet, {"fas"})
    assert "fa-brands" not in light and light.endswith('.a{content:"\uf062"}')
    data = re.search(r"url\(data:font/woff;base64,([^)]+)\)", light)
    font = TTFont(io.BytesIO(base64.b64decode(data[1])))
    assert set(font.getBestCmap()) == {0xF062}
    assert len(light) < 3_000


def test_scripts_are_joined_without_changing_each_other(tmp_path):
    (tmp_path / "a.js").write_text('"use strict";let a = 1 //# sourceMappingURL=a')
    (tmp_path / "b.js").write_text(f"f{aelib_light.SLOW}")
    joined = aelib_light.join_scripts(tmp_path, ["a.js", "b.js"])
    assert joined == f';"use strict";let a = 1 \n;f{aelib_light.QUICK}\n'


def test_pictures_get_their_size_and_wait(tmp_path):
    Image.new("RGB", (30, 20)).save(tmp_path / "a.webp")
    (tmp_path / "b.svg").write_text('<svg viewBox="0 0 7 5"></svg>')
    page = '<img src="b.svg"><article class="bd-article"><img src="a.webp" alt="a">'
    page += '<img width="3" src="a.webp"><img src="https://b.c/d.png">'
    light = aelib_light.describe_pictures(tmp_path, tmp_path, page)
    assert light == (
        '<img width="7" height="5" src="b.svg"><article class="bd-article">'
        '<img width="30" height="20" fetchpriority="high" src="a.webp" alt="a">'
        '<img loading="lazy" decoding="async" width="3" src="a.webp">'
        '<img src="https://b.c/d.png">'
    )
    assert aelib_light.describe_pictures(tmp_path, tmp_path, light) == light


def test_a_figure_becomes_webp_with_the_colours_of_its_palette(tmp_path):
    picture = Image.linear_gradient("L").convert("RGB")
    picture.putpixel((0, 0), (255, 0, 0))
    picture.save(tmp_path / "a.png")
    aelib_light.lighten_figure(tmp_path / "a.png")
    assert [path.name for path in tmp_path.iterdir()] == ["a.webp"]
    with Image.open(tmp_path / "a.webp") as light:
        assert light.size == picture.size
        assert len(light.convert("RGB").getcolors()) <= 256
        assert light.convert("RGB").getpixel((0, 0)) == (255, 0, 0)
