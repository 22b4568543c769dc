"""Words that meetings carry: titles, agendas, and the ones without."""

AGENDAS = (
    "Aim: decide on the rollout order.\n1. Where we are\n2. Open risks\n3. Decision and owners\nPre-reading: the plan document.",
    "Goal: agree on the scope of the next release. Please add your questions to the list; we go through them in order.",
    "1. Numbers of last week\n2. What surprised us\n3. What we change, and who does it until when",
    "We want to leave with one proposal written down: options, trade-offs of each, who must weigh in, by when.",
)
NO_AGENDAS = (None, "", "tbd", "Quick chat", "Join: https://meet.google.com/abc-defg-hij")

AD_HOC = (
    "Sprint planning prep",
    "API contract walk-through",
    "Roadmap check-in",
    "Onboarding feedback",
    "Release readiness",
    "Pricing experiment review",
    "Quarterly goals draft",
    "Data pipeline hand-over",
    "Design critique: checkout",
    "Support escalations review",
    "Dashboard scoping",
    "Load test results",
    "Vendor comparison",
    "Knowledge share: tracing",
    "Migration dry run",
    "Brand refresh review",
    "Budget walk-through",
    "Hiring plan",
)
ALONE = ("Lunch", "Dentist", "School run", "Gym", "Write the concept", "Parcel pick-up")
