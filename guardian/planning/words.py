"""The words the guardian leaves in calendars."""

from guardian.policy.model import Rule

BLOCK_TITLE = "Focus time"


def block_description(rule: Rule) -> str:
    """Who made the block, under which rule, and how to be left alone."""
    return (
        f"Booked by the calendar guardian under the team's rule '{rule.id}' ({rule.place}). "
        "It is laid around what you accepted and follows your calendar. "
        "To be left alone, move or delete it: the guardian then books nothing on that day again. "
        "To stop it for good, change the rule in the policy file."
    )
