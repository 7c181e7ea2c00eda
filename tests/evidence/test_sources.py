"""Texts divided into sentences, and citations checked against them."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.dispute.dispute import (
    Basis,
    Citation,
    Claim,
    Constant,
    Constraint,
    Dispute,
    Format,
    Formula,
    Locator,
    Option,
    OrderedStates,
    Outcome,
    Package,
    Party,
    Place,
    Roadmap,
    Source,
    Stage,
    Statement,
    Statements,
)
from detente.dispute.errors import DisputeError, LimitError
from detente.evidence.sources import (
    EvidenceFinding,
    check,
    judgements,
    read_text,
    sentence,
    split,
    texts_at_hand,
)

TEXT = "Heading\n\nThe ferry sails at dawn. It carries salt.\n\nNobody waits — “never”, they say.\n"
JUDGED = Basis(judgement=True, because="a reason")
TRUE = Formula("true", Constant(True), Place(9, 3))


def dispute_with(*citations: Citation, source: Source, path: Path | None = None) -> Dispute:
    claim = Claim("c", ask="", says="yes", basis=Basis(citations), place=Place(20, 5))
    return Dispute("d", parties=(), sources=(source,), claims=(claim,), path=path)


def text_file(folder: Path, content: str | bytes = TEXT, name: str = "text.txt") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def kinds(findings: tuple[EvidenceFinding, ...]) -> list[str]:
    return [finding.kind for finding in findings]


# Dividing a text ---------------------------------------------------------------------------


def test_blocks_between_blank_lines_are_paragraphs() -> None:
    text = "\n\nTitle\n\nOne line,\nand its rest. Another.\n \t \n\nLast\n\n"
    assert split(text) == (("Title",), ("One line, and its rest.", "Another."), ("Last",))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_without_blank_lines_each_line_is_a_paragraph(end: str) -> None:
    assert split(end.join(["Title", "One. Two.", "Three", ""])) == (
        ("Title",),
        ("One.", "Two."),
        ("Three",),
    )


def test_an_empty_text_has_no_paragraphs() -> None:
    assert split("") == split(" \n\n\t") == ()


@pytest.mark.parametrize(
    ("paragraph", "sentences"),
    [
        ("Ready? Go! Now… Then it ended.", ["Ready?", "Go!", "Now…", "Then it ended."]),
        ("She said “no.” He left.", ["She said “no.”", "He left."]),
        ("He left (at last.) She stayed.", ["He left (at last.)", "She stayed."]),
        ("It rose. “Why?” he asked.", ["It rose.", "“Why?” he asked."]),
        ("It fell. (Nobody saw.)", ["It fell.", "(Nobody saw.)"]),
        ("It was late. 12 boats came.", ["It was late.", "12 boats came."]),
        ("It ended in 2017. Élan was lost.", ["It ended in 2017.", "Élan was lost."]),
        ("Well... Yes.", ["Well...", "Yes."]),
        ("It grew by 3.5 per cent. more or less", ["It grew by 3.5 per cent. more or less"]),
        ("The U.S. Senate met. J. K. Smith spoke.", ["The U.S. Senate met.", "J. K. Smith spoke."]),
        ("Mr. Smith saw Dr. Jones. Both left.", ["Mr. Smith saw Dr. Jones.", "Both left."]),
        ("See No. 5. No. Never.", ["See No. 5.", "No.", "Never."]),
        ("At the end./. New one.", ["At the end./.", "New one."]),
        ("no stop", ["no stop"]),
    ],
)
def test_sentences(paragraph: str, sentences: list[str]) -> None:
    assert split(paragraph) == (tuple(sentences),)


@given(st.text(alphabet='aB1 .!?…"”)(\n\r\t\u00a0', max_size=60))
def test_no_character_is_lost_or_moved(text: str) -> None:
    parts = [part for paragraph in split(text) for part in paragraph]
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(part and part == " ".join(part.split()) for part in parts)


@pytest.mark.parametrize("text", ["." * 300_000, ".)" * 150_000, ". " * 150_000, "a." * 150_000])
def test_time_does_not_grow_with_the_square_of_the_length(text: str) -> None:
    start = time.perf_counter()
    split(text)
    # Quadratic matching would take minutes.
    assert time.perf_counter() - start < 5


def test_a_passage_by_locator() -> None:
    assert sentence(TEXT, Locator(2, 2)) == "It carries salt."
    assert sentence(TEXT, Locator(2)) == "The ferry sails at dawn. It carries salt."


@pytest.mark.parametrize(
    ("locator", "message"),
    [
        (Locator(4), "no paragraph 4; the text has 3 paragraphs"),
        (Locator(0), "no paragraph 0"),
        (Locator(2, 3), "no sentence 3 in paragraph 2, which has 2 sentences"),
        (Locator(1, 2), "no sentence 2 in paragraph 1, which has 1 sentence"),
        (Locator(2, 0), "no sentence 0 in paragraph 2"),
    ],
)
def test_a_locator_outside_the_text(locator: Locator, message: str) -> None:
    with pytest.raises(DisputeError, match=message):
        sentence(TEXT, locator)


# Checking citations ------------------------------------------------------------------------


def test_good_citations_give_no_findings(tmp_path: Path) -> None:
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    dispute = dispute_with(
        Citation("s", at=Locator(2, 1), says="A boat leaves early."),
        Citation("s", quote="sails at\n  dawn. It"),
        Citation("s", at=Locator(3, 1), quote='waits - "never", they'),
        source=Source("s", "S", sha256=digest.upper()),
    )
    assert check(dispute, {"s": text_file(tmp_path)}) == ()


def test_wrong_hash(tmp_path: Path) -> None:
    source = Source("s", "S", sha256="0" * 64, place=Place(3, 5))
    (finding,) = check(dispute_with(source=source), {"s": text_file(tmp_path)})[:1]
    assert (finding.kind, finding.place, finding.is_fault) == ("hash", Place(3, 5), True)
    assert hashlib.sha256(TEXT.encode()).hexdigest() in finding.message


def test_locator_outside_the_text_is_found_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    citation = Citation("s", at=Locator(2, 3), place=Place(31, 7))
    dispute = dispute_with(citation, source=Source("s", "S"), path=file)
    (finding,) = check(dispute, {"s": text_file(tmp_path)})
    assert (finding.kind, finding.judgement, finding.is_fault) == ("locator", "claim c", True)
    assert str(finding).startswith(f"{file}:31:7: claim c: ")
    assert "no sentence 3" in str(finding)


@pytest.mark.parametrize(
    ("quote", "at"),
    [
        ("carries Salt", None),  # case counts
        ("carries pepper", None),
        ("carries salt", Locator(2, 1)),  # in the text, but not there
        ("  ", None),
    ],
)
def test_missing_quotation(tmp_path: Path, quote: str, at: Locator | None) -> None:
    dispute = dispute_with(Citation("s", at=at, quote=quote), source=Source("s", "S"))
    assert kinds(check(dispute, {"s": text_file(tmp_path)})) == ["quote"]


def test_unknown_source_is_found_without_any_text() -> None:
    dispute = dispute_with(Citation("artcle"), source=Source("article", "S"))
    (finding,) = check(dispute, {})
    assert (finding.kind, finding.place) == ("unknown-source", Place(20, 5))
    assert "did you mean 'article'" in finding.message


def test_a_text_elsewhere_is_a_remark(tmp_path: Path) -> None:
    dispute = dispute_with(Citation("s", at=Locator(99)), source=Source("s", "S"))
    (finding,) = check(dispute, {})
    assert (finding.kind, finding.is_fault) == ("not-at-hand", False)
    assert "1 citation is unchecked" in finding.message
    assert check(dispute, {"s": text_file(tmp_path)})[0].is_fault


def test_a_judgement_without_a_basis_is_a_remark() -> None:
    bare = Basis(because="only a reason")
    dispute = Dispute("d", (), constraints=(Constraint(TRUE, basis=bare),))
    (finding,) = check(dispute, {})
    assert (finding.kind, finding.place, finding.is_fault) == ("no-basis", Place(9, 3), False)
    judged = Dispute("d", (), constraints=(Constraint(TRUE, basis=JUDGED),))
    assert check(judged, {}) == ()


def test_every_kind_of_judgement_is_visited() -> None:
    first = Party(
        "a", "A", (Option("x", "a", "X"),), Statements((Statement(TRUE), Statement(TRUE)))
    )
    second = Party("b", "B", (), OrderedStates(((TRUE,),)))
    dispute = Dispute(
        "d",
        (first, second),
        constraints=(Constraint(TRUE),),
        packages=(Package("p", "P", ("a", "b"), {}),),
        outcomes=(Outcome("o", "O", TRUE),),
        roadmaps=(Roadmap("r", "R", (Stage("Begin", package="p"),)),),
        formats=(Format("f", "F", ("a",)),),
        claims=(Claim("c", "", "yes"),),
    )
    assert [label for label, _ in judgements(dispute)] == [
        "party a",
        "option a.x",
        "preference 1 of a: true",
        "preference 2 of a: true",
        "party b",
        "order of b",
        "constraint never true",
        "package p",
        "outcome o",
        "roadmap r",
        "stage 1 of r: Begin",
        "format f",
        "claim c",
    ]


# Reading texts -----------------------------------------------------------------------------


def test_a_local_text_is_looked_up_beside_the_dispute_file(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    text_file(tmp_path / "notes")
    source = Source("s", "S", path=Path("notes/text.txt"))
    citation = Citation("s", quote="carries salt")
    dispute = dispute_with(citation, source=source, path=tmp_path / "case.yaml")
    assert check(dispute, {}) == ()
    # Where the dispute has no file, there is no folder to look in.
    assert kinds(check(dispute_with(citation, source=source), {})) == ["not-at-hand"]


def test_a_text_that_is_given_comes_before_the_local_one(tmp_path: Path) -> None:
    other = text_file(tmp_path, "Other.", "other.txt")
    source = Source("s", "S", path=Path("missing.txt"))
    dispute = dispute_with(source=source, path=tmp_path / "case.yaml")
    assert texts_at_hand(dispute, {"s": other})["s"].text == "Other."


@pytest.mark.parametrize(
    "path", ["../text.txt", "a/../../text.txt", "/etc/hostname", "C:\\a.txt", "..\\text.txt"]
)
def test_a_local_path_may_not_leave_the_folder(tmp_path: Path, path: str) -> None:
    text_file(tmp_path)
    source = Source("s", "S", path=Path(path))
    dispute = dispute_with(source=source, path=tmp_path / "cases" / "case.yaml")
    with pytest.raises(DisputeError, match="leaves the folder"):
        check(dispute, {})


def test_nor_by_a_link(tmp_path: Path) -> None:
    outside = text_file(tmp_path)
    folder = tmp_path / "cases"
    folder.mkdir()
    try:
        (folder / "link.txt").symlink_to(outside)
    except OSError:
        pytest.skip("links cannot be made here")
    source = Source("s", "S", path=Path("link.txt"))
    with pytest.raises(DisputeError, match="leaves the folder"):
        check(dispute_with(source=source, path=folder / "case.yaml"), {})


def test_a_text_for_an_unknown_source(tmp_path: Path) -> None:
    dispute = dispute_with(source=Source("article", "S"))
    with pytest.raises(DisputeError, match="did you mean 'article'"):
        check(dispute, {"artcle": text_file(tmp_path)})


def test_texts_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DisputeError, match="no file"):
        read_text(tmp_path / "missing.txt")
    with pytest.raises(DisputeError, match="not a file"):
        read_text(tmp_path)
    with pytest.raises(DisputeError, match="not UTF-8 text"):
        read_text(text_file(tmp_path, b"caf\xe9"))
    with pytest.raises(DisputeError, match="null byte"):
        read_text(text_file(tmp_path, b"a\0b"))


def test_a_text_that_is_too_large(tmp_path: Path) -> None:
    path = text_file(tmp_path, b"")
    os.truncate(path, 8 * 1024**2 + 1)
    with pytest.raises(LimitError, match="larger than 8 MiB"):
        read_text(path)


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfOne.\r\nTwo."
    found = read_text(text_file(tmp_path, data))
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert split(found.text) == (("One.",), ("Two.",))
