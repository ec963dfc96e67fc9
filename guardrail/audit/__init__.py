"""What auditors and authorities are given: reports, documents and exports made from evidence.

Pure functions over entries, packs and duties: who calls them reads the log and writes the files.
"""

from guardrail.audit.clocks import Due, running
from guardrail.audit.figures import About, Figures
from guardrail.audit.law import Law, LawControl, LawDuty, LawPack, LawRule
from guardrail.audit.page import Page
from guardrail.audit.report import proof_name, report
from guardrail.audit.tally import Case, Place, Tally
from guardrail.audit.words import LANGUAGES, Words

__all__ = [
    "LANGUAGES",
    "About",
    "Case",
    "Due",
    "Figures",
    "Law",
    "LawControl",
    "LawDuty",
    "LawPack",
    "LawRule",
    "Page",
    "Place",
    "Tally",
    "Words",
    "proof_name",
    "report",
    "running",
]
