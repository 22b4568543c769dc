"""Messages: the built-in texts, and templates checked and filled in."""

from guardian.policy.model import Matcher, PolicySet, Rule
from guardian.policy.templates import VARIABLES, check_template, render
from guardian.policy.texts import default_text

__all__ = ["VARIABLES", "check_template", "default_text", "render", "template_for", "urgent_words"]


def template_for(policy: PolicySet, rule: Rule, outcome: str) -> str:
    """The rule's own text, else the built-in one."""
    own = policy.message(rule.message) if rule.message else None
    return own if own is not None else default_text(rule.type, outcome)


def urgent_words(policy: PolicySet, rule: Rule) -> str:
    """A title word that opens this rule, for `rule.urgent`; empty when there is none.

    Only an entry that asks for title words alone, and bounds their use by a limit, is a way through for what is urgent; others
    (interviews, workshops) name a kind of meeting. A word with `*` is left out.
    """
    for entry in policy.bypass:
        listed = rule.bypass is None or entry.id in rule.bypass
        if listed and entry.per_organizer_week is not None and entry.when == Matcher(title=entry.when.title):
            for word in entry.when.title or ():
                if "*" not in word:
                    return word
    return ""
