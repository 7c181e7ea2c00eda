"""What a browser may run and load on the pages: nothing that is not the workbench's own.

Scripts come from files of this server, or stand in a page with the number that only this answer
carries (a nonce). So text that slips into a page is never a script: neither a tag, nor an
attribute such as ``onfocus``, nor an address that begins with ``javascript:``.

Two liberties remain, since the page library cannot do without them: ``'unsafe-eval'``, because
it compiles its templates in the browser, and inline styles, because it sets them on elements.
No text of a dispute is ever given to either (``tests/workbench/test_no_text_is_code.py``).
"""

from __future__ import annotations

import re
import secrets

__all__ = ["SCOPE_KEY", "add_nonces_to_pages", "new_nonce", "policy"]

SCOPE_KEY = "detente.nonce"
"""Where the nonce of an answer stands in the scope of its request."""

_SCRIPT = re.compile(r"<script(?=[\s>])")
_WITH_NONCE = f"<script nonce=\"{{{{ request.scope['{SCOPE_KEY}'] }}}}\""


def new_nonce() -> str:
    """A number that nobody can guess, for one answer."""
    return secrets.token_urlsafe(16)


def policy(nonce: str | None = None) -> bytes:
    """The header ``Content-Security-Policy`` of an answer.

    Parameters
    ----------
    nonce
        What the scripts of the answer carry; None where it is no page.
    """
    if nonce is None:
        return b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    return (
        "default-src 'self'; "
        f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; "
        "script-src-attr 'none'; "
        "style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; "
        "font-src 'self' data:; "
        "frame-src 'none'; frame-ancestors 'none'; object-src 'none'; "
        "base-uri 'none'; form-action 'none'"
    ).encode()


def add_nonces_to_pages() -> None:
    """Let the scripts of the page library's template carry the nonce; to be called once.

    The template itself is changed, before any text is put into it: a script that such a text
    contained would carry no nonce.
    """
    from jinja2.ext import Extension
    from nicegui.client import templates

    class Nonces(Extension):
        """Scripts of a template carry the nonce of the answer."""

        def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
            del name, filename
            return _SCRIPT.sub(_WITH_NONCE, source)

    templates.env.add_extension(Nonces)
