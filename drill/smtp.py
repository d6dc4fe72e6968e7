"""A mail server for the mail drill: takes mails, notes each in a file, and is slow or refuses where its domain says so.

slow.example takes a second for each mail; half.example says "not now" the first time it hears of a recipient; every other
domain takes what comes. One line per mail that was taken: recipient and Message-ID.
"""

import asyncio
import re
import sys

from aiosmtpd.controller import Controller

SLOW_S = 1.0


class Taking:
    def __init__(self, path):
        self.book = open(path, "a", buffering=1, encoding="utf-8")
        # Kept in a file too: the server is stopped and started in between.
        self.refused = open(path + ".refused", "a+", buffering=1, encoding="utf-8")
        self.refused.seek(0)
        self.heard = set(self.refused.read().split())

    async def handle_DATA(self, server, session, envelope):
        recipient = envelope.rcpt_tos[0]
        domain = recipient.rsplit("@", 1)[-1]
        if domain == "slow.example":
            await asyncio.sleep(SLOW_S)
        if domain == "half.example" and recipient not in self.heard:
            self.heard.add(recipient)
            self.refused.write(recipient + "\n")
            return "451 not now"
        found = re.search(rb"(?im)^message-id:\s*(\S+)", envelope.content)
        key = found.group(1).decode() if found else "none"
        self.book.write(f"{recipient} {key}\n")
        return "250 taken"


def main():
    port, path = int(sys.argv[1]), sys.argv[2]
    controller = Controller(Taking(path), hostname="127.0.0.1", port=port)
    controller.start()
    print("running", flush=True)
    sys.stdin.read()
    controller.stop()


main()
