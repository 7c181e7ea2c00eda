"""A roadmap as a timeline: each party's rank from stage to stage, and what it stands to lose."""

from __future__ import annotations

from functools import partial

from detente.report.language import marked, say
from detente.report.plots.picture import (
    WITHIN,
    Picture,
    new_figure,
    series_colours,
    short_label,
    wrapped_label,
)
from detente.report.roadmaps import lost_words, party_name, verdict_lines
from detente.roadmap.check.verdicts import RoadmapCheck

__all__ = ["roadmap_picture"]

# What a stage that fails is not.
_FAILED = {
    "possible": marked("not possible"),
    "willing": marked("not willing"),
    "holding": marked("not holding"),
}


def roadmap_picture(check: RoadmapCheck) -> Picture:
    """Draw a check of a roadmap.

    Parameters
    ----------
    check
        The check.

    Returns
    -------
    Picture
        A row for each party: its rank as a share of its range (the line), and down to where it
        would fall if others did not do their part (the bar). Stages that fail are shaded.
    """
    model = check.model
    parties = model.dispute.parties
    figure = new_figure(1.8 + 1.9 * max(2, len(check.stages)), 1.3 + 0.95 * len(parties))
    axes = figure.subplots(len(parties), 1, sharex=True, squeeze=False)[:, 0]
    places = list(range(len(check.stages) + 1))
    for number, (party, colour) in enumerate(
        zip(parties, series_colours(len(parties)), strict=True)
    ):
        axis = axes[number]
        span = max(1, int(model.ranks(number).max()) - 1)
        standings = [stage.standings[number] for stage in check.stages]
        ranks = [*(one.before for one in standings[:1]), *(one.after for one in standings)]
        for stage in check.stages:
            if stage.failed:
                axis.axvspan(stage.number - 0.5, stage.number + 0.5, color="0.9", linewidth=0)
        axis.plot(
            places[: len(ranks)],
            [(rank - 1) / span for rank in ranks],
            color=colour,
            marker="o",
            markersize=4,
        )
        for place, one in enumerate(standings, start=1):
            if one.exposure:
                top, low = (one.before - 1) / span, (one.worst - 1) / span
                axis.plot([place - 0.5] * 2, [top, low], color="black", linewidth=3, alpha=0.6)
                axis.annotate(
                    f"−{one.statements_lost}",
                    (place - 0.5, (top + low) / 2),
                    textcoords="offset points",
                    xytext=(5, 0),
                    fontsize=8,
                    va="center",
                    **WITHIN,
                )
        axis.set_ylim(-0.08, 1.08)
        axis.set_yticks([0, 1], [say("worst"), say("best")], fontsize=7)
        name = short_label(party.name, 24, 4)
        axis.set_ylabel(name, rotation=0, ha="right", va="center", labelpad=12, fontsize=9)
        axis.grid(axis="x", color="0.85", linewidth=0.6)
        for side in ("top", "right", "bottom"):
            axis.spines[side].set_visible(False)
        axis.tick_params(axis="x", length=0)
    labels = [
        say("Start"),
        *(short_label(f"{s.number}. {s.stage.name}", 20, 5) for s in check.stages),
    ]
    failed = [f"\n{say(_FAILED[stage.failed])}" if stage.failed else "" for stage in check.stages]
    axes[-1].set_xticks(
        places,
        [label + what for label, what in zip(labels, ["", *failed], strict=True)],
        fontsize=8,
    )
    axes[-1].set_xlim(-0.4, len(check.stages) + 0.6)
    title = f"{check.plan.name} ({check.concept})"
    figure.suptitle(wrapped_label(title, 60), fontsize=11)
    figure.supxlabel(
        say(
            "Line: the party's rank after each stage. Bar: what it stands to lose if others renege "
            "there,\nwith the number of its statements. Shaded: stages that fail."
        ),
        fontsize=8,
    )
    return Picture(figure, title, _described(check))


def _described(check: RoadmapCheck) -> str:
    name = partial(party_name, check.model.dispute)
    lines = verdict_lines(check)
    for stage in check.stages:
        ranks = ", ".join(
            say(
                "{party} {before} to {after}",
                party=name(one.party),
                before=one.before,
                after=one.after,
            )
            for one in stage.standings
        )
        lines.append(
            say(
                "Stage {number}, {stage}: ranks {ranks}.",
                number=stage.number,
                stage=stage.stage.name,
                ranks=ranks,
            )
        )
        exposed = [one for one in stage.standings if one.exposure]
        if exposed:
            losses = say("; ").join(
                say("{party} loses {lost}", party=name(one.party), lost=lost_words(one))
                for one in exposed
            )
            lines.append(
                say("Exposed at stage {number}: {parties}.", number=stage.number, parties=losses)
            )
    return " ".join(lines)
