"""Parameters of analyses: declared once, asked for by commands, forms and HTTP alike.

A parameter is a field of a struct. Its type, default, bounds and description stand there; what a
face needs besides (how its option is called, what its text means in a dispute) is an
:class:`Asked` beside them:

>>> class Parameters(AnalysisParameters):
...     most: Annotated[int, Meta(ge=1, description="How many changes."), Asked("--max")] = 3
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

from detente.dispute.errors import DisputeError, nearest, shown
from detente.space.named_states import listed_states
from detente.stability.concept import Use
from detente.stability.concept_registry import foresights

__all__ = [
    "ActingAsOne",
    "AnalysisParameters",
    "Asked",
    "Coalitions",
    "Concept",
    "Concepts",
    "Foresight",
    "Formula",
    "HowHeld",
    "Kind",
    "Limit",
    "MoverForesight",
    "Packages",
    "Parameter",
    "Party",
    "Roadmap",
    "Seconds",
    "Seed",
    "State",
    "Worth",
    "parameters_from",
    "parameters_of",
    "parameters_schema",
]

Kind: TypeAlias = Literal[
    "text",
    "concept",
    "concepts",
    "party",
    "parties",
    "state",
    "outcome",
    "formula",
    "roadmap",
    "format",
    "coalitions",
    "statements",
]
"""What the text of a parameter names in a dispute; a form offers what there is."""

# How what is named is written, where it is written rather than chosen.
_WRITTEN: Mapping[Kind, str] = {
    "concepts": "Put commas between them.",
    "party": "Give its id or name.",
    "state": "Give its name: status_quo + {party.option: level}, an outcome, ...",
    "outcome": "Give its id.",
    "formula": "Give an outcome's id or a formula.",
    "roadmap": "Give its id.",
    "format": "Give its id.",
    "coalitions": "Write it as us,china.",
    "statements": "Write china.2 for the party's second.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """How a parameter is asked for, beyond its type.

    Attributes
    ----------
    option
        The option's name, such as ``--max``; by default made from the field's name.
    short
        A second name of one letter, such as ``-n``.
    metavar
        What stands for the value in the help.
    kind
        What the value names in a dispute.
    argument
        Whether it is an argument of the command rather than an option.
    repeated
        Whether an option may be repeated, each time with one value; otherwise the values of a
        list stand together, divided by commas.
    served
        Whether pages and HTTP ask for it too; what names files or machines is not served.
    choices
        Gives the values allowed, where a registry has them.
    label
        What a form calls it, in plain words. Left out, it is that of the type, or else made from
        the field's name.
    words
        What a form calls each value allowed, where that is plainer than the value: pairs of both.
    written
        How its value is written, for whoever writes it rather than chooses it; what suits its
        kind where left out.
    rare
        Whether a form folds it away, as few ever change it.
    concepts_for
        What the concepts that a form offers have to serve; left out: those offered anywhere.
    """

    option: str | None = None
    short: str | None = None
    metavar: str | None = None
    kind: Kind = "text"
    argument: bool = False
    repeated: bool = False
    served: bool = True
    choices: Callable[[], tuple[str, ...]] | None = None
    label: str | None = None
    words: tuple[tuple[str, str], ...] = ()
    written: str | None = None
    rare: bool = False
    concepts_for: Use | None = None


class AnalysisParameters(Struct, kw_only=True, forbid_unknown_fields=True):
    """Parameters of an analysis; unknown names are refused."""


Concept = Annotated[
    str,
    Meta(description="The solution concept.", examples=["SEQ"]),
    Asked("--concept", "-c", metavar="NAME", kind="concept", label="Solution concept"),
]
Concepts = Annotated[
    tuple[str, ...],
    Meta(description="Solution concepts. By default: those usual here."),
    Asked("--concepts", "-c", kind="concepts", metavar="NAMES", label="Solution concepts"),
]
Party = Annotated[
    str, Meta(description="The party."), Asked(kind="party", metavar="ID", label="Party")
]
Roadmap = Annotated[
    str,
    Meta(description="The roadmap."),
    Asked(kind="roadmap", metavar="ROADMAP", argument=True, label="Roadmap"),
]
State = Annotated[
    str,
    Meta(description="The state."),
    Asked(kind="state", metavar="STATE", label="State"),
]
Formula = Annotated[
    str,
    Meta(description="What should hold."),
    Asked(kind="formula", metavar="FORMULA", label="What should hold"),
]
Foresight = Annotated[
    Literal["myopic", "roadmap"],
    Meta(description="What parties compare with standing still: each stage, or the roadmap's end."),
    Asked(
        label="Standing still is compared with",
        words=(("myopic", "each stage"), ("roadmap", "the roadmap's end")),
    ),
]
MoverForesight = Annotated[
    str,
    Meta(
        description="The responses of others that a mover expects.",
        extra_json_schema={"enum": list(foresights())},
    ),
    Asked(
        label="Responses a mover expects",
        choices=foresights,
        words=(("myopic", "none: only the move itself"),),
    ),
]
Worth = Annotated[
    Literal["rank", "share", "weights"],
    Meta(description="What a rank is worth."),
    Asked(
        label="What a rank is worth",
        words=(
            ("rank", "by rank, evenly spaced"),
            ("share", "the share of states ranked lower"),
            ("weights", "by the weights in the file"),
        ),
    ),
]
HowHeld = Annotated[
    Literal["cube", "list", "symbolic"],
    Meta(
        description="How states are stored: as a cube, a list, or symbolic sets. By default "
        "detente chooses."
    ),
    Asked(
        "--engine",
        label="How states are stored",
        words=(("cube", "as a cube"), ("list", "as a list"), ("symbolic", "as symbolic sets")),
        rare=True,
    ),
]
Seconds = Annotated[
    float,
    Meta(ge=0, description="How many seconds the work on symbolic sets may take."),
    Asked("--seconds", metavar="N", label="Time limit in seconds", rare=True),
]
Seed = Annotated[
    int, Meta(ge=0, description="Seed of the draws."), Asked(label="Seed of the draws", rare=True)
]
Coalitions = Annotated[
    tuple[str, ...],
    Meta(description="These coalitions."),
    Asked(metavar="IDS", repeated=True, kind="coalitions", label="Coalitions"),
]
ActingAsOne = Annotated[
    Coalitions,
    Asked(metavar="IDS", repeated=True, kind="coalitions", label="Acting as one"),
]
Nodes = Annotated[
    int,
    Meta(
        ge=1024,
        le=2**28,
        description="How many nodes the diagrams of symbolic sets may have.",
    ),
    # How much memory there is to take is for whoever runs a server to say.
    Asked("--nodes", metavar="N", served=False),
]
Packages = Annotated[
    bool,
    Meta(description="Packages count as moves of all their members together."),
    Asked(label="Packages count as moves"),
]
Limit = Annotated[
    int, Meta(ge=1, description="Show at most this many."), Asked(metavar="N", label="Show at most")
]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as faces need it.

    Attributes
    ----------
    name
        Its field's name.
    type
        ``bool``, ``int``, ``float`` or ``str``; of the items, where it is a list.
    listed
        Whether it is a list.
    choices
        The values allowed, where they are few.
    least, most
        Bounds, or None.
    required
        Whether it has to be given.
    default
        Its default; None where there is none.
    help
        What it is, in a sentence.
    asked
        How it is asked for.
    """

    name: str
    type: type
    listed: bool
    choices: tuple[str, ...]
    least: float | None
    most: float | None
    required: bool
    default: Any
    help: str
    asked: Asked

    @property
    def label(self) -> str:
        """What a form calls it."""
        return self.asked.label or self.name.replace("_", " ").capitalize()

    @property
    def written(self) -> str:
        """How its value is written, in a sentence; "" where its type says that."""
        if self.asked.written is None:
            return _WRITTEN.get(self.asked.kind, "")
        return self.asked.written

    @property
    def full_help(self) -> str:
        """What it is, and how its value is written."""
        return f"{self.help} {self.written}".strip()

    def divided(self, text: str) -> list[str]:
        """The values of a list that stand together in a text."""
        if self.asked.kind == "state":
            return listed_states(text)
        return text.replace(",", " ").split()

    @property
    def option(self) -> str:
        """The name of its option on the command line."""
        return self.asked.option or f"--{self.name.replace('_', '-')}"


@cache
def parameters_of(model: type[AnalysisParameters]) -> tuple[Parameter, ...]:
    """The parameters of a model, in their order."""
    hints = get_type_hints(model, include_extras=True)
    return tuple(_parameter(field, hints[field.name]) for field in msgspec.structs.fields(model))


def _parameter(field: msgspec.structs.FieldInfo, hint: Any) -> Parameter:
    marks = list(_marks(hint))
    bounds = [one for one in marks if isinstance(one, Meta)]
    bare = _without_none(hint)
    listed = get_origin(bare) is tuple
    kind, choices = _item_type(get_args(bare)[0] if listed else bare)
    declared = [one for one in marks if isinstance(one, Asked)]
    asked = declared[0] if declared else Asked()
    if asked.label is None:
        # A type that is asked for in another way is still called what the type is called.
        asked = replace(asked, label=next((one.label for one in declared if one.label), None))
    return Parameter(
        name=field.name,
        type=kind,
        listed=listed,
        choices=asked.choices() if asked.choices else choices,
        least=next((one.ge for one in bounds if one.ge is not None), None),
        most=next((one.le for one in bounds if one.le is not None), None),
        required=field.required,
        default=None if field.default is msgspec.NODEFAULT else field.default,
        help=next((one.description for one in bounds if one.description), ""),
        asked=asked,
    )


def _marks(hint: Any) -> Iterator[Any]:
    """What stands beside a type, at any depth of ``Annotated`` and ``| None``; outermost first."""
    if get_origin(hint) is Annotated:
        bare, *marks = get_args(hint)
        # A description given where a type is used goes before that of the type.
        yield from reversed(marks)
        yield from _marks(bare)
    elif get_origin(hint) in (Union, UnionType):
        for one in get_args(hint):
            yield from _marks(one)


def _without_none(hint: Any) -> Any:
    """The type alone, without marks and without None."""
    if get_origin(hint) is Annotated:
        return _without_none(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        hints = [_without_none(one) for one in get_args(hint) if one is not NoneType]
        # What may be a number or a name is asked for as text.
        return hints[0] if len(hints) == 1 else str
    return hint


def _item_type(hint: Any) -> tuple[type, tuple[str, ...]]:
    bare = _without_none(hint)
    if get_origin(bare) is Literal:
        return str, get_args(bare)
    return (bare if bare in (bool, int, float) else str), ()


def parameters_from(
    model: type[AnalysisParameters], given: Mapping[str, object]
) -> AnalysisParameters:
    """Parameters from plain values, checked.

    Parameters
    ----------
    model
        The parameters' model.
    given
        Values by field name.

    Returns
    -------
    AnalysisParameters

    Raises
    ------
    DisputeError
        Names the parameter, what was found and what is allowed.
    """
    known = {one.name: one for one in parameters_of(model)}
    for name in given:
        if name not in known:
            raise DisputeError(
                f"there is no parameter {name!r}", nearest=nearest(name, known), allowed=known
            )
    for name, parameter in known.items():
        if parameter.required and name not in given:
            raise DisputeError(f"the parameter {name!r} is missing: {parameter.full_help}")
        allowed = parameter.choices
        if parameter.asked.choices and name in given and given[name] not in allowed:
            value = str(given[name])
            raise DisputeError(
                f"there is no {name} {shown(value)}",
                key=name,
                allowed=allowed,
                nearest=nearest(value, allowed),
            )
    try:
        return msgspec.convert(dict(given), type=model)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$.")
        name = path.rstrip("`").partition("[")[0]
        found = shown(given.get(name, ""))
        raise DisputeError(
            f"{message[:1].lower()}{message[1:].replace('`', '')}, found {found}",
            key=name or None,
            allowed=known[name].choices if name in known else (),
        ) from None


def parameters_schema(model: type[AnalysisParameters]) -> Mapping[str, Any]:
    """The JSON Schema of a model's parameters, without those for the command line alone."""
    (reference,), parts = msgspec.json.schema_components([model])
    schema = parts[reference["$ref"].rpartition("/")[2]]
    properties = {
        one.name: {**schema["properties"][one.name], "description": one.full_help}
        for one in parameters_of(model)
        if one.asked.served
    }
    return {**schema, "properties": properties}
