"""The hub with one more route, /fire, that changes a case as its owner does."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402
from itertools import count  # noqa: E402

from flask import Flask, request  # noqa: E402
from sqlalchemy import select  # noqa: E402

import run  # noqa: E402
from hub.accounts.access import make_actor  # noqa: E402
from hub.accounts.models import User  # noqa: E402
from hub.app import create_app  # noqa: E402
from hub.cases import services  # noqa: E402
from hub.cases.access import own_case  # noqa: E402
from hub.config import Settings  # noqa: E402
from hub.db import unit_of_work  # noqa: E402

CASE, USERNAME = sys.argv[1:]
numbers = count(1)


def fire() -> str:
    """Change the title n times, each in a transaction of its own."""
    for _ in range(int(request.args["n"])):
        with unit_of_work() as session:
            user = session.scalars(select(User).where(User.username == USERNAME)).one()
            actor = make_actor(user)
            case = own_case(session, actor, CASE, lock=True)
            services.update_case(session, actor, case, {"title": f"第{next(numbers)}次改动"})
    return "ok"


class BenchServer(run.Server):
    """run.py's server with the route added."""

    def load(self) -> Flask:
        """The application of one worker."""
        app = create_app(self.settings)
        app.add_url_rule("/fire", view_func=fire)
        run.spare_the_loaded()
        return app


BenchServer(Settings.from_env()).run()
