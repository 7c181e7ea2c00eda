"""Letters of any script in pictures."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib.font_manager import fontManager

from detente.report.plots import letters
from detente.report.plots.picture import Picture, new_figure, picture_bytes


def font(path: Path, family: str, has: str) -> None:
    """A font with a square for each of some letters."""
    names = [".notdef", *(f"u{ord(letter):04x}" for letter in has)]
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 500), (500, 500), (500, 0)):
        pen.lineTo(corner)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(letter): f"u{ord(letter):04x}" for letter in has})
    builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[None]:
    """Two fonts, each with some letters that the usual font lacks."""
    before = list(fontManager.ttflist)
    font(tmp_path / "one.ttf", "Test Hangul", "한국")
    font(tmp_path / "two.ttf", "Test Han", "中")
    for name in ("one.ttf", "two.ttf"):
        fontManager.addfont(tmp_path / name)
    letters._installed.cache_clear()
    yield
    fontManager.ttflist[:] = before
    letters._installed.cache_clear()


def picture(text: str) -> Picture:
    figure = new_figure(2, 1)
    figure.text(0.1, 0.5, text)
    return Picture(figure, "Title", "Description")


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_installed_fonts_are_used_for_letters_that_the_usual_one_lacks(
    installed: None, form: str
) -> None:
    made = picture("Korea 한국 中")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        content = picture_bytes(made, form)
    (text,) = made.figure.texts
    assert text.get_fontfamily()[0] == "DejaVu Sans"
    assert {"Test Hangul", "Test Han"} <= set(text.get_fontfamily())
    if form == "svg":
        assert b"Test Hangul" in content


def test_letters_that_no_font_has_are_named(installed: None) -> None:
    with pytest.warns(letters.MissingLettersWarning, match=r"letters 朝, 鮮 \(Cjk\)") as told:
        picture_bytes(picture("한 朝鮮"), "png")
    assert len(told) == 1


def test_a_picture_in_usual_letters_is_as_it_was(installed: None) -> None:
    made = picture("Iran, Süd, Россия")
    picture_bytes(made, "png")
    assert made.figure.texts[0].get_fontfamily() == ["sans-serif"]


@pytest.mark.long
def test_a_backend_left_by_a_notebook_is_no_hindrance(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "detente", "formats", "korea-2017"]
    done = subprocess.run(
        [*command, "--picture", tmp_path / "p.png", "-o", tmp_path / "t"],
        capture_output=True,
        env={**os.environ, "MPLBACKEND": "module://no.such.backend"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "p.png").exists()
