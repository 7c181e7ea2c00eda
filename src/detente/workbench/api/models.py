"""What the API takes and gives, as types from which its OpenAPI document is made."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from detente.stability.concept_registry import concept_pattern, serving, usual_concepts

__all__ = [
    "Analyse",
    "Analyses",
    "Case",
    "Checked",
    "Compare",
    "DeclaredAnalysis",
    "Explain",
    "FileName",
    "FromCase",
    "FromFile",
    "FromText",
    "GraphRequest",
    "Listing",
    "OfDispute",
    "PathRequest",
    "Problem",
    "Rename",
    "ReportRequest",
    "RoadmapRequest",
    "Save",
    "Saved",
    "State",
    "TableRequest",
    "Text",
    "Trivial",
    "Validate",
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


DisputeText = Annotated[
    str, Field(max_length=2_000_000, description="The text of a dispute file, in YAML or JSON.")
]
FileName = Annotated[
    str,
    Field(
        min_length=6,
        max_length=180,
        description="Name of a dispute file of the served folder, in any script.",
        examples=["border.yaml"],
    ),
]
Concept = Annotated[
    str,
    Field(
        pattern=concept_pattern(),
        description="A solution concept.",
        examples=["SEQ"],
    ),
]
Concepts = Annotated[
    list[Concept], Field(min_length=1, max_length=12, description="Solution concepts.")
]
StateNumber = Annotated[
    int, Field(ge=1, le=2**31 - 1, description="Number of a state, from 1.", strict=True)
]
StateName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2000,
        description="A state by name: status_quo, what differs from it, an outcome, a formula.",
        examples=["status_quo + {a.dam: yes}"],
    ),
]
Packages = Annotated[
    bool,
    Field(
        description="Whether packages count as moves of all their members; for "
        f"{serving('packages')}.",
        strict=True,
    ),
]
_DEFAULT: list[str] = list(usual_concepts())


class FromText(_Model):
    """A dispute given in the request."""

    text: DisputeText


class FromFile(_Model):
    """A dispute file of the served folder."""

    file: FileName


class FromCase(_Model):
    """A shipped case."""

    case: Annotated[str, Field(max_length=100, examples=["elmira"])]


Dispute = Annotated[
    FromText | FromFile | FromCase, Field(description="Which dispute: its text, a file, or a case.")
]


class OfDispute(_Model):
    """A question about a dispute."""

    dispute: Dispute


class Validate(_Model):
    """A text to check."""

    text: DisputeText


class Analyse(OfDispute):
    """A dispute to analyse."""

    concepts: Concepts = _DEFAULT
    packages: Packages = False
    states: Annotated[
        list[StateNumber | StateName] | None,
        Field(
            max_length=1000,
            description="States to list, by number or name; by default the first ones.",
        ),
    ] = None
    limit: Annotated[
        int, Field(ge=1, le=1000, strict=True, description="List at most this many states.")
    ] = 100


class Explain(OfDispute):
    """A state to explain."""

    party: Annotated[str, Field(max_length=100, description="Id of the party whose choice it is.")]
    state: StateNumber | StateName
    concept: Concept = "SEQ"
    packages: Packages = False
    limit: Annotated[int, Field(ge=1, le=200, strict=True)] = 20


class State(OfDispute):
    """A state to describe."""

    state: StateNumber | StateName
    concepts: Concepts = _DEFAULT
    packages: Packages = False


class PathRequest(OfDispute):
    """States to go through one after the other."""

    states: Annotated[list[StateNumber | StateName], Field(min_length=1, max_length=50)]
    concepts: Concepts = _DEFAULT
    packages: Packages = False


class GraphRequest(OfDispute):
    """A graph to lay out."""

    concept: Concept = "SEQ"


class RoadmapRequest(OfDispute):
    """A roadmap to check."""

    roadmap: Annotated[str, Field(max_length=100, description="Id of the roadmap.")]
    concept: Annotated[
        Concept, Field(description="The concept under which stages have to hold.")
    ] = "SEQ"
    foresight: Annotated[
        Literal["myopic", "roadmap"],
        Field(description="Parties look to each stage's result, or to the roadmap's end."),
    ] = "roadmap"


class Compare(_Model):
    """Two variants of a dispute."""

    first: Dispute
    second: Dispute
    concepts: Concepts = _DEFAULT


class TableRequest(OfDispute):
    """A table to make."""

    format: Literal["csv", "excel-csv", "json", "parquet"] = "csv"
    concepts: Concepts = _DEFAULT
    packages: Packages = False


class ReportRequest(OfDispute):
    """A report to make."""

    format: Literal["html", "md", "docx"] = "html"
    concept: Annotated[
        Concept, Field(description="By which the report speaks where it speaks of one.")
    ] = "SEQ"
    concepts: Concepts = _DEFAULT
    packages: Packages = False


class Save(_Model):
    """The text to save."""

    text: DisputeText


class Rename(_Model):
    """The new name of a file."""

    to: FileName


class Text(_Model):
    """A file or case as it stands."""

    name: str
    text: str


class Saved(_Model):
    """A file that was written. The response's ETag is that of its new content."""

    name: str


class Case(_Model):
    """A dispute of the folder, or a shipped case."""

    name: str
    title: Annotated[str | None, Field(description="Null where the file cannot be read.")]


class Listing(_Model):
    """Disputes by name."""

    disputes: list[Case]


class Problem(_Model):
    """What went wrong."""

    kind: str
    message: str
    key: str | None = None
    line: int | None = None
    column: int | None = None
    excerpt: str | None = None
    nearest: str | None = None
    allowed: list[str] = []


class Checked(_Model):
    """Whether a text is a right dispute, and if not, the first fault."""

    valid: bool
    fault: Problem | None = None
    summary: dict[str, Any] | None = None


class Trivial(_Model):
    """That the server is there."""

    name: str
    version: str


class DeclaredAnalysis(_Model):
    """An analysis that there is."""

    name: Annotated[str, Field(description="Its name in addresses.", examples=["inverse"])]
    question: Annotated[str, Field(description="The question that it answers.")]
    about: Annotated[str, Field(description="What it does.")]
    cost: Literal["seconds", "minutes"]
    parameters: Annotated[dict[str, Any], Field(description="The JSON Schema of its parameters.")]


class Analyses(_Model):
    """All analyses."""

    analyses: list[DeclaredAnalysis]
