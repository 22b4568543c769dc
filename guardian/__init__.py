"""The calendar guardian: a written meeting policy, applied carefully to people's calendars."""

__version__ = "0.1.0"
