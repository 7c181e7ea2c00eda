"""Sentences where they stand in a text, and phrases found in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.dispute.dispute import Locator
from detente.dispute.errors import DisputeError
from detente.evidence.reading.sentences import located, sentences
from detente.evidence.sources import sentence, split

TEXT = """Heading

The ferry sails at dawn.  It carries
salt and the “old
  mail”.

Nobody waits. It carries salt, they say.
"""

PIECES = st.sampled_from(
    ["The end.", "U.S.", " ", "  ", "\n", "\n\n", "\r\n", "\t", "“Why?”", "no. 5", "a", "É", "\x0b"]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_sentences_are_those_of_split_where_they_stand(text: str) -> None:
    found = sentences(text)
    by_place = {(one.at.paragraph, one.at.sentence): one.text for one in found}
    assert by_place == {
        (number, inside): words
        for number, paragraph in enumerate(split(text), 1)
        for inside, words in enumerate(paragraph, 1)
    }
    for one in found:
        assert text[one.start : one.end] == one.raw
        assert " ".join(one.raw.split()) == one.text
    ends = [place for one in found for place in (one.start, one.end)]
    assert ends == sorted(ends)


@given(st.lists(PIECES, max_size=30).map("".join), st.data())
def test_a_quotation_stands_in_the_text_letter_for_letter(text: str, data: st.DataObject) -> None:
    for one in sentences(text):
        start = data.draw(st.integers(0, len(one.text)))
        end = data.draw(st.integers(start, len(one.text)))
        quote = one.quote(start, end)
        assert quote in text
        assert quote.split() == one.text[start:end].split()


def test_a_quotation_keeps_the_line_breaks_of_the_text() -> None:
    second = sentences(TEXT)[2]
    assert second.text == "It carries salt and the “old mail”."
    assert second.quote(3, 15) == "carries\nsalt"
    assert second.quote(5, 5) == ""


def test_a_phrase_is_found_whatever_its_white_space_and_marks() -> None:
    assert located(TEXT, 'the "old mail"') == (Locator(2, 2),)
    assert located(TEXT, "It carries salt") == (Locator(2, 2), Locator(3, 2))
    assert located(TEXT, "it CARRIES salt,") == (Locator(3, 2),)


def test_a_phrase_may_run_on_over_sentences() -> None:
    assert located(TEXT, "at dawn. It carries") == (Locator(2, 1),)


def test_a_phrase_that_is_missing_is_refused_with_the_nearest_sentence() -> None:
    with pytest.raises(DisputeError, match=r"no 'ferry sails at noon'; paragraph 2, sentence 1"):
        located(TEXT, "ferry sails at noon")
    with pytest.raises(DisputeError, match="too short"):
        located(TEXT, " a ")


@given(st.lists(PIECES, max_size=30).map("".join), st.data())
def test_every_sentence_is_found_at_its_place(text: str, data: st.DataObject) -> None:
    for one in sentences(text):
        if len(one.text) >= 3:
            assert one.at in located(text, one.text)
            assert sentence(text, one.at) == one.text
