"""The structure of a dispute file, checked against its published JSON Schema.

The schema is in ``schemas/dispute-1.json``; editors complete and check dispute files with it.
Here its findings are put into words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from detente.dispute.errors import DisputeError, nearest, shown
from detente.dispute.identifiers import composed
from detente.files.schema_rules import Rule, first_twice, fits_pattern, rule_of
from detente.files.yaml_text import Trail, dotted, refused_character

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

__all__ = ["Fault", "confidential_faults", "faults", "fitting", "plain", "schema"]

_TYPE_NAMES = {
    "string": "text",
    "array": "a list",
    "object": "a mapping",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}

# A document from Python may be deeper or larger than any dispute, or hold itself.
_DEEPEST = 40

# In a file with more faults than these, the nearest name is looked for in the first of them only.
_MOST_HINTS = 200
# After so many faults no more are looked for; the first of these is told.
_MOST_FAULTS = 2_000
_MOST_VALUES = 100_000


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a document, and the trail to it.

    ``at_key`` is set where the key is at fault, not its value.
    """

    message: str
    trail: Trail
    at_key: bool = False
    found: str | None = None
    allowed: tuple[str, ...] = ()
    nearest: str | None = None


@cache
def schema() -> dict[str, Any]:
    """Load the JSON Schema of the dispute file."""
    text = (files("detente.files") / "schemas" / "dispute-1.json").read_text(encoding="utf-8")
    result: dict[str, Any] = json.loads(text)
    return result


@cache
def _rule(part: str | None) -> Rule:
    """Whether a document is right for sure; only for others the library is asked, which is slow."""
    definitions: dict[str, Any] = schema()["$defs"]
    return rule_of(schema() if part is None else definitions[part], definitions)


@cache
def _validator(part: str | None) -> Draft202012Validator:
    # Imported here because `import detente` should not cost the time that jsonschema takes.
    from jsonschema import Draft202012Validator, validators

    # JSON Schema takes 1.0 for an integer; here it is a number, and no state or paragraph.
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
    strict: type[Draft202012Validator] = validators.extend(  # type: ignore[no-untyped-call]
        Draft202012Validator,
        {"uniqueItems": _unique_items, "pattern": _pattern},
        type_checker=types,
    )
    if part is None:
        return strict(schema())
    return strict({"$ref": f"#/$defs/{part}", "$defs": schema()["$defs"]})


def _unique_items(_: object, unique: object, found: object, __: object) -> Iterator[Any]:
    """The library's own check takes quadratic time."""
    from jsonschema.exceptions import ValidationError

    if unique and isinstance(found, list) and first_twice(found) is not None:
        yield ValidationError("a value stands in the list twice")


def _pattern(_: object, pattern: str, found: object, part: Mapping[str, Any]) -> Iterator[Any]:
    """Patterns, and what they cannot say of letters in every script."""
    from jsonschema.exceptions import ValidationError

    if not isinstance(found, str):
        return
    if not fits_pattern(pattern, found, part):
        yield ValidationError("it does not fit the pattern")


def _is_integer(_: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def plain(document: object, path: Path | None = None) -> Any:
    """Turn a document from Python into plain dictionaries and lists.

    Parameters
    ----------
    document
        Mappings, lists and tuples of values.
    path
        The file from which it came, for error messages.

    Returns
    -------
    object
        The same values in dictionaries and lists.

    Raises
    ------
    DisputeError
        If a key is not text, or the document is too deep or too large.
    """
    values = 0

    def copied(value: object, trail: Trail) -> object:
        nonlocal values
        values += 1
        if len(trail) > _DEEPEST:
            refuse(f"nested more than {_DEEPEST} deep", trail[:3])
        if values > _MOST_VALUES:
            refuse(f"the document holds more than {_MOST_VALUES:,} values", ())
        if isinstance(value, Mapping):
            for key in value:
                if not isinstance(key, str):
                    refuse(f"the key {shown(key)} is not text", trail)
            return {str(key): copied(part, (*trail, key)) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [copied(part, (*trail, number)) for number, part in enumerate(value)]
        if isinstance(value, str):
            refused = refused_character(value)
            if refused:
                refuse(refused[0], trail)
        return value

    def refuse(message: str, trail: Trail) -> NoReturn:
        raise DisputeError(message, path=path, key=dotted(trail) or None)

    return copied(document, ())


def fitting(document: object) -> dict[str, Any]:
    """What of a document, which may be wrong in any way, has the types that the schema allows.

    A page that shows a document while it is being written need not look at each value twice.

    Parameters
    ----------
    document
        Plain values.

    Returns
    -------
    dict
        A key whose value is of a wrong type is left out; such an entry of a list, or under an id,
        is replaced by an empty one, so that places and ids stay.
    """
    found: dict[str, Any] = _fitting(document, schema())
    return {} if found is _MISFIT else found


_MISFIT: Any = object()
_EMPTY: dict[str, Any] = {"object": {}, "array": [], "string": "", "boolean": False}
_PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


def _fitting(value: object, part: Mapping[str, Any]) -> Any:
    if "$ref" in part:
        return _fitting(value, schema()["$defs"][part["$ref"].rpartition("/")[2]])
    if "type" not in part:
        return value if isinstance(value, str | bool | int | float) else _MISFIT
    if not any(_is_of(value, name) for name in _types(part)):
        return _MISFIT
    if isinstance(value, dict):
        known = part.get("properties", {})
        others = part.get("additionalProperties")
        found = {}
        for key, inside in value.items():
            if key in known:
                own = _fitting(inside, known[key])
                if own is not _MISFIT:
                    found[key] = own
            elif isinstance(others, dict):
                found[key] = _or_empty(_fitting(inside, others), others)
        return found
    if isinstance(value, list):
        return [_or_empty(_fitting(one, part["items"]), part["items"]) for one in value]
    return value


def _is_of(value: object, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, _PYTHON_TYPES[name])


def _types(part: Mapping[str, Any]) -> list[str]:
    named = part["type"]
    return [named] if isinstance(named, str) else list(named)


def _or_empty(value: Any, part: Mapping[str, Any]) -> Any:
    if value is not _MISFIT:
        return value
    while "$ref" in part:
        part = schema()["$defs"][part["$ref"].rpartition("/")[2]]
    return deepcopy(next((_EMPTY[name] for name in _types(part) if name in _EMPTY), ""))


def faults(document: object, part: str | None = None) -> list[Fault]:
    """Find what is wrong with a document's structure.

    Parameters
    ----------
    document
        Plain values.
    part
        Name of the definition in the schema that the document is to meet; that of a whole dispute
        where left out.

    Returns
    -------
    list of Fault
        Empty where the structure is right; otherwise at least one.
    """
    if _rule(part)(document):
        return []
    errors = islice(_validator(part).iter_errors(document), _MOST_FAULTS)
    found = [
        fault
        for number, error in enumerate(errors)
        for fault in _in_words(error, hints=number < _MOST_HINTS)
    ]
    # A misspelt key is unknown, and the key that was meant is missing: only the first is said.
    misspelt = {fault.trail[:-1] for fault in found if fault.nearest and fault.at_key}
    return [fault for fault in found if fault.nearest or fault.trail not in misspelt]


def confidential_faults(document: object) -> list[Fault]:
    """Find what is wrong with the structure of a file of confidential preferences."""
    if not isinstance(document, dict) or "preferences" not in document:
        return [Fault("a file of confidential preferences is a mapping with 'preferences'", ())]
    for key in document:
        if key != "preferences":
            return [
                Fault(
                    f"the key {shown(key)} is not known here",
                    (key,),
                    at_key=True,
                    allowed=("preferences",),
                )
            ]
    whole = {"dispute": "-", "parties": {"party": {"preferences": document["preferences"]}}}
    return [replace(fault, trail=fault.trail[2:]) for fault in faults(whole)]


def _in_words(error: ValidationError, *, hints: bool = True) -> Iterable[Fault]:
    trail: Trail = tuple(error.absolute_path)
    found: Any = error.instance
    limit: Any = error.validator_value
    part: Any = error.schema
    described = _in_brackets(part)
    if "propertyNames" in error.absolute_schema_path:
        yield _bad_id(found, (*trail, found), at_key=True)
        return
    match error.validator:
        case "additionalProperties":
            allowed = tuple(part["properties"])
            for key in found:
                if key not in part["properties"]:
                    yield Fault(
                        _odd_blank(key) or f"the key {shown(key)} is not known here",
                        (*trail, key),
                        at_key=True,
                        found=key,
                        allowed=allowed,
                        nearest=nearest(key[:200], allowed) if hints else None,
                    )
        case "required":
            for key in limit:
                if key not in found:
                    meaning = _in_brackets(part["properties"][key])
                    yield Fault(f"the key '{key}' is missing{meaning}", trail, at_key=True)
        case "oneOf" if not isinstance(found, dict):
            return  # its wrong type is told already
        case "oneOf":
            keys = [option["required"][0] for option in limit]
            given = [key for key in keys if key in found]
            how = "both are given" if given else "neither is given"
            named = " and ".join(f"'{key}'" for key in keys)
            yield Fault(f"exactly one of {named} is needed, and {how}", trail, at_key=not given)
        case "type":
            types = [limit] if isinstance(limit, str) else limit
            wanted = _listed([_TYPE_NAMES[name] for name in types])
            hint = ""
            if "string" in types and isinstance(found, bool | int | float):
                hint = "; put it in quotes to make it text"
            yield Fault(
                f"expected {wanted}{described}, found {_kind(found)}{hint}",
                trail,
                found=_kind(found),
            )
        case "enum":
            allowed = tuple(_word(value) for value in limit)
            close = nearest(found[:200], allowed) if isinstance(found, str) and hints else None
            yield Fault(
                f"{_kind(found)} cannot stand here",
                trail,
                found=str(found),
                allowed=allowed,
                nearest=close,
            )
        case "not" | "pattern" | "maxLength" if part.get("title") == "Id":
            yield _bad_id(found, trail)
        case "pattern":
            yield Fault(f"{shown(found)} does not fit{described}", trail, found=found)
        case "maxLength":
            yield Fault(f"{shown(found)} is too long; at most {limit} characters", trail)
        case "minimum" | "maximum":
            bound = "at least" if error.validator == "minimum" else "at most"
            yield Fault(
                f"{found} is out of range; expected {bound} {limit}{described}",
                trail,
                found=str(found),
            )
        case "minItems" | "minProperties" | "minLength":
            what = "it is empty" if not found else f"there is only {len(found)}"
            yield Fault(f"expected at least {limit}, {what}{described}", trail)
        case "maxItems":
            yield Fault(f"expected at most {limit}, there are {len(found)}{described}", trail)
        case "uniqueItems":
            twice = first_twice(found)
            assert twice is not None, "the validator has found one"
            yield Fault(f"{_kind(found[twice])} stands in the list twice", (*trail, twice))
        case _:
            yield Fault(error.message, trail)


def _bad_id(found: object, trail: Trail, *, at_key: bool = False) -> Fault:
    definition = schema()["$defs"]["id"]
    reserved = found in definition["not"]["enum"]
    why = (
        "this word has a meaning in formulas"
        if reserved
        else "ids are letters, digits and '_', and begin with a letter"
    )
    if isinstance(found, str) and composed(found) != found:
        why = (
            "a letter and its mark are two characters here; write each as one character (Unicode's "
            "form NFC)"
        )
    if isinstance(found, str) and len(found) > definition["maxLength"]:
        why = f"ids have at most {definition['maxLength']} characters"
    message = _odd_blank(str(found)) or f"{shown(found)} cannot be an id; {why}"
    return Fault(message, trail, at_key=at_key, found=str(found))


def _odd_blank(key: str) -> str | None:
    """What is wrong with a key that begins with a blank: YAML takes none of its own into a key."""
    if not key[:1].isspace() and not key.startswith("\u200b"):
        return None
    return (
        f"the blank here is U+{ord(key[0]):04X}, which YAML takes for a letter; put a usual blank"
    )


def _in_brackets(part: Mapping[str, Any]) -> str:
    """Take the description of a part of the schema, to follow its name."""
    if "$ref" in part:
        part = schema()["$defs"][part["$ref"].rpartition("/")[2]]
    described = str(part.get("description", "")).removesuffix(".")
    return f" ({described[:1].lower()}{described[1:]})" if " " in described else ""


def _listed(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _kind(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return _word(value)
        case int() | float():
            return f"the number {value}"
        case str():
            return shown(value)
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return f"a value of the type {type(value).__name__}"
