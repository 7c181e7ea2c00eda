"""detente: a workbench for the analysis of disputes between states.

>>> import detente
>>> dispute = detente.load("prisoners-dilemma")
>>> result = detente.analyse(dispute)
>>> result
<Analysis of "Prisoner's Dilemma": 2 parties, 2 options, 4 states; equilibria: ...>
"""

from importlib import import_module
from logging import NullHandler, getLogger
from typing import TYPE_CHECKING, Any, Final
from warnings import warn

if TYPE_CHECKING:
    from detente.briefing.brief import Brief, brief
    from detente.changes.inverse import Inverse, analyse_inverse
    from detente.changes.offers import offers as find_offers
    from detente.changes.rankings import StableRankings, find_stable_rankings
    from detente.changes.versions import Version, read_version
    from detente.dispute.dispute import Dispute
    from detente.dispute.errors import (
        DetenteError,
        DisputeError,
        EnvironmentFault,
        LimitError,
        QueryError,
    )
    from detente.evidence.attribution import ComparedVersions, compare_versions
    from detente.evidence.claims import CheckedClaim, check_claims
    from detente.evidence.reading.anchors import anchors as find_anchors
    from detente.evidence.reading.readers import Reading, read_files
    from detente.files.dispute_file import build_dispute
    from detente.files.games import convert_to_nfg
    from detente.files.gmcr import convert_from_gmcr, convert_to_gmcr
    from detente.files.joining import Joined, join
    from detente.files.loading import list_cases, load
    from detente.forecast.analysis import Forecast, forecast
    from detente.forecast.linkage.bargain import Bargain, bargain
    from detente.formats.analysis import FormatAnalysis, analyse_formats
    from detente.mediation.envoy import Envoy, send_envoy
    from detente.queries.answer import Answer
    from detente.queries.evaluation import ask
    from detente.report.plots.ranks import ranks_picture as draw_ranks
    from detente.report.write import write_report
    from detente.roadmap.check.verdicts import RoadmapCheck, check_roadmap
    from detente.roadmap.compliance.simulation import RoadmapSimulation, simulate_roadmap
    from detente.roadmap.repair.repairs import RoadmapRepair, repair_roadmap
    from detente.roadmap.search.synthesis import RoadmapSearch, find_roadmaps
    from detente.robustness.draws import Uncertainty
    from detente.robustness.drivers import drivers as find_drivers
    from detente.robustness.run.sweep import Robustness, analyse_robustness
    from detente.stability.analysis import Analysis, analyse
    from detente.stability.coalitions import CoalitionAnalysis, analyse_coalitions
    from detente.stability.explain import Explanation
    from detente.stability.explained_state import ExplainedState, explain
    from detente.stability.found_paths import PathAnalysis
    from detente.stability.hypergame import Hypergame, analyse_hypergame
    from detente.stability.paths import analyse_paths
    from detente.stability.strength import StrengthAnalysis, analyse_strength
    from detente.stability.symbolic_analysis import Budget, SymbolicAnalysis, analyse_symbolically
    from detente.stability.uncertain import UncertainAnalysis, analyse_uncertain

__version__ = "0.1.0"

# A library is silent: whoever wants to know what it does adds a handler to this logger.
getLogger(__name__).addHandler(NullHandler())

__all__ = [
    "Analysis",
    "Answer",
    "Bargain",
    "Brief",
    "Budget",
    "CheckedClaim",
    "CoalitionAnalysis",
    "ComparedVersions",
    "DetenteError",
    "Dispute",
    "DisputeError",
    "EnvironmentFault",
    "Envoy",
    "ExplainedState",
    "Explanation",
    "Forecast",
    "FormatAnalysis",
    "Hypergame",
    "Inverse",
    "Joined",
    "LimitError",
    "PathAnalysis",
    "QueryError",
    "Reading",
    "RoadmapCheck",
    "RoadmapRepair",
    "RoadmapSearch",
    "RoadmapSimulation",
    "Robustness",
    "StableRankings",
    "StrengthAnalysis",
    "SymbolicAnalysis",
    "UncertainAnalysis",
    "Uncertainty",
    "Version",
    "__version__",
    "analyse",
    "analyse_coalitions",
    "analyse_formats",
    "analyse_hypergame",
    "analyse_inverse",
    "analyse_paths",
    "analyse_robustness",
    "analyse_strength",
    "analyse_symbolically",
    "analyse_uncertain",
    "ask",
    "bargain",
    "brief",
    "build_dispute",
    "check_claims",
    "check_roadmap",
    "compare_versions",
    "convert_from_gmcr",
    "convert_to_gmcr",
    "convert_to_nfg",
    "draw_ranks",
    "explain",
    "find_anchors",
    "find_drivers",
    "find_offers",
    "find_roadmaps",
    "find_stable_rankings",
    "forecast",
    "join",
    "list_cases",
    "load",
    "read_files",
    "read_version",
    "repair_roadmap",
    "send_envoy",
    "simulate_roadmap",
    "write_report",
]

# Where each name comes from. It is imported when it is first used: who wants one analysis does not
# wait for all, and Ctrl-C at the start of a command finds the command.
_PLACES: Final = {
    "ComparedVersions": "detente.evidence.attribution:ComparedVersions",
    "Version": "detente.changes.versions:Version",
    "compare_versions": "detente.evidence.attribution:compare_versions",
    "read_version": "detente.changes.versions:read_version",
    "Analysis": "detente.stability.analysis:Analysis",
    "Answer": "detente.queries.answer:Answer",
    "Bargain": "detente.forecast.linkage.bargain:Bargain",
    "Brief": "detente.briefing.brief:Brief",
    "CheckedClaim": "detente.evidence.claims:CheckedClaim",
    "CoalitionAnalysis": "detente.stability.coalitions:CoalitionAnalysis",
    "DetenteError": "detente.dispute.errors:DetenteError",
    "Dispute": "detente.dispute.dispute:Dispute",
    "DisputeError": "detente.dispute.errors:DisputeError",
    "EnvironmentFault": "detente.dispute.errors:EnvironmentFault",
    "Envoy": "detente.mediation.envoy:Envoy",
    "Explanation": "detente.stability.explain:Explanation",
    "Forecast": "detente.forecast.analysis:Forecast",
    "FormatAnalysis": "detente.formats.analysis:FormatAnalysis",
    "Hypergame": "detente.stability.hypergame:Hypergame",
    "Inverse": "detente.changes.inverse:Inverse",
    "LimitError": "detente.dispute.errors:LimitError",
    "PathAnalysis": "detente.stability.found_paths:PathAnalysis",
    "QueryError": "detente.dispute.errors:QueryError",
    "Reading": "detente.evidence.reading.readers:Reading",
    "RoadmapCheck": "detente.roadmap.check.verdicts:RoadmapCheck",
    "RoadmapRepair": "detente.roadmap.repair.repairs:RoadmapRepair",
    "RoadmapSearch": "detente.roadmap.search.synthesis:RoadmapSearch",
    "RoadmapSimulation": "detente.roadmap.compliance.simulation:RoadmapSimulation",
    "Robustness": "detente.robustness.run.sweep:Robustness",
    "SymbolicAnalysis": "detente.stability.symbolic_analysis:SymbolicAnalysis",
    "Budget": "detente.stability.symbolic_analysis:Budget",
    "analyse_symbolically": "detente.stability.symbolic_analysis:analyse_symbolically",
    "StrengthAnalysis": "detente.stability.strength:StrengthAnalysis",
    "Uncertainty": "detente.robustness.draws:Uncertainty",
    "UncertainAnalysis": "detente.stability.uncertain:UncertainAnalysis",
    "analyse": "detente.stability.analysis:analyse",
    "analyse_coalitions": "detente.stability.coalitions:analyse_coalitions",
    "analyse_formats": "detente.formats.analysis:analyse_formats",
    "analyse_hypergame": "detente.stability.hypergame:analyse_hypergame",
    "analyse_paths": "detente.stability.paths:analyse_paths",
    "analyse_strength": "detente.stability.strength:analyse_strength",
    "analyse_uncertain": "detente.stability.uncertain:analyse_uncertain",
    "ask": "detente.queries.evaluation:ask",
    "bargain": "detente.forecast.linkage.bargain:bargain",
    "brief": "detente.briefing.brief:brief",
    "list_cases": "detente.files.loading:list_cases",
    "check_claims": "detente.evidence.claims:check_claims",
    "check_roadmap": "detente.roadmap.check.verdicts:check_roadmap",
    "send_envoy": "detente.mediation.envoy:send_envoy",
    "find_roadmaps": "detente.roadmap.search.synthesis:find_roadmaps",
    "forecast": "detente.forecast.analysis:forecast",
    "build_dispute": "detente.files.dispute_file:build_dispute",
    "analyse_inverse": "detente.changes.inverse:analyse_inverse",
    "StableRankings": "detente.changes.rankings:StableRankings",
    "find_stable_rankings": "detente.changes.rankings:find_stable_rankings",
    "Joined": "detente.files.joining:Joined",
    "join": "detente.files.joining:join",
    "load": "detente.files.loading:load",
    "read_files": "detente.evidence.reading.readers:read_files",
    "repair_roadmap": "detente.roadmap.repair.repairs:repair_roadmap",
    "analyse_robustness": "detente.robustness.run.sweep:analyse_robustness",
    "simulate_roadmap": "detente.roadmap.compliance.simulation:simulate_roadmap",
    "explain": "detente.stability.explained_state:explain",
    "ExplainedState": "detente.stability.explained_state:ExplainedState",
    "find_offers": "detente.changes.offers:offers",
    "find_drivers": "detente.robustness.drivers:drivers",
    "find_anchors": "detente.evidence.reading.anchors:anchors",
    "convert_from_gmcr": "detente.files.gmcr:convert_from_gmcr",
    "convert_to_gmcr": "detente.files.gmcr:convert_to_gmcr",
    "convert_to_nfg": "detente.files.games:convert_to_nfg",
    "draw_ranks": "detente.report.plots.ranks:ranks_picture",
    "write_report": "detente.report.write:write_report",
}

# What functions were called until all had the form of a verb.
_EARLIER: Final = {
    "analyse_unknown": "analyse_uncertain",
    "case_names": "list_cases",
    "document_from_gmcr": "convert_from_gmcr",
    "envoy": "send_envoy",
    "from_dict": "build_dispute",
    "gmcr_from_dispute": "convert_to_gmcr",
    "inverse": "analyse_inverse",
    "nfg_from_dispute": "convert_to_nfg",
    "robust": "analyse_robustness",
    "stable_rankings": "find_stable_rankings",
}


def __getattr__(name: str) -> Any:
    if name in _EARLIER:
        warn(f"detente.{name} is now detente.{_EARLIER[name]}", DeprecationWarning, stacklevel=2)
        return __getattr__(_EARLIER[name])
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, source = _PLACES[name].partition(":")
    found = getattr(import_module(module), source)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
