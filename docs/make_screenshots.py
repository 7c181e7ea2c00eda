"""Makes the pictures of the workbench in docs/images: ./dev python docs/make_screenshots.py

Needs Chromium, as the browser tests do.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]

# Name, path, what is waited for, width, colour scheme, whether the whole page is taken.
PAGES = [
    ("home", "/", "Shipped cases", 1280, "light"),
    ("edit", "/dispute/elmira.yaml", "All equilibria", 1280, "light"),
    ("edit-dark", "/dispute/elmira.yaml", "All equilibria", 1280, "dark"),
    ("edit-narrow", "/dispute/elmira.yaml", "All equilibria", 400, "light"),
    ("read", "/dispute/toll.yaml/read", "proposals are left", 1280, "light"),
    ("questions", "/dispute/elmira.yaml/analyses?analysis=analyse", "Uniroyal", 1280, "light"),
    ("help", "/help", "Where to begin", 1280, "light"),
    ("document", "/docs/concepts/stability.md", "Solution concepts", 1280, "light"),
    ("states", "/dispute/korea-2017.yaml/states", "1 to 30 of", 1280, "light"),
    ("brief", "/dispute/korea-2017.yaml/brief", "Everything is as in the file", 1280, "light"),
    ("brief-narrow", "/dispute/elmira.yaml/brief", "Everything is as in the file", 400, "dark"),
    ("graph", "/dispute/elmira.yaml/graph", "After 12 steps play", 1280, "light"),
    ("graph-large", "/dispute/korea-2017.yaml/graph", "After 12 steps play", 1280, "dark"),
    ("roadmap", "/dispute/korea-2017.yaml/roadmap", "The plan breaks", 1280, "light"),
    ("text", "/dispute/elmira.yaml/text", "All equilibria", 1280, "light"),
    (
        "compare",
        "/compare?first=elmira.yaml&second=elmira-variant.yaml",
        "Only second",
        1280,
        "light",
    ),
    ("home-narrow", "/", "Shipped cases", 400, "dark"),
    ("graph-narrow", "/dispute/elmira.yaml/graph", "After 12 steps play", 400, "dark"),
]
REPORT = """\
The toll

Peru rejects the toll of Chile. Chile could lower the toll, as long as Peru opens the pass.

Chile fears a blockade of the port. Bolivia would back both.
"""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-c", "from detente.cli import main; main()"]
    command += ["serve", str(folder), "--port", "0", "--no-browser", "--no-token"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield next(line.strip() for line in process.stdout if "http://" in line)
        finally:
            process.terminate()


def main(only: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "disputes"
        folder.mkdir()
        for case in ("elmira", "korea-2017", "prisoners-dilemma"):
            text = (files("detente") / "cases" / f"{case}.yaml").read_text("utf-8")
            (folder / f"{case}.yaml").write_text(text, "utf-8")
        variant = (folder / "elmira.yaml").read_text("utf-8")
        variant = variant.replace("[1, 4, 8, 5, 9, 3, 7, 2, 6]", "[4, 8, 9, 1, 5, 3, 7, 2, 6]")
        (folder / "elmira-variant.yaml").write_text(variant, "utf-8")
        toll = (folder / "prisoners-dilemma.yaml").read_text("utf-8")
        source = "sources:\n  - {id: toll, title: The toll, path: toll.txt}\n"
        (folder / "toll.yaml").write_text(toll.replace("sources:\n", source, 1), "utf-8")
        (folder / "toll.txt").write_text(REPORT, "utf-8")
        with served(folder) as address, sync_playwright() as playwright:
            path = shutil.which("chromium") or "/usr/bin/chromium"
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            for image, place, wanted, width, scheme in PAGES:
                if only and image not in only:
                    continue
                page = browser.new_page(
                    viewport={"width": width, "height": 860}, color_scheme=scheme
                )
                page.goto(address.rstrip("/") + place)
                page.get_by_text(wanted).first.wait_for(timeout=180_000)
                if place.endswith("/graph"):
                    page.wait_for_function("window.detenteGraph?.nodes().length > 0")
                page.wait_for_timeout(1500)
                page.screenshot(path=IMAGES / f"workbench-{image}.png")
                page.close()
            browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
