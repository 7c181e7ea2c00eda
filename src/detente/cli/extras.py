"""What a plain install leaves out, and the extra that brings it."""

from __future__ import annotations

import re
from collections import Counter

from detente.dispute.errors import EnvironmentFault

__all__ = ["missing_extra"]

# Modules that are called otherwise than the package that brings them.
_PACKAGES = {
    "docx": "python-docx",
    "dask": "distributed",
    "fastapi": "nicegui",
    "lxml_html_clean": "lxml-html-clean",
    "pydantic": "nicegui",
    "starlette": "nicegui",
    "uvicorn": "nicegui",
}
_REQUIREMENT = re.compile(r"""([\w.-]+).*;.*extra == ['"]([\w-]+)['"]""")


def missing_extra(error: ModuleNotFoundError) -> EnvironmentFault | None:
    """The error that names the extra which brings a missing module.

    Parameters
    ----------
    error
        What an import gave.

    Returns
    -------
    EnvironmentFault or None
        None where no extra brings it.
    """
    module = (error.name or "").partition(".")[0]
    package = _PACKAGES.get(module, module)
    extra = _extras().get(package)
    if extra is None:
        return None
    return EnvironmentFault(
        f"this needs {package}, which is not installed: "
        f"python -m pip install 'detente[{extra}]' brings it"
    )


def _extras() -> dict[str, str]:
    """The extra that brings each package, as the installed package declares it."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        lines = requires("detente") or []
    except PackageNotFoundError:
        return {}
    found = [(one[1].lower(), one[2]) for line in lines if (one := _REQUIREMENT.match(line))]
    # An extra that takes in others brings their packages too: the smallest is named.
    size = Counter(extra for _, extra in found)
    return dict(sorted(found, key=lambda pair: -size[pair[1]]))
