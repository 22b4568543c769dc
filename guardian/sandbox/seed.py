"""A believable organisation, and the invitations that reach it later."""

from datetime import datetime

from guardian.sandbox.world import World


def second_wave(world: World, now: datetime) -> list[str]:
    """New invitations; gives their ids."""
    return [world.invite("x@y.example", "Hello", now, now, list(world.people)[:1])]
