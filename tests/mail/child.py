"""A process of its own that sends one mail: `python -m tests.mail.child DATABASE_URL PORT`."""

import sys

from guardian.engine.weekly import Sent, letters_of, send
from guardian.store.database import open_store
from tests.mail.post_office import PostOffice
from tests.mail.world import NOW, make_engine, make_post, only


def main(url: str, port: str) -> None:
    store = open_store(url)
    engine, post = make_engine(store, lambda: NOW), make_post(PostOffice(port=int(port)))
    send(engine, post, letters_of(engine, post), only(), Sent())
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
