"""Brief and report in another language: its catalogue is complete, and nothing stays in English."""

from __future__ import annotations

import ast
import gettext
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner
from matplotlib.text import Text

import detente
from detente.briefing.likelihood import BANDS
from detente.cli import detente as cli
from detente.files.base_rates import base_rates
from detente.report import language
from detente.report.brief import WORDS_OF_OTHERS, brief_blocks
from detente.report.content import (
    Bullets,
    Illustration,
    Judgements,
    Outline,
    Prose,
    Section,
    Subheading,
    Table,
)
from detente.report.language import (
    LANGUAGES,
    decimal,
    in_language,
    say,
    say_number,
    say_told,
    whole_number,
)
from detente.report.material import Material
from detente.report.option_forms import SYMBOLS, option_rows
from detente.report.sections import sections_in_order
from detente.report.sections.parties import parties
from detente.report.words import joined, percentage, quoted
from detente.space.option_form import level_symbol

MAKER = Path(__file__).parents[2] / "docs" / "make_translations.py"
TRANSLATED = [one for one in LANGUAGES if one != "en"]


@cache
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_translations", MAKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def entries(catalogue: Any) -> dict[Any, Any]:
    return {one.id: one.string for one in catalogue if one.id}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", text))


@pytest.mark.parametrize("name", TRANSLATED)
def test_every_message_is_translated_and_no_other(name: str) -> None:
    said, kept = entries(maker().messages()), entries(maker().catalogue(name))
    assert len(said) > 100
    assert set(said) == set(kept), "./dev python docs/make_translations.py"
    for message, translation in kept.items():
        forms = (translation,) if isinstance(translation, str) else translation
        assert all(forms), message
        wanted = message if isinstance(message, str) else message[1]
        assert {frozenset(placeholders(one)) for one in forms} == {
            frozenset(placeholders(wanted))
        }, message


def test_what_the_code_says_is_in_the_catalogue() -> None:
    """Found in the syntax tree: what collects messages does not look into every expression."""
    kept = {one if isinstance(one, str) else one[0]: one for one in entries(maker().messages())}
    program = Path(detente.__file__).parent
    said = re.compile(rf"\b(?:{'|'.join(maker().KEYWORDS)})\b")
    for module in program.glob("**/*.py"):
        text = module.read_text("utf-8")
        if "workbench" in module.parts or not said.search(text):
            continue
        for call in ast.walk(ast.parse(text)):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                continue
            first = call.args[0] if call.args else None
            if call.func.id in maker().KEYWORDS and isinstance(first, ast.Constant):
                assert first.value in kept, f"{module}:{call.lineno}"
                assert isinstance(kept[first.value], tuple) == (call.func.id == "say_number")


@pytest.mark.parametrize("name", TRANSLATED)
def test_what_is_read_is_what_is_kept(name: str) -> None:
    place = maker().TRANSLATIONS / name / "LC_MESSAGES"
    made = maker().compiled((place / "detente.po").read_bytes())
    read = [
        gettext.GNUTranslations(BytesIO(one)) for one in (made, (place / "detente.mo").read_bytes())
    ]
    for attribute in ("_catalog", "plural"):
        one, other = (getattr(catalogue, attribute) for catalogue in read)
        if attribute == "plural":
            assert [one(n) for n in range(5)] == [other(n) for n in range(5)]
        else:
            # The header tells which program wrote it.
            assert {**one, "": ""} == {**other, "": ""}
    assert (place / "detente.po").read_bytes() == maker().as_text(maker().catalogue(name))


def test_words_of_other_modules_are_in_the_catalogue() -> None:
    rates = {word for rate in base_rates() for word in (rate.of, rate.became)}
    levels = {"low", "moderate", "high"}
    assert {*rates, *levels, *(words for words, _, _ in BANDS)} == set(WORDS_OF_OTHERS)


def test_numbers_and_words_are_those_of_the_language() -> None:
    with in_language("fr"):
        assert whole_number(2304) == "2\u202f304"
        assert decimal(0.7, ".2f") == "0,70"
        assert percentage(0.15) == "15\u00a0%"
        assert percentage(0.001) == "<1\u00a0%"
        assert joined(["a", "b", "c"]) == "a, b et c"
        assert quoted("War") == "«\u00a0War\u00a0»"
        steps = [say_number("{number} step", "{number} steps", n) for n in (0, 1, 2)]
        assert steps == ["0 étape", "1 étape", "2 étapes"]
    assert whole_number(2304) == "2,304"
    assert say("Watch for these moves:") == "Watch for these moves:"


def test_a_name_with_braces_is_told_as_it_is() -> None:
    assert say("{party}: {words}", party="{A}", words="{words}") == "{A}: {words}"


def told(blocks: Any) -> Iterator[str]:
    for block in blocks:
        match block:
            case Prose(text):
                yield text
            case Outline(items):
                yield from (text for _, text in items)
            case Table(caption, columns):
                yield caption
                yield from columns


@pytest.mark.parametrize("name", TRANSLATED)
@pytest.mark.parametrize(
    "case", ["korea-2017-two-party", pytest.param("elmira", marks=pytest.mark.slow)]
)
def test_no_sentence_stays_in_english(case: str, name: str) -> None:
    found = detente.brief(detente.load(case), draws=2)
    english = list(told(brief_blocks(found)))
    with in_language(name):
        other = list(told(brief_blocks(found)))
    assert len(english) == len(other)
    same = {one for one, two in zip(english, other, strict=True) if one == two}
    assert same <= {"Chance"}
    # Of what the program says, and not the file, no sentence begins as in English.
    names = re.compile("“[^”]*”|«[^»]*»")
    rest = " ".join(names.sub("", one) for one in other)
    for name_of_file in (found.dispute.title, *(party.name for party in found.dispute.parties)):
        rest = rest.replace(name_of_file, "")
    assert not re.search(r"\b(the|of|it|would|which|and)\b", rest)


@pytest.mark.slow
def test_a_whole_report_is_in_it(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    words = ["report", "korea-2017-two-party", "--draws", "2", "--language", "fr"]
    assert CliRunner().invoke(cli, [*words, "-o", str(page)]).exit_code == 0
    text = page.read_text("utf-8")
    assert '<html lang="fr">' in text
    assert text.count('lang="') == 1, "no section is in another language"
    section = text.partition('<section aria-labelledby="brief">')[2]
    assert "Note de synthèse" in section.partition("</section>")[0]
    assert "Annexe A\xa0: Ce qui peut tenir, en bref" in text
    assert "--language fr" in text


# A dispute whose own words are of no language that is looked for.
LATIN = """
dispute: Rixa parva
parties:
  alba:
    name: Alba
    options:
      cedo: {name: Cede}
      bellum: {name: Bellum, irreversible: up}
    preferences:
      - {prefer: "not alba.bellum", confidence: 0.6, judgement: true}
      - {prefer: "nigra.cedo", source: {id: liber, at: {paragraph: 2, sentence: 1}, says: Verba}}
      - {prefer: "not alba.cedo"}
  nigra:
    name: Nigra
    options:
      cedo: {name: Cede}
      minor: {name: Minae, levels: [nullae, parvae, magnae]}
    preferences:
      - {prefer: "alba.cedo"}
      - {prefer: "not nigra.cedo"}
      - {prefer: "nigra.minor = magnae"}
constraints:
  - {never: "alba.bellum and alba.cedo", because: Ratio}
packages:
  pactum: {name: Pactum, parties: [alba, nigra], set: {alba.cedo: yes, nigra.cedo: yes}}
status_quo: {}
outcomes:
  pax: {name: Pax, when: "alba.cedo and nigra.cedo"}
  bellum: {name: Bellum, when: alba.bellum}
sources:
  - {id: liber, title: Liber, year: 1900}
roadmaps:
  via:
    name: Via
    stages:
      - {stage: Prima, package: pactum}
      - {stage: Altera, move: {alba.bellum: yes}}
formats:
  ambo: {name: Ambo, parties: [alba, nigra]}
  sola: {name: Sola, parties: [alba]}
issues:
  ager:
    name: Ager
    this_dispute: true
    scale: {low: Nihil, high: Omnia}
    positions:
      alba: {position: 20, salience: 0.4, capability: 60}
      nigra: {position: 70, salience: 0.9, capability: 50}
  mare:
    name: Mare
    scale: {low: Nihil, high: Omnia}
    positions:
      alba: {position: 10, salience: 0.8, capability: 60}
      nigra: {position: 90, salience: 0.3, capability: 50}
claims:
  - {id: prima, ask: "where not alba.bellum: alba may choose bellum", says: "yes"}
  - {id: altera, ask: "where alba.bellum: alba may choose cedo", says: "no"}
"""


def words_of(section: Section) -> Iterator[str]:
    """All that a section says, but for formulas and quotations."""
    yield section.heading
    yield section.method or ""
    for block in section.blocks:
        match block:
            case Prose(text) | Subheading(text):
                yield text
            case Bullets(items):
                yield from items
            case Outline(items=pairs):
                yield from (text for _, text in pairs)
            case Table(caption, columns, groups):
                yield caption
                yield from columns
                for group in groups:
                    yield group.heading or ""
                    yield from (cell for row in group.rows for cell in row)
            case Illustration(picture=picture):
                yield from (picture.title, picture.description)
                yield from (text.get_text() for text in picture.figure.findobj(Text))
            case Judgements(items=judged):
                for one in judged:
                    yield one.heading
                    yield from (part for pair in one.facts for part in pair)
                    yield one.basis or ""
                    yield from (passage.problem or "" for passage in one.passages)


ENGLISH = re.compile(
    r"\b(the|of|it|its|would|which|is|are|be|by|with|from|for|in|state|states|party|stage|under"
    r"|what|who|how|nobody|none|each|move|moves|rank|yes|no|and|or|an)\b",
    re.IGNORECASE,
)


@pytest.mark.slow
def test_no_annex_says_anything_in_english(tmp_path: Path) -> None:
    case = tmp_path / "rixa.yaml"
    case.write_text(LATIN, "utf-8")
    dispute = detente.load(case)
    analysis = detente.analyse(dispute, concepts=["Nash", "GMR", "SMR", "SEQ", "SSEQ", "NM"])
    material = Material(analysis, "SEQ", "rixa.yaml", language="fr", draws=2)
    made = [make(material) for _, make in sections_in_order()]
    sections = {one.id: one for one in made if one is not None}
    assert {"roadmaps", "mediation", "formats", "linkage", "claims"} <= set(sections)
    assert {one.language for one in sections.values()} == {"fr"}
    for name, section in sections.items():
        for text in words_of(section):
            own = re.sub(r"\b(alba|nigra)\.\w+ = \w+|«[^»]*»|`[^`]*`|docs/\S+|--\w+", "", text)
            own = re.sub(r"\b(where .*:|never .*|not \w+\.\w+|\w+\.\w+ and \w+\.\w+)", "", own)
            found = ENGLISH.search(own)
            assert not found, f"{name}: {text}"


def test_levels_are_told_in_words_of_the_language(tmp_path: Path) -> None:
    case = tmp_path / "rixa.yaml"
    case.write_text(LATIN, "utf-8")
    analysis = detente.analyse(detente.load(case), concepts=["Nash"])
    by_language = {}
    for name in ("en", "fr"):
        with in_language(name):
            table = parties(Material(analysis, "Nash", "rixa.yaml", language=name)).blocks[0]
            assert isinstance(table, Table)
            levels = {row[1]: row[-1] for group in table.groups for row in group.rows}
            rows = [rows for _, rows in option_rows(analysis.model, [1])]
        by_language[name] = (levels, rows[0][0][1])
    (english, symbol), (french, other) = by_language["en"], by_language["fr"]
    assert (english["alba.cedo"], french["alba.cedo"]) == ("no", "non")
    assert (symbol, other) == ("N", "N")
    # Levels that the file names stay as they are.
    assert english["nigra.minor"] == french["nigra.minor"] == "nullae"
    with in_language("fr"):
        assert [say(one) for one in SYMBOLS] == ["O", "N"]
        assert say_told(level_symbol(["no", "yes"], 1)) == "O"
        assert say_told(level_symbol(["Y", "N"], 0)) == "Y"


def test_the_command_speaks_it() -> None:
    words = ["brief", "elmira", "--draws", "2", "--language"]
    assert "note de synthèse" in CliRunner().invoke(cli, [*words, "fr"]).output
    assert "'xx' is not one of 'en', 'fr'" in CliRunner().invoke(cli, [*words, "xx"]).output
    assert language.LANGUAGES[0] == "en"
