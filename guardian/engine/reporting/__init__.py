"""The reports, each as a plain body (`"schema": "guardian.report.NAME/1"`) for command line, HTTP, pages and mail."""

from guardian.engine.reporting.change import change_report as change_report
from guardian.engine.reporting.load import cost_report as cost_report
from guardian.engine.reporting.load import load_report as load_report
from guardian.engine.reporting.load import rates_of as rates_of
from guardian.engine.reporting.meeting import meeting_report as meeting_report
from guardian.engine.reporting.savings import savings_report as savings_report
from guardian.engine.reporting.scope import UnknownScope as UnknownScope
from guardian.engine.reporting.scope import weeks_of_scope as weeks_of_scope
from guardian.engine.reporting.series import EVERYTHING as EVERYTHING
from guardian.engine.reporting.series import Eyes as Eyes
from guardian.engine.reporting.series import series_report as series_report
