"""Every report there is about a programme, by its name."""

from typing import Final

from projections.report_cohorts import COHORTS
from projections.report_dashboard import DASHBOARD
from projections.report_equity import EQUITY, EQUITY_CROSSED
from projections.report_funnel import FUNNEL
from projections.report_hours import HOURS
from projections.report_learning import LEARNING
from projections.report_lists import AT_RISK, RELATIONSHIPS
from projections.report_mentors import MENTORS
from projections.reporting import Reports

MODELS: Final = ("participation", "passed_on", "accountability", "meetings", "proposals", "surveys")
"""The read models they are made of, beside the programmes and their relationships."""

REPORTS: Final[Reports] = {
    report.name: report
    for report in (
        DASHBOARD,
        FUNNEL,
        COHORTS,
        AT_RISK,
        MENTORS,
        EQUITY,
        EQUITY_CROSSED,
        LEARNING,
        HOURS,
        RELATIONSHIPS,
    )
}
