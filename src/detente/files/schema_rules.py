"""Whether a value fits a JSON Schema, told without a word on what is wrong with it.

Nearly all files that are read are right. The library that describes faults takes a fifth of a
second to find none in a case like Korea's; this takes a hundredth. Each part of a schema becomes a
function of a value, which is true only where the value fits for sure. Where it is false,
:mod:`detente.files.schema_check` asks the library.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from detente.dispute.identifiers import is_id

__all__ = ["Rule", "first_twice", "fits_pattern", "rule_of"]

Part = Mapping[str, Any]
Rule = Callable[[Any], bool]

# JSON Schema takes 1.0 for an integer; here it is a number, and no state or paragraph.
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}
_SAY_NOTHING = frozenset({"$schema", "$id", "$defs", "title", "description"})

# Keywords that look at values of some types only, and whether such a value meets the limit.
_LIMITS: dict[str, tuple[tuple[type, ...], Callable[[Any, Any], bool]]] = {
    "minimum": ((int, float), lambda value, least: value >= least),
    "maximum": ((int, float), lambda value, most: value <= most),
    "minLength": ((str,), lambda value, least: len(value) >= least),
    "maxLength": ((str,), lambda value, most: len(value) <= most),
    "minItems": ((list,), lambda value, least: len(value) >= least),
    "maxItems": ((list,), lambda value, most: len(value) <= most),
    "minProperties": ((dict,), lambda value, least: len(value) >= least),
    "required": ((dict,), lambda value, keys: all(key in value for key in keys)),
    "uniqueItems": ((list,), lambda value, unique: not unique or first_twice(value) is None),
}


def rule_of(part: Part, definitions: Mapping[str, Part]) -> Rule:
    """The rule of a part of a schema.

    Parameters
    ----------
    part
        The part.
    definitions
        The parts that ``$ref`` may name.

    Returns
    -------
    callable
        Of a plain value: whether it fits. It is false, too, where that is not known, which is so
        where a keyword stands that the schema of the dispute file does not use.
    """
    return _Rules(definitions).of(part)


class _Rules:
    """The rules of one schema; that of a definition is made when it is first needed."""

    def __init__(self, definitions: Mapping[str, Part]) -> None:
        self._definitions = definitions
        self._made: dict[str, Rule] = {}

    def of(self, part: Part) -> Rule:
        """The rule of a part: a value meets all its keywords."""
        rules = [
            self._of_values(part) if keyword == "properties" else self._of(keyword, limit, part)
            for keyword, limit in part.items()
            if keyword not in _SAY_NOTHING
            and not (keyword == "additionalProperties" and "properties" in part)
        ]

        def met(value: Any) -> bool:
            # all() of a generator takes three times as long.
            for rule in rules:  # noqa: SIM110
                if not rule(value):
                    return False
            return True

        return met

    def _of(self, keyword: str, limit: Any, part: Part) -> Rule:
        match keyword:
            case "$ref":
                return partial(self._named, str(limit).removeprefix("#/$defs/"))
            case "type":
                names = [limit] if isinstance(limit, str) else limit
                types = frozenset(one for name in names for one in _TYPES[name])
                return lambda value: type(value) in types
            case "additionalProperties":
                return self._of_values(part)
            case "propertyNames":
                return _for_each(dict, self.of(limit))
            case "items":
                return _for_each(list, self.of(limit))
            case "pattern":
                return lambda value: type(value) is not str or fits_pattern(limit, value, part)
            case "enum":
                # True is no 1 here.
                allowed = {(type(one), one) for one in limit}
                return lambda value: type(value) in _SCALARS and (type(value), value) in allowed
            case "not" if set(limit) == {"enum"}:
                banned = self.of(limit)
                return lambda value: type(value) in _SCALARS and not banned(value)
            case "oneOf" if all(set(one) == {"required"} for one in limit):
                choices = [frozenset(one["required"]) for one in limit]
                return lambda value: (
                    type(value) is dict and sum(keys <= value.keys() for keys in choices) == 1
                )
        if keyword not in _LIMITS:
            return lambda _: False
        kinds, meets = _LIMITS[keyword]
        return lambda value: type(value) not in kinds or meets(value, limit)

    def _named(self, name: str, value: Any) -> bool:
        rule = self._made.get(name)
        if rule is None:
            rule = self._made[name] = self.of(self._definitions[name])
        return rule(value)

    def _of_values(self, part: Part) -> Rule:
        """The rule of what stands under the keys of a mapping, known ones and others."""
        known = {key: self.of(inside) for key, inside in part.get("properties", {}).items()}
        others = part.get("additionalProperties", True)
        other = self.of(others) if isinstance(others, dict) else lambda _: bool(others)

        def met(value: Any) -> bool:
            return type(value) is not dict or all(
                known.get(key, other)(inside) for key, inside in value.items()
            )

        return met


_SCALARS = frozenset({str, bool})


def _for_each(kind: type[Any], rule: Rule) -> Rule:
    return lambda value: type(value) is not kind or all(map(rule, value))


def fits_pattern(pattern: str, text: str, part: Part) -> bool:
    """Whether a text fits a pattern, and what a pattern cannot say of letters in every script."""
    match part.get("title"):
        case "Id":
            return is_id(text)
        case "Label":
            return is_id(text.replace("-", "_"))
        case _:
            return re.search(pattern, text) is not None


def first_twice(values: list[Any]) -> int | None:
    """Place of the first value that stands in a list before."""
    seen: set[str] = set()
    for place, value in enumerate(values):
        key = json.dumps(value, sort_keys=True)
        if key in seen:
            return place
        seen.add(key)
    return None
