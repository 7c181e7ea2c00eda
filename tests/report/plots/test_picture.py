"""Pictures: words in the file, the same bytes each time, colours that can be told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente import DisputeError
from detente.report.plots.picture import (
    PICTURE_FORMATS,
    SERIES_COLOURS,
    Picture,
    new_figure,
    picture_bytes,
    series_colours,
    write_picture,
)


def picture() -> Picture:
    figure = new_figure(3, 2)
    figure.add_subplot().plot([1, 2, 3])
    return Picture(figure, "A line & more", "It rises from 1 to 3.")


@pytest.mark.parametrize("form", PICTURE_FORMATS)
def test_the_same_picture_is_the_same_bytes(form: str) -> None:
    assert picture_bytes(picture(), form) == picture_bytes(picture(), form)


@pytest.mark.parametrize("form", ["svg", "png"])
def test_words_are_in_the_file(form: str) -> None:
    content = picture_bytes(picture(), form)
    assert b"It rises from 1 to 3." in content
    assert b"A line &" in content


def test_a_name_must_tell_the_format(tmp_path: Path) -> None:
    with pytest.raises(DisputeError, match="svg, png, pdf"):
        write_picture(picture(), tmp_path / "line.bmp")
    assert list(tmp_path.iterdir()) == []
    write_picture(picture(), tmp_path / "line.svg")
    assert (tmp_path / "line.svg").read_bytes().startswith(b"<?xml")


def test_colours_repeat_in_order() -> None:
    assert series_colours(8) == [*SERIES_COLOURS, SERIES_COLOURS[0]]
