"""The operations of the registry's analyses, made from their declarations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field, WithJsonSchema, create_model

from detente.analyses.declaration import Declaration
from detente.analyses.parameters import parameters_of, parameters_schema
from detente.analyses.registry import all_analyses
from detente.workbench.api import models
from detente.workbench.services import Services

__all__ = ["analyses_router"]

Responses = dict[int | str, dict[str, Any]]


def analyses_router(
    prefix: str,
    always: Responses,
    computing: Responses,
    text_of: Callable[[Services, Any], str],
) -> APIRouter:
    """An operation for each analysis, and the list of all.

    Parameters
    ----------
    prefix
        What stands before their addresses.
    always, computing
        What every operation, and one that computes, may answer besides.
    text_of
        The text of the dispute that a request names.

    Returns
    -------
    fastapi.APIRouter
        ``GET analyses`` and ``POST analyses/NAME``, whose answer is the document that
        ``detente schema NAME`` describes.
    """
    router = APIRouter(prefix=f"{prefix}/analyses", responses=always)

    @router.get("", operation_id="list_analyses", summary="The analyses that there are")
    async def list_analyses() -> models.Analyses:
        """Names, questions and parameters."""
        return models.Analyses(
            analyses=[
                models.DeclaredAnalysis(
                    name=one.path,
                    question=one.question,
                    about=one.about,
                    cost=one.cost,
                    parameters=dict(parameters_schema(one.parameters)),
                )
                for one in all_analyses()
            ]
        )

    for declaration in all_analyses():
        _add(router, declaration, computing, text_of)
    return router


def _add(
    router: APIRouter,
    declaration: Declaration,
    computing: Responses,
    text_of: Callable[[Services, Any], str],
) -> None:
    request_type = _request_type(declaration)

    async def run(body: Any, request: Request) -> dict[str, Any]:
        services: Services = request.app.state.services
        found = await services.workers.compute_limited(
            "analysis",
            text=text_of(services, body.dispute),
            name=declaration.name,
            parameters=body.parameters,
        )
        document: dict[str, Any] = found["document"]
        return document

    # FastAPI reads the type of the body from here.
    run.__annotations__["body"] = request_type
    run.__doc__ = declaration.about
    router.post(
        f"/{declaration.path}",
        operation_id=f"analysis_{declaration.path.replace('-', '_')}",
        summary=declaration.question,
        responses=computing,
    )(run)


def _request_type(declaration: Declaration) -> Any:
    name = "".join(part.capitalize() for part in declaration.path.split("-"))
    schema = parameters_schema(declaration.parameters)
    parameters = Annotated[
        dict[str, Any],
        Field(description="Parameters of the analysis."),
        WithJsonSchema(dict(schema)),
    ]
    required = any(one.required for one in parameters_of(declaration.parameters))
    default: Any = ... if required else Field(default_factory=dict)
    return create_model(f"Ask{name}", __base__=models.OfDispute, parameters=(parameters, default))
