"""An independent client, gcal_sync, keeps a calendar in step with the sandbox."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
from gcal_sync.api import GoogleCalendarService
from gcal_sync.auth import AbstractAuth
from gcal_sync.store import InMemoryCalendarStore
from gcal_sync.sync import CalendarEventSyncManager

from tests.sandbox.office import ANA, BEN, CALENDAR, KIM, Office, at, credentials


class _Auth(AbstractAuth):
    def __init__(self, session: aiohttp.ClientSession, host: str, token: str) -> None:
        super().__init__(session, host)
        self._token = token

    async def async_get_access_token(self) -> str:
        return self._token


class Follower:
    """One mailbox followed by the other client."""

    def __init__(self, api: GoogleCalendarService) -> None:
        self.api = api
        self.manager = CalendarEventSyncManager(api, "primary", InMemoryCalendarStore())

    async def titles(self) -> list[str]:
        """Sync, then the titles of all occurrences in order."""
        await self.manager.run()
        timeline = await self.manager.store_service.async_get_timeline()
        return [event.summary for event in timeline.overlapping(at(23, 0), at(30, 0))]


def follow(desk: Office, story: Callable[[Follower], Awaitable[None]]) -> None:
    """Run the story with a follower of Ana's calendar."""
    desk.page(ANA)
    token = next(token for token, grant in desk.server.service.tokens.grants.items() if grant.subject == ANA)

    async def run() -> None:
        async with aiohttp.ClientSession() as session:
            await story(Follower(GoogleCalendarService(_Auth(session, f"{desk.server.url}calendar/v3", token))))

    asyncio.run(run())


def test_full_sync_increments_a_cancelled_occurrence_and_recovery_from_410(desk: Office) -> None:
    assert credentials(desk.server, CALENDAR)
    series = desk.world.invite(BEN, "Standup", at(24, 9), at(24, 10), [ANA], series=["RRULE:FREQ=DAILY;COUNT=4"])
    single = desk.world.invite(KIM, "Offer", at(24, 13), at(24, 14), [ANA])
    desk.world.switches.page_size = 1

    async def story(follower: Follower) -> None:
        assert await follower.titles() == ["Standup", "Offer", "Standup", "Standup", "Standup"]
        desk.world.cancel(desk.world.occurrence(series, at(25, 9)))
        desk.world.edit(single, summary="Better offer")
        assert await follower.titles() == ["Standup", "Better offer", "Standup", "Standup"]
        desk.world.move(desk.world.occurrence(series, at(26, 9)), at(24, 11), at(24, 12))
        assert await follower.titles() == ["Standup", "Standup", "Better offer", "Standup"]
        desk.world.cancel(single)
        desk.world.expire_sync_tokens(ANA)
        assert await follower.titles() == ["Standup", "Standup", "Standup"]
        assert 410 in [entry.status for entry in desk.server.log]

    follow(desk, story)


def test_an_answer_of_ours_comes_back_in_the_next_increment(desk: Office) -> None:
    event = desk.world.invite(KIM, "Offer", at(24, 13), at(24, 14), [ANA])

    async def story(follower: Follower) -> None:
        await follower.titles()
        desk.world.answer(ANA, event, "declined")
        await follower.titles()
        stored = await follower.api.async_get_event("primary", event)
        assert [str(row.response_status) for row in stored.attendees if row.is_self] == ["ResponseStatus.DECLINED"]

    follow(desk, story)
