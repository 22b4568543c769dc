"""The dashboard: pages without scripts. What is seen is decided in `guardian.web.access`, numbers come from the engine."""

from types import ModuleType


def rooms() -> list[ModuleType]:
    """The modules that have routes of pages."""
    from guardian.web.pages import data, decisions, groups, health, journal, meetings, methods, policy, week

    return [groups, data, decisions, health, journal, meetings, methods, policy, week]
