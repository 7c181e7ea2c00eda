"""The page on which a dispute is edited, with what follows from it beside."""

from __future__ import annotations

from nicegui import background_tasks, ui

from detente.workbench.forms.dispute_form import dispute_form
from detente.workbench.forms.form_parts import FormPart
from detente.workbench.pages.arrival import file_page
from detente.workbench.pages.form_dialogs import form_acts
from detente.workbench.pages.form_view import FormView
from detente.workbench.pages.results import results
from detente.workbench.pages.session import Session
from detente.workbench.pages.suggestions import suggestions
from detente.workbench.pages.validation import validation
from detente.workbench.services import Services

__all__ = ["add"]


def add(work: Services) -> None:
    """Make the page."""

    def lay_out(session: Session) -> None:
        with ui.element("div").classes("two"):
            form = FormView(session, form_acts(session))

            def parts() -> tuple[FormPart, ...]:
                return dispute_form(session.document, session.entries, session.sentences)

            with ui.element("div").classes("stack side"):
                results(session, on_fault=form.mark)
                suggestions(session)
                validation(session, form.mark_all)
        session.follow.append(lambda: form.show(parts()))
        background_tasks.create(form.begin(parts), context=session.client)

    file_page(work, "", lay_out)
