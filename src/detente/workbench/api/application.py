"""The API as an application: routes, and errors as documents."""

from __future__ import annotations

import asyncio
import base64
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from detente import __version__
from detente.dispute.errors import DetenteError, EnvironmentFault, LimitError
from detente.files.loading import list_cases
from detente.workbench.api import models
from detente.workbench.api.analyses import analyses_router
from detente.workbench.folder import FileChanged, FileExists, FolderBusy, NoSuchFile
from detente.workbench.services import Services, case_text, title_of
from detente.workbench.workers import Failed

__all__ = ["PREFIX", "api_application", "no_operation"]

PREFIX = "/api/v1"

_STATUS = {"too-large": 413, "environment": 503, "timed-out": 503, "busy": 503, "fault": 500}
_DOCUMENT = {"application/json": {"schema": {"type": "object"}}}
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "excel-csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}

REPORT_MEDIA = {
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def _problems(**meanings: str) -> dict[int | str, dict[str, Any]]:
    numbers = {
        name: {"model": models.Problem, "description": text} for name, text in meanings.items()
    }
    return {int(name.removeprefix("s")): value for name, value in numbers.items()}


_ALWAYS = _problems(
    s401="A token is needed, and none or a wrong one was shown.",
    s403="The Host or Origin header is not this server's.",
    s413="The request or the dispute is larger than this server works on.",
    s422="The request, or the dispute, is wrong.",
)
_FILE = _problems(s404="There is no such file or case.")
_COMPUTED = _problems(s500="A fault of detente.", s503="Time was up, or the server is busy.")

router = APIRouter(prefix=PREFIX, responses=_ALWAYS)


def api_application(services: Services) -> FastAPI:
    """Make the API.

    Parameters
    ----------
    services
        What it works with.

    Returns
    -------
    fastapi.FastAPI
        Its OpenAPI document is at ``/api/v1/openapi.json``. Pages may be mounted into it.
    """
    app = FastAPI(
        title="detente",
        version=__version__,
        description="Disputes of one folder: read, check, save, analyse and explain them.",
        # Ours, below, is made in a thread, and once: it takes a third of a second.
        openapi_url=None,
        # These pages would load their scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    app.include_router(router)
    app.include_router(analyses_router(PREFIX, _ALWAYS, {**_FILE, **_COMPUTED}, _text))
    app.add_exception_handler(DetenteError, _detente_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)

    descriptions: dict[str, bytes] = {}

    def described(root: str) -> bytes:
        found = app.openapi()
        whole = {**found, "servers": [{"url": root}]} if root else found
        return bytes(JSONResponse(whole).body)

    async def description(request: Request) -> Response:
        root = request.scope.get("root_path", "").rstrip("/")
        if root not in descriptions:
            descriptions[root] = await asyncio.to_thread(described, root)
        return Response(descriptions[root], media_type="application/json")

    app.add_route(f"{PREFIX}/openapi.json", description, include_in_schema=False)
    return app


# Errors ------------------------------------------------------------------------------------


def _problem(status: int, problem: models.Problem, headers: Any = None) -> JSONResponse:
    return JSONResponse(problem.model_dump(), status, headers=headers)


async def _detente_error(request: Request, error: Exception) -> Response:
    del request
    if isinstance(error, Failed):
        known = {k: v for k, v in error.details.items() if k in models.Problem.model_fields}
        problem = models.Problem(**{**known, "kind": error.kind})
        retry = {"retry-after": "5"} if error.kind in ("busy", "timed-out") else None
        return _problem(_STATUS.get(error.kind, 422), problem, retry)
    assert isinstance(error, DetenteError)
    status, kind = 422, "dispute"
    if isinstance(error, NoSuchFile):
        status, kind = 404, "no-such-file"
    elif isinstance(error, FileExists | FileChanged):
        status, kind = 412, "changed"
    elif isinstance(error, FolderBusy):
        status, kind = 503, "busy"
    elif isinstance(error, LimitError):
        status, kind = 413, "too-large"
    elif isinstance(error, EnvironmentFault):
        status, kind = 503, "environment"
    return _problem(
        status,
        models.Problem(
            kind=kind,
            message=error.message,
            key=error.key,
            nearest=error.nearest,
            allowed=list(error.allowed[:12]),
        ),
    )


async def _invalid_request(request: Request, error: Exception) -> Response:
    del request
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return _problem(422, models.Problem(kind="request", message=str(first["msg"]), key=where))


def no_operation() -> JSONResponse:
    """The answer to a request for what the API does not have."""
    message = f"the API has no such operation; {PREFIX}/openapi.json describes it"
    return _problem(404, models.Problem(kind="request", message=message))


async def _http_error(request: Request, error: Exception) -> Response:
    del request
    assert isinstance(error, HTTPException)
    problem = models.Problem(kind="request", message=str(error.detail))
    return _problem(error.status_code, problem, error.headers)


# Files and cases ---------------------------------------------------------------------------


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


@router.get("/", operation_id="about", summary="Which server this is")
async def about() -> models.Trivial:
    """The smallest answer that this server gives."""
    return models.Trivial(name="detente", version=__version__)


@router.get("/cases", operation_id="list_cases", summary="The shipped cases")
def shipped_cases() -> models.Listing:
    """Names and titles of the shipped cases."""
    return models.Listing(
        disputes=[models.Case(name=name, title=title_of(case_text(name))) for name in list_cases()]
    )


@router.get(
    "/cases/{name}", operation_id="read_case", summary="The text of a shipped case", responses=_FILE
)
def read_case(name: str) -> models.Text:
    """The text of a shipped case."""
    return models.Text(name=name, text=_case(name))


@router.get("/disputes", operation_id="list_disputes", summary="The dispute files of the folder")
def list_disputes(request: Request) -> models.Listing:
    """Names and titles of the dispute files."""
    folder = _services(request).folder
    listed = []
    for name in folder.names():
        try:
            title = title_of(folder.read(name).text)
        except DetenteError:
            title = None
        listed.append(models.Case(name=name, title=title))
    return models.Listing(disputes=listed)


@router.get(
    "/disputes/{name}",
    operation_id="read_dispute",
    summary="The text of a dispute file",
    responses=_FILE,
)
def read_dispute(name: models.FileName, request: Request, response: Response) -> models.Text:
    """The text; the response's ETag is needed to save it again."""
    version = _services(request).folder.read(name)
    response.headers["etag"] = f'"{version.tag}"'
    return models.Text(name=name, text=version.text)


@router.put(
    "/disputes/{name}",
    operation_id="save_dispute",
    summary="Save a dispute file",
    responses={
        **_FILE,
        **_problems(
            s412="The file is not the one that If-Match names, or exists already.",
            s428="Neither If-Match nor If-None-Match was given.",
            s503="Another program goes on writing into the folder.",
        ),
    },
)
def save_dispute(
    name: models.FileName,
    body: models.Save,
    request: Request,
    response: Response,
    if_match: Annotated[str | None, Header(description="The ETag of what was read.")] = None,
    if_none_match: Annotated[str | None, Header(description="* for a new file.")] = None,
) -> models.Saved:
    """Replace a file whose ETag is known, or write a new one. The text need not be right."""
    folder = _services(request).folder
    if if_match is not None:
        version = folder.write(name, body.text, replacing=_tag_in(if_match))
    elif if_none_match is not None and if_none_match.strip() == "*":
        version = folder.create(name, body.text)
    else:
        raise HTTPException(
            428, "give If-Match with the ETag of what you read, or If-None-Match: * for a new file"
        )
    response.headers["etag"] = f'"{version.tag}"'
    return models.Saved(name=name)


def _tag_in(header: str) -> str:
    return header.removeprefix("W/").strip().strip('"')


@router.delete(
    "/disputes/{name}",
    operation_id="delete_dispute",
    summary="Delete a dispute file",
    status_code=204,
    responses={
        **_FILE,
        **_problems(
            s412="The file is not the one that If-Match names.",
            s503="Another program goes on writing into the folder.",
        ),
    },
)
def delete_dispute(
    name: models.FileName,
    request: Request,
    if_match: Annotated[str, Header(description="The ETag of what was read.")],
) -> Response:
    """Delete a file whose ETag is known, for good."""
    _services(request).folder.remove(name, known=_tag_in(if_match))
    return Response(status_code=204)


@router.post(
    "/disputes/{name}/rename",
    operation_id="rename_dispute",
    summary="Give a dispute file another name",
    responses={
        **_FILE,
        **_problems(
            s412="There is a file of the new name.",
            s503="Another program goes on writing into the folder.",
        ),
    },
)
def rename_dispute(name: models.FileName, body: models.Rename, request: Request) -> models.Saved:
    """Give a file another name; no other file is ever replaced."""
    _services(request).folder.rename(name, body.to)
    return models.Saved(name=body.to)


# Computations ------------------------------------------------------------------------------


def _case(name: str) -> str:
    try:
        return case_text(name)
    except DetenteError as error:
        raise NoSuchFile(error.message, allowed=error.allowed, nearest=error.nearest) from None


def _text(services: Services, dispute: Any) -> str:
    if isinstance(dispute, models.FromText):
        return dispute.text
    if isinstance(dispute, models.FromFile):
        return services.folder.read(dispute.file).text
    assert isinstance(dispute, models.FromCase)
    return _case(dispute.case)


@router.post("/validate", operation_id="validate", summary="Check a text", responses={**_COMPUTED})
async def validate(body: models.Validate, request: Request) -> models.Checked:
    """Whether a text is a right dispute file. A fault in it is an answer, not an error."""
    try:
        summary = await _services(request).workers.compute("check", text=body.text)
    except Failed as error:
        if error.kind != "dispute":
            raise
        fault = models.Problem(**{**error.details, "kind": "dispute"})
        return models.Checked(valid=False, fault=fault)
    return models.Checked(valid=True, summary=summary)


_COMPUTING: dict[str, Any] = {"responses": {**_FILE, **_COMPUTED}}


@router.post("/analyse", operation_id="analyse", summary="Analyse a dispute", **_COMPUTING)
async def analyse(body: models.Analyse, request: Request) -> dict[str, Any]:
    """The analysis as the document that `detente schema analysis` describes."""
    services = _services(request)
    return await services.workers.compute_limited(
        "analyse",
        text=_text(services, body.dispute),
        concepts=body.concepts,
        packages=body.packages,
        states=body.states,
        limit=body.limit,
    )


@router.post("/explain", operation_id="explain", summary="Explain a state", **_COMPUTING)
async def explain(body: models.Explain, request: Request) -> dict[str, Any]:
    """The explanation as the document that `detente schema explanation` describes."""
    services = _services(request)
    return await services.workers.compute_limited(
        "explain",
        text=_text(services, body.dispute),
        concept=body.concept,
        packages=body.packages,
        party=body.party,
        state=body.state,
        limit=body.limit,
    )


@router.post(
    "/state", operation_id="state", summary="One state and the moves from it", **_COMPUTING
)
async def state(body: models.State, request: Request) -> dict[str, Any]:
    """A state's levels, ranks and stability, and every move from it."""
    services = _services(request)
    return await services.workers.compute_limited(
        "state",
        text=_text(services, body.dispute),
        number=body.state,
        concepts=body.concepts,
        packages=body.packages,
    )


@router.post(
    "/path", operation_id="path", summary="Who moves and who gains on a path", **_COMPUTING
)
async def path(body: models.PathRequest, request: Request) -> dict[str, Any]:
    """For each step of a path: the moves that make it, ranks before and after, equilibria."""
    services = _services(request)
    return await services.workers.compute_limited(
        "path",
        text=_text(services, body.dispute),
        states=body.states,
        concepts=body.concepts,
        packages=body.packages,
    )


@router.post("/graph", operation_id="graph", summary="The graph of a dispute", **_COMPUTING)
async def graph(body: models.GraphRequest, request: Request) -> dict[str, Any]:
    """Nodes and edges: of states, or of named outcomes where the states are too many to draw."""
    services = _services(request)
    return await services.workers.compute_limited(
        "graph", text=_text(services, body.dispute), concept=body.concept
    )


@router.post("/roadmap", operation_id="roadmap", summary="Check a roadmap", **_COMPUTING)
async def roadmap(body: models.RoadmapRequest, request: Request) -> dict[str, Any]:
    """The check as the document that `detente schema roadmap` describes, and in words."""
    services = _services(request)
    return await services.workers.compute_limited(
        "roadmap",
        text=_text(services, body.dispute),
        roadmap=body.roadmap,
        concept=body.concept,
        foresight=body.foresight,
    )


@router.post("/compare", operation_id="compare", summary="Compare two variants", **_COMPUTING)
async def compare(body: models.Compare, request: Request) -> dict[str, Any]:
    """What differs in the preferences of two variants, and in their equilibria."""
    services = _services(request)
    return await services.workers.compute_limited(
        "compare",
        first=_text(services, body.first),
        second=_text(services, body.second),
        concepts=body.concepts,
    )


@router.post(
    "/report",
    operation_id="report",
    summary="The report on a dispute",
    response_class=Response,
    responses={
        **_FILE,
        **_COMPUTED,
        200: {"content": {media.partition(";")[0]: {} for media in REPORT_MEDIA.values()}},
    },
)
async def report(body: models.ReportRequest, request: Request) -> Response:
    """The report as one page in HTML, as Markdown without its pictures, or as a document."""
    services = _services(request)
    result = await services.workers.compute_limited(
        "report",
        text=_text(services, body.dispute),
        form=body.format,
        name=getattr(body.dispute, "case", None) or getattr(body.dispute, "file", "FILE"),
        concept=body.concept,
        concepts=body.concepts,
        packages=body.packages,
    )
    # Not to be run as a page of this server, whatever a dispute's texts contain.
    headers = {"content-disposition": f'attachment; filename="report.{body.format}"'}
    content = base64.b64decode(result["content"])
    return Response(content, media_type=REPORT_MEDIA[body.format], headers=headers)


@router.post(
    "/table",
    operation_id="table",
    summary="All states as a table",
    response_class=Response,
    responses={
        **_FILE,
        **_COMPUTED,
        200: {"content": {media.partition(";")[0]: {} for media in _MEDIA.values()}},
    },
)
async def table(body: models.TableRequest, request: Request) -> Response:
    """A file in CSV, JSON or Parquet with a row for each state."""
    services = _services(request)
    result = await services.workers.compute_limited(
        "table",
        text=_text(services, body.dispute),
        form=body.format,
        concepts=body.concepts,
        packages=body.packages,
    )
    content = base64.b64decode(result["content"])
    return Response(content, media_type=_MEDIA[body.format])
