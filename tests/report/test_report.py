"""The report: what it says, in what order, and that nothing in a name is markup."""

from __future__ import annotations

import io
import re
from base64 import b64decode
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pytest

import detente
from detente.files.loading import list_cases
from detente.report.content import (
    Bullets,
    Group,
    Illustration,
    Judgements,
    Prose,
    ReportContent,
    Section,
    Subheading,
    Table,
)
from detente.report.equilibria import counts_by_outcome, equilibria_across_outcomes
from detente.report.render.html import html_page
from detente.report.render.markdown import markdown_text
from detente.report.render.word import word_document
from detente.report.render.word_tables import column_widths, divided
from detente.report.roadmaps import verdict_lines
from detente.report.write import make_report as whole_report
from detente.stability.analysis import Analysis

STYLE = Path(detente.__file__).parent / "report/render/templates/page.css"
NASTY = "<script>alert('1')</script> & \"**bold**\" | $x_1$ `code`"

# Names, paraphrases and texts that a page or Markdown could take for markup.
NASTY_DISPUTE: dict[str, Any] = {
    "dispute": NASTY,
    "about": NASTY,
    "sources": [{"id": "text", "title": NASTY}],
    "parties": {
        "a": {
            "name": NASTY,
            "options": {"go": {"name": NASTY, "irreversible": "up"}},
            "preferences": [
                {
                    "prefer": "not go",
                    "source": {"id": "text", "at": {"paragraph": 1, "sentence": 2}, "says": NASTY},
                },
                {"prefer": "go", "judgement": True, "because": NASTY},
            ],
        },
        "b": {"name": "B", "options": {"go": NASTY}, "preferences": ["a.go"]},
    },
    "outcomes": {"end": {"name": NASTY, "when": "a.go", "about": NASTY}},
    "status_quo": {},
}
NASTY_TEXT = "One. Two <b>bold</b>. Three.\n\nFour.\n"


class Page(HTMLParser):
    """What a page consists of: its elements with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in {"meta", "link", "img", "br"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


def make_report(analysis: Analysis, **what: Any) -> ReportContent:
    """A report whose brief is soon made: with the preferences as stated."""
    return whole_report(analysis, **{"draws": 0, **what})


@pytest.fixture(scope="module")
def korea() -> Analysis:
    return detente.analyse(detente.load("korea-2017"))


@pytest.fixture(scope="module")
def korea_report(korea: Analysis) -> ReportContent:
    return make_report(korea)


@pytest.fixture(scope="module")
def text_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("texts") / "text.txt"
    path.write_text(NASTY_TEXT, encoding="utf-8")
    return path


def nasty(**what: Any) -> ReportContent:
    return make_report(detente.analyse(detente.build_dispute(NASTY_DISPUTE)), **what)


def section(report: ReportContent, name: str) -> Section:
    return next(one for one in report.sections if one.id == name)


def prose(part: Section) -> str:
    texts = [block.text for block in part.blocks if isinstance(block, Prose)]
    items = [item for block in part.blocks if isinstance(block, Bullets) for item in block.items]
    return " ".join([*texts, *items])


def accessible(page: Page) -> None:
    """What can be said of accessibility without looking at the page."""
    assert page.all("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), "a level is skipped"
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        for name in ("aria-labelledby", "aria-describedby"):
            assert name not in attributes or attributes[name] in ids
        if attributes.get("href", "").startswith("#"):
            assert attributes["href"][1:] in ids
    # The first thing that a keyboard comes to leads past the contents.
    first = page.all("a")[0]
    assert first == {"class": "skip", "href": "#report"}
    assert all(image["alt"].strip() and image["aria-describedby"] for image in page.all("img"))
    assert all(cell["scope"] in {"col", "row", "rowgroup"} for cell in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    # What can be moved sideways can be so by keyboard, and says what it is.
    for attributes in page.all("div"):
        if attributes.get("class") == "scroll":
            assert attributes["tabindex"] == "0"
            assert attributes["aria-label"].strip()


def without_a_network(page: Page) -> None:
    assert page.all("script", "iframe", "object", "embed", "base", "form") == []
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")]
        assert attributes.get("src", "data:").startswith("data:")
        assert "srcset" not in attributes
        address = attributes.get("href", "#")
        assert address.startswith("#") or (tag == "link" and address == "data:,")
    assert "url(" not in STYLE.read_text("utf-8")
    assert "@import" not in STYLE.read_text("utf-8")
    for image in page.all("img"):
        picture = b64decode(image["src"].partition(",")[2]).decode()
        assert not re.findall(r'(?:href|src)\s*=\s*"(?!#|data:image/png)([^"]*)"', picture)
        assert "<script" not in picture
    policy = next(one for one in page.all("meta") if "http-equiv" in one)
    assert policy["content"].startswith("default-src 'none'")


@pytest.mark.parametrize("case", [name for name in list_cases() if name != "korea-2017"])
def test_every_case_gives_an_accessible_page_without_a_network(case: str) -> None:
    # What has to change for the other outcomes of that case takes seconds to find.
    about = "as_planned" if case == "garrison-diversion" else None
    page = Page(html_page(make_report(detente.analyse(detente.load(case)), about=about)))
    accessible(page)
    without_a_network(page)


def test_a_large_case_gives_an_accessible_page_without_a_network(
    korea_report: ReportContent,
) -> None:
    page = Page(html_page(korea_report))
    accessible(page)
    without_a_network(page)


def test_names_are_never_markup_on_a_page(text_file: Path) -> None:
    text = html_page(nasty(texts={"text": text_file}))
    page = Page(text)
    accessible(page)
    without_a_network(page)
    assert page.all("b") == []
    # As the heading, an option, a paraphrase and so on: in full, as text.
    assert page.text.count(NASTY) > 6


def test_the_same_page_each_time() -> None:
    assert html_page(nasty()) == html_page(nasty())


def luminance(colour: str) -> float:
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it."""
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_of_text_on_all_its_grounds(scheme: str) -> None:
    light, dark = re.findall(r":root \{(.*?)\}", STYLE.read_text("utf-8"), re.S)[:2]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    if scheme == "dark":
        colours |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark))
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast(colours["mark-ink"], colours["mark"]) >= 4.5
    for ink in ("ink", "quiet", "link", "problem"):
        for ground in ("paper", "panel"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, f"{ink} on {ground}"
    # No colour stands in a rule but as a variable, apart from the white under pictures and print.
    rules = re.sub(r":root \{.*?\}", "", STYLE.read_text("utf-8"), flags=re.S)
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", rules)) <= {"#ffffff", "#999999"}


# What it says --------------------------------------------------------------------------------


def test_the_brief_comes_first_and_then_the_annexes(korea_report: ReportContent) -> None:
    first, second, *rest = korea_report.sections
    assert (first.id, first.heading, second.id) == ("brief", "Brief", "summary")
    assert [one.heading[:8] for one in (second, *rest)][:3] == ["Annex A:", "Annex B:", "Annex C:"]
    assert prose(first).startswith("Within 12 steps, expect “Agreement")
    assert "detente brief korea-2017 --draws 0" in first.commands
    # Without a status quo there is nothing to expect, and no annexes.
    plain = make_report(detente.analyse(detente.load("prisoners-dilemma")))
    assert [one.id for one in plain.sections][:1] == ["summary"]
    assert not any(one.heading.startswith("Annex") for one in plain.sections)


def test_a_brief_for_a_party_about_an_outcome() -> None:
    elmira = detente.analyse(detente.load("elmira"))
    report = make_report(elmira, party="Uniroyal", about="original_order")
    assert report.sections[0].heading == "Brief for Uniroyal"
    assert "--for uniroyal --about original_order" in report.sections[-1].commands[0]
    with pytest.raises(detente.DisputeError, match="no outcome 'no'"):
        make_report(elmira, about="no")


def test_who_answers_for_it_and_when(tmp_path: Path) -> None:
    report = nasty(author=NASTY, on=date(2026, 5, 2))
    assert report.byline == f"{NASTY}, 2 May 2026"
    page = Page(html_page(report))
    accessible(page)
    without_a_network(page)
    assert f"{NASTY}, 2 May 2026" in page.text
    style = html_page(report).partition("<style>")[2].partition("</style>")[0]
    # On each printed page, as letters that a style sheet takes for nothing else.
    assert "counter(page)" in style
    assert "\\32 0" not in style
    assert "<script" not in style
    written = docx.Document(io.BytesIO(word_document(report)))
    assert written.sections[0].header.paragraphs[0].text == f"{NASTY}. {NASTY}, 2 May 2026"
    fields = written.sections[0].footer.paragraphs[0]._p.xpath("w:fldSimple/@w:instr")
    assert fields == ["PAGE", "NUMPAGES"]
    assert written.core_properties.author == NASTY
    assert f"{detente.load('elmira').title}" not in markdown_text(report, lambda _: None)
    assert nasty(on=date(2026, 5, 2)).byline == "2 May 2026"


def test_the_summary_comes_next_and_says_whose_judgements_these_are(
    korea: Analysis, korea_report: ReportContent
) -> None:
    told = prose(section(korea_report, "summary"))
    assert "judgements of whoever wrote the dispute file" in told
    assert "not a forecast" in told
    named = np.any([korea.in_outcome(one.id) for one in korea.dispute.outcomes], axis=0)
    assert f"{np.count_nonzero(~named):,} states of 61,440 fit no named outcome; 0 of them" in told
    assert "19,592 of 22,368 under GMR" in told
    assert "6 parties" in told
    assert f"{korea.equilibria('SEQ').size:,} states of {korea.count:,}" in told
    assert "Under SEQ it is not an equilibrium: it is not stable for China." in told
    assert "Named outcomes that have none under SEQ: “Disarmament without a guarantee”." in told


def test_equilibria_behind_an_irreversible_option_are_explained(
    korea: Analysis, korea_report: ReportContent
) -> None:
    told = prose(section(korea_report, "summary"))
    place = korea.concepts.index("Nash")
    count = counts_by_outcome(korea)["war"][place]
    assert f"How to read the equilibria in “War” under Nash ({count})" in told
    assert "nobody can take back “Use force” (United States)" in told
    # Nothing is irreversible in the prisoner's dilemma, and nothing is explained.
    plain = make_report(detente.analyse(detente.load("prisoners-dilemma")))
    assert "How to read" not in prose(section(plain, "summary"))


def test_every_section_says_how_it_was_computed(korea_report: ReportContent) -> None:
    for one in korea_report.sections:
        assert one.method, one.id
        assert one.commands, one.id


def test_commands_call_the_dispute_as_the_user_does() -> None:
    report = make_report(detente.analyse(detente.load("elmira")), case="my case.yaml")
    commands = [command for one in report.sections for command in one.commands]
    assert "detente analyse 'my case.yaml' --concepts Nash,GMR,SMR,SEQ,SSEQ" in commands


def test_a_large_dispute_is_drawn_by_its_outcomes(korea_report: ReportContent) -> None:
    def pictures(report: ReportContent) -> list[str]:
        blocks = section(report, "graph").blocks
        return [block.id for block in blocks if isinstance(block, Illustration)]

    assert pictures(korea_report) == ["outcomes"]
    elmira = detente.analyse(detente.load("elmira"))
    assert pictures(make_report(elmira)) == ["graph", "outcomes"]


def test_no_outcome_fills_the_table_of_equilibria(korea: Analysis) -> None:
    found = equilibria_across_outcomes(korea, 12)
    assert len(found.states) == 12
    assert found.all == equilibria_across_outcomes(korea, 100_000).all
    everywhere = set().union(*(korea.equilibria(name).tolist() for name in korea.concepts))
    assert set(found.states) <= everywhere
    for outcome, counts in counts_by_outcome(korea).items():
        if outcome and any(counts):
            assert korea.in_outcome(outcome)[np.array(found.states) - 1].any(), outcome


def test_a_roadmap_is_told_with_its_verdict(korea: Analysis, korea_report: ReportContent) -> None:
    check = detente.check_roadmap(korea.dispute, "russia_2017", concept="SEQ")
    verdict = verdict_lines(check)[0]
    assert f"Roadmap “{check.plan.name}”. {verdict}" in prose(section(korea_report, "summary"))
    told = section(korea_report, "roadmaps")
    assert verdict in prose(told)
    assert "detente roadmap check korea-2017 russia_2017 --concept SEQ" in told.commands
    assert any(isinstance(block, Illustration) for block in told.blocks)


def test_formats_are_told_as_on_the_terminal(korea: Analysis, korea_report: ReportContent) -> None:
    told = section(korea_report, "formats")
    found = detente.analyse_formats(korea.dispute, concept="SEQ")
    tables = [block for block in told.blocks if isinstance(block, Table)]
    reached = {row[0]: row[1:3] for group in tables[0].groups for row in group.rows}
    assert reached == {one.name: (f"{one.reached:,}", f"{one.held:,}") for one in found.formats}
    for form in found.formats:
        assert Subheading(form.name) in told.blocks
    assert [block.id for block in told.blocks if isinstance(block, Illustration)] == ["formats"]
    # Without formats there is no such section.
    plain = make_report(detente.analyse(detente.load("elmira")))
    assert {"formats", "claims"}.isdisjoint(one.id for one in plain.sections)


def test_claims_stand_beside_their_passages(korea: Analysis, korea_report: ReportContent) -> None:
    told = section(korea_report, "claims")
    checked = detente.check_claims(korea.dispute, origins=False)
    (listed,) = [block for block in told.blocks if isinstance(block, Judgements)]
    assert [one.heading for one in listed.items] == [one.claim.id for one in checked]
    for item, one in zip(listed.items, checked, strict=True):
        facts = dict(item.facts)
        assert facts["Source says"] == one.claim.says
        assert facts["Computed"].startswith(one.answer.short)
        assert ("Differs" in facts) == (not one.agrees)
        assert [passage.says for passage in item.passages] == [
            citation.says for citation in one.claim.basis.citations
        ]
    assert "--origins" in (told.method or "")


def test_a_claim_shows_its_sentence_and_what_gives_the_answer(text_file: Path) -> None:
    cited = {"id": "text", "at": {"paragraph": 1, "sentence": 2}, "says": NASTY}
    claim = {"id": "goes", "ask": "a may choose go", "says": "no", "source": cited}
    analysis = detente.analyse(detente.build_dispute(NASTY_DISPUTE | {"claims": [claim]}))
    report = make_report(analysis, texts={"text": text_file}, origins=True)
    (listed,) = [
        block for block in section(report, "claims").blocks if isinstance(block, Judgements)
    ]
    (item,) = listed.items
    assert item.passages[0].text == "Two <b>bold</b>."
    (checked,) = detente.check_claims(analysis.dispute)
    assert checked.origin is not None
    assert dict(item.facts)["Computed"].startswith(checked.answer.short)
    table = next(b for b in section(report, "claims").blocks if isinstance(b, Table))
    assert table.columns[-1] == "Answer is"
    accessible(Page(html_page(report)))


# Texts of sources ------------------------------------------------------------------------------


def test_a_text_is_part_of_the_report_only_where_the_reader_gives_it(text_file: Path) -> None:
    without, given = html_page(nasty()), html_page(nasty(texts={"text": text_file}))
    assert "Three." not in Page(without).words
    page = Page(given)
    assert "Show the passage in its place" in page.words
    assert "One. Two <b>bold</b>. Three." in page.words
    assert given.count("<mark>Two &lt;b&gt;bold&lt;/b&gt;.</mark>") == 1
    assert {"href": "#source-1-p1"} in page.all("a")


def test_a_text_beside_the_dispute_file_is_not_taken_unasked(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("A secret of the author.", encoding="utf-8")
    described = NASTY_DISPUTE | {"sources": [{"id": "text", "title": "T", "path": "text.txt"}]}
    dispute = detente.build_dispute(described, path=tmp_path / "case.yaml")
    report = make_report(detente.analyse(dispute))
    assert "secret" not in html_page(report)


def test_another_text_than_the_cited_one_is_told(text_file: Path) -> None:
    described = NASTY_DISPUTE | {"sources": [{"id": "text", "title": "T", "sha256": "0" * 64}]}
    analysis = detente.analyse(detente.build_dispute(described))
    report = make_report(analysis, texts={"text": text_file})
    assert "this is not the text that the dispute file cites" in prose(section(report, "sources"))


def test_a_passage_that_the_text_lacks_is_told(tmp_path: Path) -> None:
    short = tmp_path / "short.txt"
    short.write_text("One sentence alone.", encoding="utf-8")
    text = html_page(nasty(texts={"text": short}))
    assert "The paragraph has no such sentence in the text that was given." in text


# Other formats ---------------------------------------------------------------------------------


def test_names_are_never_markup_in_markdown() -> None:
    text = markdown_text(nasty(), lambda illustration: f"{illustration.id}.svg")
    prose_only = re.sub(r"^```console\n.*?^```$", "", text, flags=re.M | re.S)
    assert not re.search(r"(?<!\\)[<>`$]", prose_only.replace("](<", "").replace(">)", ""))
    assert "\\*\\*bold\\*\\*" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    widths = [len(re.findall(r"(?<!\\)\|", row)) for row in rows]
    for before, after, row in zip(widths, widths[1:], rows[1:], strict=False):
        if row.startswith("| ---"):
            assert before == after
    assert [line for line in text.splitlines() if line.startswith("# ")] == [text.splitlines()[0]]
    assert "](<graph.svg>)" in text


def test_a_quotation_that_is_not_in_its_source_is_marked(text_file: Path) -> None:
    def told(quote: str, **what: Any) -> str | None:
        cited = {"id": "text", "at": {"paragraph": 1, "sentence": 1}, "quote": quote}
        described = NASTY_DISPUTE | {"outcomes": {"end": {"when": "a.go", "source": cited}}}
        report = make_report(detente.analyse(detente.build_dispute(described)), **what)
        (item,) = [
            item
            for block in section(report, "judgements").blocks
            if isinstance(block, Judgements)
            for item in block.items
            if item.heading == "end"
        ]
        return item.passages[0].problem

    assert told("One.", texts={"text": text_file}) is None
    assert "has no such words" in (told("Three.", texts={"text": text_file}) or "")
    assert "not given" in (told("One.") or "")


def test_columns_of_a_document_fit_their_words() -> None:
    many = tuple(str(number) for number in range(60))
    words = ("A row whose heading is long", *["considerable"] * 60)
    wide = Table("Wide", ("State", *many), (Group((words,)),))
    parts = divided(wide)
    assert len(parts) > 1
    assert [one for part in parts for one in part.columns[1:]] == list(many)
    assert all(part.columns[0] == "State" for part in parts)
    for part in parts:
        for width, cells in zip(
            column_widths(part), zip(*part.groups[0].rows, strict=True), strict=True
        ):
            longest = max(len(word) for cell in cells for word in cell.split())
            # Eight points, of which a letter takes half on average; twenty to a point.
            assert width > longest * 80
    told = Table("Told", ("Name", "What it says"), (Group((("A", "many words " * 60),)),))
    narrow, broad = column_widths(told)
    assert broad > 5 * narrow


def test_the_document_has_headings_and_alternative_texts() -> None:
    written = docx.Document(io.BytesIO(word_document(nasty())))
    headings = [
        p for p in written.paragraphs if p.style is not None and "Heading 1" in p.style.name
    ]
    assert [p.text for p in headings] == [
        *(one.heading for one in nasty().sections),
        "The pictures in words",
    ]
    pictures = [
        block.picture
        for one in nasty().sections
        for block in one.blocks
        if isinstance(block, Illustration)
    ]
    described = [shape._inline.docPr.get("descr") for shape in written.inline_shapes]
    assert described == [picture.alternative for picture in pictures]
    assert all(len(one) <= 250 for one in described)
    # What they show is told once, at the end.
    paragraphs = [p.text for p in written.paragraphs]
    for picture in pictures:
        assert sum(picture.description in text for text in paragraphs) == 1
    assert all(table.rows[0]._tr.trPr.xpath("w:tblHeader") for table in written.tables)
    assert written.core_properties.title == NASTY


def test_a_markdown_report_has_its_pictures_beside_it(tmp_path: Path) -> None:
    analysis = detente.analyse(detente.load("elmira"))
    detente.write_report(analysis, tmp_path / "my report.md", draws=0)
    text = (tmp_path / "my report.md").read_text("utf-8")
    addresses = re.findall(r"!\[.*?\]\(<(.*?)>\)", text)
    assert addresses
    for address in addresses:
        assert (tmp_path / address.replace("%20", " ")).is_file()


@pytest.mark.parametrize(("name", "form"), [("r.txt", None), ("report", None), ("r.html", "pdf")])
def test_a_format_must_be_known(tmp_path: Path, name: str, form: str | None) -> None:
    analysis = detente.analyse(detente.load("prisoners-dilemma"))
    with pytest.raises(detente.DisputeError, match="html, md, docx"):
        detente.write_report(analysis, tmp_path / name, form)
    assert list(tmp_path.iterdir()) == []


def test_the_report_speaks_by_a_concept_that_was_analysed() -> None:
    analysis = detente.analyse(detente.load("prisoners-dilemma"), ["Nash"])
    with pytest.raises(detente.DisputeError, match="SEQ was not analysed"):
        make_report(analysis)
    assert "Under Nash" in prose(make_report(analysis, concept="Nash").sections[0])


def test_the_envoy_and_what_is_bargained_over_are_told(korea_report: ReportContent) -> None:
    told = prose(section(korea_report, "mediation"))
    assert "1 instrument will do for “Russia's plan in stages” to hold" in told
    told = prose(section(korea_report, "linkage"))
    assert "On “Pressure on North Korea” the weights balance at 58 of 100" in told


def test_the_graph_model_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = detente.analyse(detente.load("prisoners-dilemma"))

    def build(*_: object, **__: object) -> None:
        raise AssertionError("the model is at hand")

    monkeypatch.setattr("detente.stability.prepared_model.build_graph_model", build)
    assert make_report(analysis).sections
