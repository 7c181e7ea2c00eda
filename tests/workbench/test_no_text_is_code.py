"""No text that is made at run time enters a small language of the page library.

``.props(...)``, ``.classes(...)``, ``.style(...)`` and their like read their argument as code: a
quotation mark in a party's name once ended a value there, and what followed became an attribute
that ran a script. So their arguments are constants, here and in every page to come.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import detente

SOURCE = Path(detente.__file__).parent

# Of each call, arguments at these places and of these names are read as code or as mark-up.
# (`element.classes(name)` in elements.py takes a name that it has checked.)
CODE: dict[str, tuple[str, ...]] = {
    "props": ("add", "remove"),
    "classes": ("add", "remove", "toggle", "replace"),
    "style": ("add", "remove", "replace"),
    "default_props": ("add", "remove"),
    "default_classes": ("add", "remove", "toggle", "replace"),
    "default_style": ("add", "remove", "replace"),
    "run_javascript": ("code",),
    "run_method": ("name",),
    "add_css": ("content",),
    "add_sass": ("content",),
    "add_scss": ("content",),
    "add_head_html": ("code",),
    "add_body_html": ("code",),
    "add_slot": ("name", "template"),
    "html": ("content", "tag"),
    "markdown": ("content",),
    "mermaid": ("content",),
    "restructured_text": ("content",),
    "set_content": ("content",),
}
# Whatever else is given to any call by these names.
NAMED_CODE = {"js_handler", "template", "on_air"}
SERVED = sorted((SOURCE / "workbench").rglob("*.py"))


def constant(node: ast.AST) -> bool:
    """Whether an argument is fixed text, a choice between fixed texts, or a mapping of them."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.IfExp):
        return constant(node.body) and constant(node.orelse)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return constant(node.left) and constant(node.right)
    if isinstance(node, ast.Dict):
        return all(key is not None and constant(key) for key in node.keys) and all(
            map(constant, node.values)
        )
    return False


def text_as_code(text: str) -> Iterator[tuple[int, str]]:
    """The calls of a module in which a text made at run time is read as code."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                # element.props[key]: a key that begins with a colon makes its value code.
                if (
                    isinstance(target, ast.Subscript)
                    and isinstance(target.value, ast.Attribute)
                    and target.value.attr in ("props", "_props", "style", "_style")
                ):
                    yield node.lineno, "an attribute is set past elements.py"
            continue
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name = node.func.attr
        read = CODE.get(name)
        if read is not None:
            arguments = [*node.args, *(k.value for k in node.keywords if k.arg in (*read, None))]
            if not all(map(constant, arguments)):
                yield node.lineno, f"{name}() is given text that is made at run time"
        for keyword in node.keywords:
            if keyword.arg in NAMED_CODE and not constant(keyword.value):
                yield node.lineno, f"{keyword.arg} is text that is made at run time"


@pytest.mark.parametrize("path", SERVED, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_page_gives_text_to_a_small_language(path: Path) -> None:
    found = list(text_as_code(path.read_text("utf-8")))
    if path.name == "elements.py":
        # The one module that sets them, each with a key that it names or a value it has checked.
        assert len(found) == 6
        return
    assert found == [], "\n".join(f"{path}:{line}: {what}" for line, what in found)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("x.props('outlined')", True),
        ("x.props('a' if b else 'c')", True),
        ("x.classes('a' + (' b' if c else ''))", True),
        ("x.classes('a').props('b')", True),
        ("x.props(f'aria-label=\"{name}\"')", False),
        ("x.props('aria-label=%s' % name)", False),
        ("x.props('aria-label=' + name)", False),
        ("x.props('a={}'.format(name))", False),
        ("x.props(name)", False),
        ("x.props(remove=name)", False),
        ("x.props(**name)", False),
        ("x.classes(f'stage {verdict}')", False),
        ("x.style(f'color: {c}')", False),
        ("x.props['aria-label'] = name", False),
        ("x._props[':on'] = name", False),
        ("x.run_method('scrollIntoView', {'block': 'nearest'})", True),
        ("x.run_method('scrollIntoView', {'block': name})", False),
        ("x.run_method('scrollIntoView', {**name})", False),
        ("ui.html(name)", False),
        ("ui.markdown(f'{name}')", False),
        ("ui.run_javascript(f'show({name})')", False),
        ("x.on('click', js_handler=f'{name}')", False),
        ("x.on('click', js_handler='() => 1')", True),
        ("ui.label(name)", True),
    ],
)
def test_text_that_is_read_as_code_would_be_found(text: str, right: bool) -> None:
    assert (list(text_as_code(text)) == []) is right
