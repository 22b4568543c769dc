"""What `guardian init` writes: the shipped policy and roster, and a commented `.env`."""

from importlib import resources
from pathlib import Path

FILES = (".env", "config/policies.yaml", "config/people.yaml")

ENVIRONMENT = """\
# Settings of the calendar guardian. Every line is optional; a value here is the default unless it says otherwise.
# Relative paths count from the folder in which the command is run. Keep this file to yourself (mode 0600).

GUARDIAN_POLICIES=config/policies.yaml
# `directory` instead of a file: who is enrolled stands in the directories of the services below (docs/operations.md).
GUARDIAN_PEOPLE=config/people.yaml
GUARDIAN_DATABASE_URL=sqlite:///data/guardian.db
# PostgreSQL: postgresql://USER:PASSWORD@HOST/NAME, better from a file that holds the URL:
#GUARDIAN_DATABASE_URL_FILE=/run/secrets/database-url

# The last resort for times, when neither the roster nor the calendar nor the policy names a zone.
GUARDIAN_TIMEZONE=UTC

# Google Calendar: a service-account key with domain-wide delegation (docs/google.md shows each step).
#GUARDIAN_GOOGLE__CREDENTIALS_FILE=/run/secrets/google-key.json
# To begin with: ask for the reading scope only. Nothing is written to any calendar while this is true.
GUARDIAN_GOOGLE__READ_ONLY=false
# Only for tests and proxies; http:// is accepted on loopback alone.
GUARDIAN_GOOGLE__API_ROOT=https://www.googleapis.com/
# Directory: the administrator as whom it is read; which domains and groups are enrolled, separated by commas.
#GUARDIAN_GOOGLE__ADMIN_SUBJECT=directory-reader@acme.example
#GUARDIAN_GOOGLE__DOMAINS=acme.example
#GUARDIAN_GOOGLE__GROUPS=guardian-pilot@acme.example
GUARDIAN_GOOGLE__DIRECTORY_ROOT=https://admin.googleapis.com/

# Outlook: an app registration with a certificate or a secret (docs/outlook.md shows each step).
#GUARDIAN_OUTLOOK__TENANT_ID=00000000-0000-0000-0000-000000000000
#GUARDIAN_OUTLOOK__CLIENT_ID=00000000-0000-0000-0000-000000000000
#GUARDIAN_OUTLOOK__CERTIFICATE_FILE=/run/secrets/outlook.pem
#GUARDIAN_OUTLOOK__CLIENT_SECRET_FILE=/run/secrets/outlook-secret
#GUARDIAN_OUTLOOK__CLIENT_SECRET=better-in-a-file
#GUARDIAN_OUTLOOK__GROUPS=guardian-pilot@acme.example
# Other clouds, and a certificate authority of your own.
GUARDIAN_OUTLOOK__AUTHORITY=https://login.microsoftonline.com
GUARDIAN_OUTLOOK__GRAPH_ROOT=https://graph.microsoft.com
#GUARDIAN_OUTLOOK__CA_FILE=/etc/ssl/acme.pem
GUARDIAN_OUTLOOK__IN_FLIGHT=4
# Focus blocks made by others, by subject or category.
GUARDIAN_OUTLOOK__FOCUS_NAMES=*focus time*

# A folder with one sub-folder per person, named by e-mail, of .ics files (docs/ics.md).
#GUARDIAN_ICS__ROOT=/srv/calendars

# Nothing is written to any calendar while this is on. The file does the same while it exists, also for a service that runs:
# one `touch` stops everything at once.
GUARDIAN_KILL_SWITCH=false
#GUARDIAN_KILL_SWITCH_FILE=/srv/guardian/STOP

# Seconds between two passes of `guardian serve`, and how far it looks.
GUARDIAN_POLL_INTERVAL=300
GUARDIAN_WINDOW_PAST_DAYS=14
GUARDIAN_WINDOW_FUTURE_DAYS=60

# Where people reach the dashboard, and how they log in (docs/login.md shows each step). Without a provider they use API tokens.
#GUARDIAN_PUBLIC_URL=https://guardian.acme.example
#GUARDIAN_OIDC__ISSUER=https://accounts.google.com
#GUARDIAN_OIDC__CLIENT_ID=the-client-registered-there
#GUARDIAN_OIDC__CLIENT_SECRET_FILE=/run/secrets/oidc-secret
#GUARDIAN_OIDC__CLIENT_SECRET=better-in-a-file
# The `hd` (Google) or `tid` (Microsoft) that an account must have.
#GUARDIAN_OIDC__TENANT=acme.example
#GUARDIAN_OIDC__CA_FILE=/etc/ssl/acme.pem
# Signs the links in mails. Without one the database keeps one of its own.
#GUARDIAN_SESSION_SECRET_FILE=/run/secrets/session-secret
#GUARDIAN_SESSION_SECRET=better-in-a-file
# Who may do more than look at their own, separated by commas; they need not be enrolled. Team leads stand in the policy (`owners`).
#GUARDIAN_ROLES__POLICY_ADMINS=policy@acme.example
#GUARDIAN_ROLES__OPERATORS=operations@acme.example
#GUARDIAN_ROLES__AUDITORS=works-council@acme.example

# The weekly mail (docs/mail.md): the server that takes it, 587 with `starttls`, 465 with `tls`; `off` is for loopback only.
#GUARDIAN_SMTP__HOST=mail.acme.example
GUARDIAN_SMTP__PORT=587
GUARDIAN_SMTP__TLS=starttls
#GUARDIAN_SMTP__FROM=Calendar guardian <guardian@acme.example>
#GUARDIAN_SMTP__USERNAME=guardian
#GUARDIAN_SMTP__PASSWORD_FILE=/run/secrets/smtp-password
#GUARDIAN_SMTP__PASSWORD=better-in-a-file
#GUARDIAN_SMTP__CA_FILE=/etc/ssl/acme.pem
# Everybody gets their own, owners of teams their team's; these addresses get the organisation's, separated by commas.
#GUARDIAN_EMAIL__ORGANISATION=board@acme.example
# From this day and hour on, by each reader's own clock; on the next working day where that one is a holiday.
GUARDIAN_EMAIL__DAY=mon
GUARDIAN_EMAIL__HOUR=8
# What writing and reading an update take, in minutes, and a link to a template of your own in place of ours.
GUARDIAN_EMAIL__WRITE_MINUTES=2
GUARDIAN_EMAIL__READ_MINUTES=5
#GUARDIAN_EMAIL__ASYNC_TEMPLATE=https://wiki.acme.example/daily-update

# Reports on fewer people than this are hidden.
GUARDIAN_PRIVACY__MIN_GROUP=5

# How long things are kept: calendars with their history, decisions and acts, counted in days from the event's end; and
# months for the hours of a person and week. Sums of groups stay (docs/privacy.md).
GUARDIAN_RETENTION__RAW_DAYS=90
GUARDIAN_RETENTION__AGGREGATE_MONTHS=13

# What an hour is taken to cost, everything included: one blended rate for everybody, an estimate. Without it there is no money.
#GUARDIAN_COST__HOURLY_RATE=60
# Three letters; else the policy's `defaults.currency`, else EUR.
#GUARDIAN_COST__CURRENCY=EUR
# A file with a rate per band of the roster, for sums of groups only; never shown (docs/operations.md).
#GUARDIAN_COST__BANDS_FILE=/srv/guardian/bands.yaml
"""

SHIPPED = {"config/policies.yaml": "policies.yaml", "config/people.yaml": "people.example.yaml"}


def template(name: str) -> str:
    """The text of one of FILES."""
    if name == ".env":
        return ENVIRONMENT
    packaged = resources.files("guardian") / "shipped" / SHIPPED[name]
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    checkout = Path(__file__).parents[2] / "config" / SHIPPED[name]  # run from a clone, where nothing is packaged
    return checkout.read_text(encoding="utf-8")
