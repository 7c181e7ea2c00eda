"""``detente validate``: is a dispute file sound, and do its sources say what it cites?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from detente.cli.arguments import case_argument, load_case, source_option, source_paths
from detente.cli.exit_codes import FINDINGS
from detente.cli.output import working, write_text

if TYPE_CHECKING:
    from detente.dispute.dispute import Citation, Dispute
    from detente.evidence.lint import Lint
    from detente.evidence.sources import EvidenceFinding, SourceText
    from detente.space.graph_model import GraphModel

__all__ = ["command"]

# So many findings fill a screen.
_MOST_LISTED = 15

_NOT_LOOKED_AT = (
    "Not looked for: statements, options, outcomes and questions that are worth a look. That takes "
    "an array of all states, and they are too many."
)


@click.command(short_help="Check a dispute file and the sources that it cites.")
@case_argument
@source_option("to check the citations against")
@click.option(
    "--all", "list_all", is_flag=True, help="Also list each judgement that rests on no source."
)
@click.option("--uncited", is_flag=True, help="Also list each sentence that no judgement rests on.")
@click.pass_context
def command(
    ctx: click.Context, case: str, sources: tuple[str, ...], list_all: bool, uncited: bool
) -> None:
    """Check a dispute file: names, formulas, states, preferences, and citations of sources.

    First comes a summary, with findings to look at: statements that can decide nothing, options
    that nobody uses or cares about, outcomes with no state or with every state, questions that do
    not arise, states that nobody can leave, statements with a low confidence or without a basis.

    CASE is the name of a shipped case or the path of a dispute file. If you give the text of a
    source, each passage is shown beside the judgement that rests on it, so that a reader can
    compare them. If a text has changed, the command looks for the quoted passages in their new
    places.

    The exit code is 0 if all is well, 1 if a citation or the question of
    a claim is at fault, 2 if the file cannot be used.
    """
    from detente.evidence.claims import check_questions
    from detente.evidence.sources import check, texts_at_hand
    from detente.stability.memory import wants_symbolic
    from detente.stability.prepared_model import graph_model

    paths = source_paths(sources)
    dispute = load_case(case)
    large = wants_symbolic(dispute, (), None)
    with working("Validating") as progress:
        model = None if large else graph_model(dispute, progress=progress)
        states = _states_counted(dispute) if model is None else model.space.count
    findings = (*check(dispute, paths), *check_questions(dispute))
    texts = texts_at_hand(dispute, paths)
    faulty = any(one.is_fault for one in findings)
    lines = [
        _size(dispute, states),
        *_judged(dispute),
        *_listed(_worth_a_look(dispute, model, faulty=faulty), list_all=list_all),
        *([_NOT_LOOKED_AT] if model is None else []),
        *_passages(dispute, texts),
        *_remarks(findings, list_all=list_all),
        *_coverage(dispute, texts, uncited=uncited),
    ]
    faults = [finding for finding in findings if finding.is_fault]
    lines += [f"fault: {finding}" for finding in faults]
    lines.append(_verdict(len(faults)))
    write_text((line + "\n" for line in lines), None)
    if faults:
        ctx.exit(FINDINGS)


def _states_counted(dispute: Dispute) -> int:
    """How many states a dispute has that no array holds; its preferences are looked at too."""
    from detente.space.representation import USUAL_NODES
    from detente.space.symbolic.game import symbolic_game

    game = symbolic_game(dispute, USUAL_NODES)
    return game.count(game.feasible)


def _size(dispute: Dispute, states: int) -> str:
    from detente.report.words import counted

    return (
        f"{dispute.title}: {counted(len(dispute.parties), 'party', 'parties')}, "
        f"{counted(len(dispute.options), 'option')}, "
        f"{counted(states, 'feasible state')}"
    )


def _judged(dispute: Dispute) -> Iterator[str]:
    """On what the judgements rest, in a line."""
    from detente.evidence.sources import judgements
    from detente.report.words import counted

    bases = [basis for _, basis in judgements(dispute)]
    cited = sum(bool(basis.citations) for basis in bases)
    own = sum(basis.judgement and not basis.citations for basis in bases)
    yield (
        f"{counted(len(bases), 'judgement')}: {cited:,} cite a source, {own:,} are marked as the "
        f"analyst's own, {len(bases) - cited - own:,} name no basis. "
        f"{counted(len(dispute.claims), 'claim')}, {counted(len(dispute.roadmaps), 'roadmap')}, "
        f"{counted(len(dispute.outcomes), 'outcome')}."
    )


def _worth_a_look(dispute: Dispute, model: GraphModel | None, *, faulty: bool) -> tuple[Lint, ...]:
    from detente.dispute.result import whole
    from detente.evidence.claims import check_claims
    from detente.evidence.lint import lint

    if model is None:
        return ()
    # A question without meaning has no answer to look at.
    checked = () if faulty else whole(check_claims(dispute, origins=False, model=model))
    return lint(model, checked)


def _listed(found: Sequence[Lint], *, list_all: bool) -> Iterator[str]:
    if not found:
        return
    most = len(found) if list_all else _MOST_LISTED
    yield f"Worth a look ({len(found):,}; none of it is a fault):"
    for one in found[:most]:
        yield f"- {one}"
    if len(found) > most:
        yield f"- and {len(found) - most:,} more (--all lists them)"


def _passages(dispute: Dispute, texts: Mapping[str, SourceText]) -> Iterator[str]:
    """Each judgement that cites a text at hand, with what the text says there."""
    from detente.evidence.sources import judgements

    for label, basis in judgements(dispute):
        cited = [citation for citation in basis.citations if citation.source in texts]
        if cited:
            yield ""
            yield label
        for citation in cited:
            yield from _passage(citation, texts[citation.source].text)
    if texts:
        yield ""


def _passage(citation: Citation, text: str) -> Iterator[str]:
    from detente.dispute.errors import DetenteError
    from detente.evidence.sources import locator_words, sentence

    where = "" if citation.at is None else f", {locator_words(citation.at)}"
    yield f"  {citation.source}{where}"
    if citation.at is not None:
        try:
            yield f"    text:  {sentence(text, citation.at)}"
        except DetenteError as error:
            # A fault, which check() finds as well and which is listed below.
            yield f"    text:  none: {error}"
    if citation.quote is not None:
        yield f"    quote: {citation.quote}"
    if citation.says is not None:
        yield f"    says:  {citation.says}"


def _remarks(findings: Sequence[EvidenceFinding], *, list_all: bool) -> Iterator[str]:
    from detente.report.words import counted

    unfounded = [finding for finding in findings if finding.kind == "no-basis"]
    for finding in findings:
        if not finding.is_fault and (list_all or finding.kind != "no-basis"):
            yield f"remark: {finding}"
    if unfounded and not list_all:
        yield (
            f"remark: {counted(len(unfounded), 'judgement')} with neither a source nor "
            "`judgement: true` (--all lists them)"
        )


def _coverage(dispute: Dispute, texts: Mapping[str, SourceText], *, uncited: bool) -> Iterator[str]:
    """How much of each text is used, and where the passages of a changed text stand now."""
    from detente.evidence.reading.coverage import coverage
    from detente.evidence.sources import locator_words
    from detente.report.words import counted

    for text in coverage(dispute, texts).texts:
        whole = counted(len(text.sentences), "sentence")
        hint = "" if uncited or not text.uncited else " (--uncited lists the others)"
        yield f"remark: judgements rest on {text.covered} of the {whole} of {text.source!r}{hint}"
        if uncited:
            for sentence in text.uncited:
                yield f"  {locator_words(sentence.at)}: {sentence.text}"
        if text.same is False:
            yield from _moved(dispute, text.source, texts[text.source])


def _moved(dispute: Dispute, source: str, text: SourceText) -> Iterator[str]:
    from detente.evidence.reading.anchors import anchors
    from detente.evidence.sources import locator_words
    from detente.files.yaml_text import load_round_trip
    from detente.report.words import counted

    if dispute.path is None:
        return
    told = {
        "moved": "stands at {at} now",
        "alike": "is gone; {at} is nearly the same",
        "lost": "is gone",
        "unquoted": "is not quoted, so that nobody can tell where it stands now",
    }
    found = anchors(load_round_trip(dispute.path), source, text.text)
    count = Counter(anchor.status for anchor in found)
    gone = count["lost"] + count["alike"] + count["unquoted"]
    yield (
        f"remark: the text of {source!r} has changed: of {counted(len(found), 'citation')}, "
        f"{count['kept']} stand where they stood, {count['moved']} elsewhere, and {gone} are not "
        "found again"
    )
    for anchor in found:
        if anchor.status == "kept":
            continue
        at = "" if anchor.at is None else locator_words(anchor.at)
        yield f"remark: {anchor.key}: its passage {told[anchor.status].format(at=at)}"


def _verdict(faults: int) -> str:
    from detente.report.words import counted

    return "No faults." if faults == 0 else f"{counted(faults, 'fault')}."
