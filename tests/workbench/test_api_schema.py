"""Requests drawn from the API's own description: none may crash it or break the description."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from detente.workbench.api.application import api_application
from detente.workbench.guard import RequestGuard
from detente.workbench.limits import Limits
from detente.workbench.services import Services, case_text, services


@pytest.fixture(scope="module")
def api_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder: Path = tmp_path_factory.mktemp("disputes")
    made = services(folder, Limits(states=2**12, seconds=10.0))
    made.folder.create("border.yaml", case_text("elmira"))
    yield made
    made.workers.close()


@pytest.fixture(scope="module")
def api_schema(api_work: Services) -> Any:
    app = RequestGuard(api_application(api_work), frozenset({"testserver"}))
    with warnings.catch_warnings():
        # The client that schemathesis uses is on its way out, which is no fault of ours.
        warnings.simplefilter("ignore")
        return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)


@pytest.mark.filterwarnings("ignore")
def test_the_api_does_what_its_description_says(api_schema: Any) -> None:
    operations = [result.ok() for result in api_schema.get_all_operations()]
    assert len(operations) > 10
    for operation in operations:
        # Whether a text is a right dispute, no schema can say: a request that fits the
        # description may well be answered with what is wrong in it.
        @settings(
            max_examples=25,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(
                checks=[
                    not_a_server_error,
                    status_code_conformance,
                    content_type_conformance,
                    response_schema_conformance,
                ]
            )

        ask()
