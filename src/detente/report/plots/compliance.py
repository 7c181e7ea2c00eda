"""Simulated runs of a plan: how many are still on it after each stage, and by whom they broke."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detente.report.compliance import assumption_words, simulation_lines
from detente.report.plots.picture import Picture, new_figure, series_colours, wrapped_label
from detente.report.roadmaps import party_name
from detente.report.robustness import percent
from detente.roadmap.compliance.simulation import RoadmapSimulation, StageRuns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["compliance_picture"]

# What takes up less of a column than this has no room for its words.
_LEAST_LABELLED = 0.035


def compliance_picture(simulation: RoadmapSimulation) -> Picture:
    """Draw a simulation of a roadmap.

    Parameters
    ----------
    simulation
        The simulation.

    Returns
    -------
    Picture
        A column for each stage, as high as the share of the runs that came to it: below those
        that went on, above them those that broke there, by whom. The last column is the runs
        that reached the plan's end, with the Wilson interval.
    """
    dispute = simulation.check.model.dispute
    stages = simulation.stages
    colours = dict(
        zip(
            (party.id for party in dispute.parties),
            series_colours(len(dispute.parties)),
            strict=True,
        )
    )
    figure = new_figure(2.2 + 1.75 * (len(stages) + 1), 4.8)
    axes = figure.subplots()
    for stage in stages:
        bottom = (stage.reached - stage.broken) / simulation.runs
        axes.bar(stage.number, bottom, width=0.72, color="0.88")
        _label(axes, stage.number, 0, bottom, f"go on\n{percent(bottom)}")
        for party, runs in _parts(stage, simulation.runs):
            height = runs / simulation.runs
            match party:
                case None:
                    name, colour, hatch = "others", "0.55", "//"
                case "":
                    name, colour, hatch = "not possible", "white", "xx"
                case _:
                    name, colour, hatch = party_name(dispute, party), colours[party], ""
            axes.bar(
                stage.number,
                height,
                bottom=bottom,
                width=0.72,
                color=colour,
                hatch=hatch,
                edgecolor="white" if colour != "white" else "0.4",
                linewidth=0.8,
            )
            _label(axes, stage.number, bottom, height, f"{name}\n{percent(height)}", box=True)
            bottom += height
    done = simulation.completed
    end = len(stages) + 1
    axes.bar(end, done.value, width=0.72, color="0.35")
    axes.errorbar(
        end,
        done.value,
        yerr=[[done.value - done.low], [done.high - done.value]],
        color="black",
        capsize=5,
        linewidth=1.2,
    )
    axes.annotate(
        percent(done.value),
        (end, done.high),
        textcoords="offset points",
        xytext=(0, 4),
        ha="center",
        fontsize=9,
    )
    labels = [wrapped_label(f"{stage.number}. {stage.stage.name}", 19) for stage in stages]
    axes.set_xticks(range(1, end + 1), [*labels, "The plan's end"], fontsize=8)
    axes.set_xlim(0.4, end + 0.6)
    axes.set_ylim(0, 1.06)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"], fontsize=8)
    axes.set_ylabel("Share of the runs", fontsize=9)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="x", length=0)
    check = simulation.check
    title = f"{check.plan.name}, simulated ({check.concept})"
    figure.suptitle(title, fontsize=11)
    assumed = simulation.assumptions
    figure.supxlabel(
        f"{simulation.runs:,} runs, seed {simulation.seed}. Assumed: renege {assumed.renege:g}, "
        f"slip {assumed.slip:g}, answer {assumed.answer:g}, resume {assumed.resume:g}.\nA column: "
        "the runs that came to a stage. Light grey: those that went on; above: those that broke "
        "there, by whom.\nOthers, hatched: broken by several together, or by a party in few runs.",
        fontsize=8,
    )
    return Picture(figure, title, _described(simulation))


def _parts(stage: StageRuns, runs: int) -> Iterator[tuple[str | None, int]]:
    """The runs broken at a stage by each party alone, by nobody (``""``), and all others (None).

    To the others belong those that several broke together and what is too little to be seen.
    """
    others = 0
    for parties, count in stage.broken_by.items():
        if len(parties) < 2 and count >= _LEAST_LABELLED * runs:
            yield "".join(parties), count
        else:
            others += count
    if others:
        yield None, others


def _label(
    axes: Axes, place: int, bottom: float, height: float, text: str, *, box: bool = False
) -> None:
    if height < _LEAST_LABELLED:
        return
    words = text if height > 2 * _LEAST_LABELLED else text.replace("\n", " ")
    axes.text(
        place,
        bottom + height / 2,
        words,
        ha="center",
        va="center",
        fontsize=7.5,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.2}
        if box
        else None,
    )


def _described(simulation: RoadmapSimulation) -> str:
    dispute = simulation.check.model.dispute
    lines = [
        f"{simulation.runs:,} runs, seed {simulation.seed}.",
        assumption_words(simulation),
        *simulation_lines(simulation),
    ]
    for stage in simulation.stages:
        by = [
            f"{party.name} {percent(stage.broken_with(party.id) / simulation.runs)}"
            for party in dispute.parties
            if stage.broken_with(party.id)
        ]
        lines.append(
            f"Stage {stage.number}, {stage.stage.name}: reached by "
            f"{percent(stage.reached / simulation.runs)} of the runs"
            + (f"; broken by {', '.join(by)} of all runs." if by else ".")
        )
    return " ".join(lines)
