"""How much of a dispute file the reading of its sources would have proposed.

    ./dev python benchmarks/reading.py --article ARTICLE.txt [--kept-apart]

ARTICLE.txt is the newspaper article that korea-2017 rests on, which is no part of this project:
its gold are the citations of the case. The other texts lie in benchmarks/reading_texts, each with
what a careful analyst would cite it for, written before the reader saw it; one is kept apart and
scored only with --kept-apart. Also: how long 100 reports of 1,000 words take.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

import detente
from detente.evidence.reading.documents import read_document
from detente.evidence.reading.groups import grouped
from detente.evidence.reading.proposals import Proposal, checked
from detente.evidence.reading.reports import Report, reports_of
from detente.evidence.reading.rules_reader import read_by_rules
from detente.evidence.sources import judgements

TEXTS = Path(__file__).parent / "reading_texts"

# Texts whose scores were seen before the rules had their present form.
LOOKED_AT = {
    "Nile dam, used while the rules were written": "nile-dam.yaml",
    "Cod war, kept apart from the first rules": "cod-war.yaml",
    "Essequibo, by another hand, kept apart from the first rules": "essequibo.yaml",
    "Preah Vihear, kept apart from the rules before these": "preah-vihear.yaml",
}

# What a judgement of each kind may start from.
STARTS = {
    "party": {"party"},
    "option": {"option", "act"},
    "preference": {"stance", "condition"},
    "package": {"package"},
    "stage": {"stage"},
    "roadmap": {"stage"},
    "format": {"format"},
    "outcome": {"outcome"},
    "claim": {"claim", "stance", "condition"},
    "history": {"history"},
}


# What a first model is made of.
FIRST = {"party", "option", "preference", "outcome"}


@dataclass(frozen=True)
class Judgement:
    """A judgement of a dispute file, with the sentences that it rests on."""

    kind: str
    parties: tuple[str, ...]
    direction: str | None
    places: frozenset[tuple[int, int]]
    label: str

    def is_met(self, proposal: Proposal) -> bool:
        """Whether the judgement could start from a proposal: sentence, kind, party, direction."""
        if self.kind == "party":
            # A party is proposed once, where it is named first.
            return proposal.kind == "party" and proposal.parties[0] in self.parties
        spoken = self.kind == "option" and proposal.act is not None
        if self.place_of(proposal) not in self.places or not (
            proposal.kind in STARTS[self.kind] or spoken
        ):
            return False
        if self.kind == "preference":
            return proposal.parties[:1] == self.parties and proposal.direction == self.direction
        if self.kind == "option":
            return proposal.parties[:1] == self.parties
        return not self.parties or bool(set(proposal.parties) & set(self.parties))

    @staticmethod
    def place_of(proposal: Proposal) -> tuple[int, int]:
        return proposal.at.paragraph, proposal.at.sentence or 0


def gold_of_file(path: Path) -> tuple[Path, list[Judgement]]:
    content = YAML(typ="safe").load(path)
    found = [
        Judgement(
            entry["kind"],
            tuple(entry.get("parties", ())),
            entry.get("direction"),
            frozenset({tuple(entry["at"])}),
            f"{entry['kind']} of {', '.join(entry.get('parties', ['nobody']))}: "
            f"{entry.get('about', '')}",
        )
        for entry in content["judgements"]
    ]
    return path.parent / content["text"], found


def gold_of_korea() -> list[Judgement]:
    """The case's judgements that cite the article."""
    dispute = detente.load("korea-2017")
    names = {party.id: party.name for party in dispute.parties}
    found = []
    for label, basis in judgements(dispute):
        places = frozenset(
            (one.at.paragraph, one.at.sentence or 1) for one in basis.citations if one.at
        )
        if not places:
            continue
        kind, rest = label.split(" ", 1)
        parties: tuple[str, ...] = ()
        direction = None
        if kind == "party":
            parties = (names[rest],)
        elif kind == "option":
            parties = (names[rest.partition(".")[0]],)
        elif kind == "preference":
            owner, _, formula = rest.partition(" of ")[2].partition(": ")
            parties = (names[owner],)
            direction = "against" if formula.startswith("not ") else "for"
        elif kind not in STARTS:
            continue
        found.append(Judgement(kind, parties, direction, places, label))
    return found


def share(part: int, whole: int) -> str:
    return f"{part / whole:.2f} ({part} of {whole})" if whole else "none"


def score(
    title: str,
    report: Report,
    proposals: Sequence[Proposal],
    gold: Sequence[Judgement],
    *,
    full: bool,
) -> None:
    places = {(one.at.paragraph, one.at.sentence or 0) for one in report.sentences}
    bearing = {place for one in gold for place in one.places}
    marked = {Judgement.place_of(one) for one in proposals}
    met = [one for one in gold if any(one.is_met(proposal) for proposal in proposals)]
    used = [one for one in proposals if any(judgement.is_met(one) for judgement in gold)]
    hits = len(bearing & marked)
    print(
        f"\n{title}: {len(report.text.split())} words, {len(places)} sentences, "
        f"{len(proposals)} proposals"
    )
    print(
        f"  sentences that bear a judgement: recall {share(hits, len(bearing))}, "
        f"precision {share(hits, len(marked))}"
    )
    print(f"    by marking every sentence: precision {share(len(bearing), len(places))}")
    print(
        "  judgements that start from a proposal (sentence, kind, party, direction): "
        f"{share(len(met), len(gold))}"
    )
    for kind, count in sorted(Counter(one.kind for one in gold).items()):
        print(f"    {kind}: {share(sum(one.kind == kind for one in met), count)}")
    print(f"  proposals from which a judgement starts: {share(len(used), len(proposals))}")
    shown_first(proposals, gold)
    for kind, count in sorted(Counter(one.kind for one in proposals).items()):
        print(f"    {kind}: {share(sum(one.kind == kind for one in used), count)}")
    if full:
        for one in gold:
            if one not in met:
                print(f"  missed: {sorted(one.places)} {one.label}")


def shown_first(proposals: Sequence[Proposal], gold: Sequence[Judgement]) -> None:
    """What a person judges: groups of proposals that say the same, those that matter first."""
    groups = grouped(proposals)
    first = [group for group in groups if group.matters]
    members = [member for group in first for member in group.members]
    used = [
        group
        for group in first
        if any(one.is_met(member) for one in gold for member in group.members)
    ]
    wanted = [one for one in gold if one.kind in FIRST]
    met = [one for one in wanted if any(one.is_met(member) for member in members)]
    print(f"  shown first: {len(first)} decisions of {len(groups)}")
    print(f"    from which a judgement starts: {share(len(used), len(first))}")
    print(
        "    parties, options, preferences and outcomes that start from one: "
        f"{share(len(met), len(wanted))}"
    )


def read(paths: Iterable[Path]) -> tuple[tuple[Report, ...], tuple[Proposal, ...]]:
    reports = reports_of([read_document(path) for path in paths])
    proposals, refused = checked(
        read_by_rules(reports), {report.id: report.text for report in reports}
    )
    assert not refused, refused
    return reports, proposals


def thousand_words(number: int) -> str:
    """A report of about 1,000 words out of the sentences of the texts, in another order each."""
    pool: list[str] = []
    for path in sorted(TEXTS.glob("*.txt")):
        pool += path.read_text(encoding="utf-8").replace("\n\n", " ").split(". ")
    words, text = 0, []
    for count in range(10_000):
        digest = hashlib.sha256(f"{number} {count}".encode()).digest()
        piece = pool[int.from_bytes(digest[:4], "big") % len(pool)]
        words += len(piece.split())
        text.append(piece + ("." if count % 7 else ".\n\n"))
        if words >= 1_000:
            break
    return " ".join(text)


def speed() -> None:
    reports = [
        Report(f"r{number}", Path(f"r{number}.txt"), "", thousand_words(number))
        for number in range(100)
    ]
    start, used = time.perf_counter(), time.process_time()
    count = sum(1 for _ in read_by_rules(reports))
    print(
        f"\n100 reports of 1,000 words: {time.perf_counter() - start:.1f} s, of processor "
        f"{time.process_time() - used:.1f} s, {count} proposals"
    )


def texts(arguments: argparse.Namespace) -> Iterator[tuple[str, Path, list[Judgement]]]:
    if arguments.article:
        gold = gold_of_korea()
        wanted = detente.load("korea-2017").sources[0].sha256
        if hashlib.sha256(arguments.article.read_bytes()).hexdigest() != wanted:
            raise SystemExit(f"{arguments.article} is not the article that korea-2017 cites")
        yield "Korean peninsula, gold: the case's citations", arguments.article, gold
    for title, name in LOOKED_AT.items():
        yield title, *gold_of_file(TEXTS / name)
    if arguments.kept_apart:
        yield "San Juan, kept apart", *gold_of_file(TEXTS / "san-juan.yaml")


def main() -> None:
    parser = argparse.ArgumentParser(description="Score proposals against gold.")
    parser.add_argument("--article", type=Path)
    parser.add_argument("--kept-apart", action="store_true")
    parser.add_argument("--missed", action="store_true", help="list the judgements not proposed")
    arguments = parser.parse_args()
    for title, path, gold in texts(arguments):
        (report,), proposals = read([path])
        score(title, report, proposals, gold, full=arguments.missed)
    if arguments.article:
        cited = [one for one in gold_of_korea() if one.kind == "preference"]
        stated = sum(
            len(getattr(party.preferences, "statements", ()))
            for party in detente.load("korea-2017").parties
        )
        print(f"\nKorea: of {stated} preference statements, {len(cited)} cite the article")
    speed()


if __name__ == "__main__":
    main()
