"""A file whose every text is an attack: shown on every page, exported in every format."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from hostile import ATTACKS, FREE_TEXT, WITH_MEANING, free_texts_of_the_schema, hostile_text

sys.path.insert(0, str(Path(__file__).parent))

from server import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = {"quotes.yaml": ATTACKS[0], "all.yaml": " ".join(ATTACKS)}

PAGES = {
    "/": "/",
    "/dispute/{name}": "/dispute/{name}",
    "/dispute/{name}/brief": "/dispute/{name}/brief",
    "/dispute/{name}/read": "/dispute/{name}/read",
    "/dispute/{name}/states": "/dispute/{name}/states",
    "/dispute/{name}/graph": "/dispute/{name}/graph",
    "/dispute/{name}/roadmap": "/dispute/{name}/roadmap",
    "/dispute/{name}/analyses": "/dispute/{name}/analyses?analysis=formats&every_subset=True",
    "/dispute/{name}/text": "/dispute/{name}/text",
    "/help": "/help",
    "/compare": "/compare?first={name}&second=quotes.yaml",
}

# What runs when it is looked at, and an address that runs when it is followed.
CODE_IN_THE_PAGE = """[...document.querySelectorAll("*")].flatMap(element =>
    [...element.attributes]
        .filter(({name, value}) => /^on/i.test(name)
            || (/^(href|src|action|formaction|data|srcdoc|xlink:href)$/i.test(name)
                && /^\\s*javascript:/i.test(value)))
        .map(({name, value}) => `${element.tagName} ${name}=${value}`))"""
TOUCH = """document.querySelectorAll("body *").forEach(element =>
    ["focus", "mouseover", "mouseenter", "load", "error"].forEach(kind =>
        element.dispatchEvent(new Event(kind))))"""


@pytest.fixture(scope="module")
def address(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    del browser
    folder = tmp_path_factory.mktemp("hostile")
    for name, attack in NAMES.items():
        (folder / name).write_text(hostile_text(attack), "utf-8")
    with served(folder) as address:
        yield address


@pytest.fixture
def watched(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page, and what it complained of: a script that its policy stopped, above all."""
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page, said
    page.close()


def is_unhurt(page: Page, said: list[str]) -> None:
    """Nothing ran, nothing would run, and the browser had to stop nothing."""
    page.evaluate(TOUCH)
    assert page.evaluate(CODE_IN_THE_PAGE) == []
    assert page.evaluate("window.hurt") is None
    assert [line for line in said if not line.startswith(("log:", "info:"))] == []


def test_every_free_text_of_the_schema_is_attacked() -> None:
    # A field that the schema gains has to be put into the hostile case.
    assert free_texts_of_the_schema() == FREE_TEXT | WITH_MEANING
    text = hostile_text("ATTACK")
    assert all(re.search(rf"\b{key}: ATTACK", text) for key in FREE_TEXT)


def test_every_page_is_visited() -> None:
    listed = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os; os.environ['NICEGUI_STORAGE_PATH'] = os.devnull\n"
            "from pathlib import Path\n"
            "from nicegui import Client\n"
            "from detente.workbench.pages import add_pages\n"
            "from detente.workbench.services import services\n"
            "add_pages(services(Path('.')))\n"
            "print(*Client.page_routes.values(), sep='\\n')",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(listed.stdout.split()) == set(PAGES)


@pytest.mark.parametrize("path", PAGES.values(), ids=list(PAGES))
@pytest.mark.parametrize("name", NAMES)
def test_on_a_page_it_is_text(
    address: str, watched: tuple[Page, list[str]], name: str, path: str
) -> None:
    page, said = watched
    page.goto(address + path.format(name=name))
    page.locator(".page").wait_for()
    page.wait_for_function("window.did_handshake")
    why = page.get_by_role("button", name="Does it hold, and why?")
    if path in ("/dispute/{name}", "/dispute/{name}/states"):
        why.click()
        page.locator(".explanation > *").first.wait_for()
    elif "compare" in path:
        page.locator(".compared > *").first.wait_for()
    else:
        page.wait_for_timeout(700)
    is_unhurt(page, said)
    # It is shown all the same, letter by letter.
    if path not in ("/", "/help"):
        title = page.title() if "compare" not in path else page.locator(".page").inner_text()
        assert "onfocus" in title or "onfocus" in page.content()


@pytest.fixture(scope="module")
def exported(address: str) -> Callable[[str, str], bytes]:
    def export(name: str, form: str) -> bytes:
        kind = "report" if form in ("html", "md", "docx") else "table"
        answer = httpx.post(
            f"{address}/api/v1/{kind}",
            json={"dispute": {"file": name}, "format": form},
            timeout=60,
        )
        assert answer.status_code == 200, answer.text
        return answer.content

    return export


@pytest.mark.parametrize("name", NAMES)
def test_reports_are_text(
    exported: Callable[[str, str], bytes],
    watched: tuple[Page, list[str]],
    tmp_path: Path,
    name: str,
) -> None:
    from docx import Document
    from markdown_it import MarkdownIt

    page, said = watched
    (tmp_path / "report.html").write_bytes(exported(name, "html"))
    page.goto((tmp_path / "report.html").as_uri())
    assert page.locator("img").count() >= 1
    is_unhurt(page, said)
    # As a program shows Markdown that keeps the tags in it; no policy protects this page.
    shown = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(
        exported(name, "md").decode()
    )
    page.goto("about:blank")
    page.set_content(f"<main>{shown}</main>")
    is_unhurt(page, said)
    assert page.locator("script, iframe, svg, a[href^='javascript']").count() == 0
    (tmp_path / "report.docx").write_bytes(exported(name, "docx"))
    words = "\n".join(one.text for one in Document(str(tmp_path / "report.docx")).paragraphs)
    assert "onfocus" in words


@pytest.mark.parametrize("name", NAMES)
def test_tables_are_text(exported: Callable[[str, str], bytes], name: str) -> None:
    import polars

    rows = list(csv.reader(io.StringIO(exported(name, "csv").decode())))
    assert len({len(row) for row in rows}) == 1
    # A program that opens the table takes what begins so for a formula.
    assert [cell for row in rows for cell in row if re.match(r"[=+@\t\r]|-(?!\d)", cell)] == []
    document = json.loads(exported(name, "json"))
    assert document["dispute"] == NAMES[name]
    assert polars.read_parquet(io.BytesIO(exported(name, "parquet"))).height == len(rows) - 1


PICTURES = {
    "paths": ["paths", "{case}", "--from", "status_quo", "--to", "quiet", "--picture", "{picture}"],
    "formats": ["formats", "{case}", "--picture", "{picture}"],
}


@pytest.mark.parametrize("command", PICTURES)
def test_pictures_are_text(watched: tuple[Page, list[str]], tmp_path: Path, command: str) -> None:
    page, said = watched
    case, picture = tmp_path / "case.yaml", tmp_path / "picture.svg"
    case.write_text(hostile_text(NAMES["all.yaml"]), "utf-8")
    arguments = [word.format(case=case, picture=picture) for word in PICTURES[command]]
    start = [sys.executable, "-c", "from detente.cli import main; main()"]
    done = subprocess.run([*start, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    page.goto(picture.as_uri())
    is_unhurt(page, said)
    page.goto("about:blank")
    # As part of a page that has no policy.
    page.set_content(picture.read_text("utf-8"))
    is_unhurt(page, said)
    assert page.locator("script, iframe, foreignObject").count() == 0
