"""Console reports of a load run as Artillery prints them, made from plain columns of its traffic."""

from simulator.report_artillery1 import artillery1, interim_reports
from simulator.report_artillery2 import artillery2
from simulator.report_traffic import PhaseStart, Traffic

__all__ = ["PhaseStart", "Traffic", "artillery1", "artillery2", "interim_reports"]
