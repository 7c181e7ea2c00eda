"""detente: a workbench for the analysis of disputes between states.

>>> import detente
>>> dispute = detente.load("prisoners-dilemma")
>>> result = detente.analyse(dispute)
>>> result
<Analysis of "Prisoner's Dilemma": 2 parties, 2 options, 4 states; equilibria: ...>
"""

from detente.changes.inverse import Inverse, inverse
from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError
from detente.evidence.claims import CheckedClaim, check_claims
from detente.files.dispute_file import build as from_dict
from detente.files.dispute_file import case_names, load
from detente.forecast.linkage.bargain import Bargain, bargain
from detente.formats.analysis import FormatAnalysis, analyse_formats
from detente.queries.answer import Answer
from detente.queries.evaluation import ask
from detente.report.write import write_report
from detente.roadmap.check.verdicts import RoadmapCheck, check_roadmap
from detente.roadmap.compliance.simulation import RoadmapSimulation, simulate_roadmap
from detente.roadmap.repair.repairs import RoadmapRepair, repair_roadmap
from detente.roadmap.search.synthesis import RoadmapSearch, find_roadmaps
from detente.robustness.draws import Uncertainty
from detente.robustness.run.sweep import Robustness, robust
from detente.stability.analysis import Analysis, analyse
from detente.stability.coalitions import CoalitionAnalysis, analyse_coalitions
from detente.stability.explain import Explanation
from detente.stability.hypergame import Hypergame, analyse_hypergame
from detente.stability.paths import PathAnalysis, analyse_paths
from detente.stability.strength import StrengthAnalysis, analyse_strength
from detente.stability.unknown import UnknownAnalysis, analyse_unknown

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "Answer",
    "Bargain",
    "CheckedClaim",
    "CoalitionAnalysis",
    "Dispute",
    "DisputeError",
    "Explanation",
    "FormatAnalysis",
    "Hypergame",
    "Inverse",
    "PathAnalysis",
    "RoadmapCheck",
    "RoadmapRepair",
    "RoadmapSearch",
    "RoadmapSimulation",
    "Robustness",
    "StrengthAnalysis",
    "Uncertainty",
    "UnknownAnalysis",
    "__version__",
    "analyse",
    "analyse_coalitions",
    "analyse_formats",
    "analyse_hypergame",
    "analyse_paths",
    "analyse_strength",
    "analyse_unknown",
    "ask",
    "bargain",
    "case_names",
    "check_claims",
    "check_roadmap",
    "find_roadmaps",
    "from_dict",
    "inverse",
    "load",
    "repair_roadmap",
    "robust",
    "simulate_roadmap",
    "write_report",
]
