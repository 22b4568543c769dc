"""The built-in messages. They go to people in another person's name: short, warm, and with a way through."""

from guardian.model.actions import Outcome

_OPENINGS = {
    "focus_block": "{{ person.first_name }} keeps {% if rule.window %}{{ rule.window }}{% else %}this time{% endif %} "
    "free for focused work.",
    "meeting_free_day": "{% if rule.day %}{{ rule.day }}{% else %}That day{% endif %} is a day without meetings"
    "{% if team.name %} for {{ team.name }}{% else %} for {{ person.first_name }}{% endif %}.",
    "meeting_length": "{{ person.first_name }}'s team keeps meetings a little shorter, so that there is time to breathe between them.",
    "agenda_required": "{{ person.first_name }}'s team meets with a written aim, and "
    '{% if meeting.title %}"{{ meeting.title }}"{% else %}this meeting{% endif %} has none yet.',
    "notice_period": "This invitation came at short notice, and {{ person.first_name }} has planned the time already.",
    "max_attendees": "{{ person.first_name }}'s team keeps meetings small, and many people are invited to this one.",
    "double_booking": "{{ person.first_name }} already has another meeting at this time.",
}
_OTHER_OPENING = "This meeting does not fit the way {{ person.first_name }}'s team plans its time."

_GREETING = "Hi{% if organizer.first_name %} {{ organizer.first_name }}{% endif %}, thank you for the invitation."
_ANSWERS = {
    Outcome.DECLINE: "So this is a no to the time, not to the topic.",
    Outcome.TENTATIVE: "So this is a maybe for now.",
}
_NO_AIM = "Until it has one, this is a no; a line or two on what you want to decide is enough."
_REQUESTS = {
    "agenda_required": "A line or two on what you want to decide{% if rule.due %}, by {{ rule.due }},{% endif %} is enough.",
    "meeting_length": "Would 25 minutes do instead of 30, or 50 instead of 60?",
    "max_attendees": "Could some of them read the outcome instead?",
    "notice_period": "Could it wait a little?",
    "focus_block": "Could it move out of that time?",
    "meeting_free_day": "Could it move to another day?",
    "double_booking": "Could it move?",
}
_ALTERNATIVES = (
    '{% if alternatives %}Times that work for everybody we can see: {{ alternatives | join(", ") }}.\n{% endif %}'
)
_WRITTEN = (
    "{% if links.async_template %}Would a written update do? This may help: {{ links.async_template }}"
    "{% else %}If a written update does, just send it; it will be read.{% endif %}\n"
)
_URGENT = (
    "{% if rule.urgent %}Urgent? Put {{ rule.urgent }} in the title, or write to {{ person.first_name }} directly."
    "{% else %}Urgent? Write to {{ person.first_name }} directly, and a person will look.{% endif %}\n"
)
_SENDER = "{% if person.name %}{{ person.name }}{% else %}{{ person.first_name }}{% endif %}"
_SIGNATURE = (
    f'Sent by the calendar guardian for {_SENDER}{{% if rule.id %}}, rule "{{{{ rule.id }}}}"{{% endif %}}'
    "{% if rule.link %}: {{ rule.link }}{% elif links.policy %}: {{ links.policy }}{% else %}.{% endif %}"
)
_SHORTENED = "This meeting is now a little shorter, so that there is time to breathe before the next one.\n"


def default_text(rule_type: str, outcome: Outcome | str) -> str:
    """The built-in template for what a rule of that type did or asks for.

    `decline` and `tentative` are answers; `shorten` tells the invited people; everything else is a request to the
    organiser. All of them read well when no alternatives and no links are known.
    """
    kind = Outcome(outcome)
    if kind is Outcome.SHORTEN:
        return f"{_SHORTENED}{_SIGNATURE}"
    opening = f"{_GREETING} {_OPENINGS.get(rule_type, _OTHER_OPENING)}"
    if kind in _ANSWERS:
        answer = _NO_AIM if (rule_type, kind) == ("agenda_required", Outcome.DECLINE) else _ANSWERS[kind]
        return f"{opening} {answer}\n{_ALTERNATIVES}{_WRITTEN}{_URGENT}{_SIGNATURE}"
    return f"{opening} {_REQUESTS.get(rule_type, '')}\n{_ALTERNATIVES}{_SIGNATURE}"
