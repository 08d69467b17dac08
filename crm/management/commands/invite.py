"""./dev manage invite USERNAME [--remove-second-step]"""

import json
from argparse import ArgumentParser
from typing import Any

from accounts.actions import invite_user, take_off_second_step
from accounts.models import User
from crm.base import clock
from crm.management.answering import AnsweringCommand


class Command(AnsweringCommand):
    help = "Print a link by which a user sets his password himself; mail it to him where he has an address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument(
            "--remove-second-step",
            action="store_true",
            help="also take off authenticator app, passkeys and recovery codes, for who lost them",
        )

    def answer(self, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            self.refuse([f"Nobody has the user name {options['username']}."])
            return
        if not user.is_active:
            self.refuse([f"The account {user.username} is closed."])
            return
        now = clock.now()
        removed = take_off_second_step(user, actor=None, at=now) if options["remove_second_step"] else 0
        link, mailed = invite_user(user, actor=None, at=now)
        print(link)
        line = {"kind": "invitation", "username": user.username, "mailed": mailed, "steps_removed": removed}
        print(json.dumps(line, ensure_ascii=False))
