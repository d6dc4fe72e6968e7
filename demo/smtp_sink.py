#!/usr/bin/env python3
"""A mail server for trying things out: takes every mail and writes it into a folder, delivers nothing.

    python3 demo/smtp_sink.py FOLDER [PORT]

Listens on 127.0.0.1 only and prints the port it listens on (a free one if none is named). Each mail becomes one file
NNNN.eml, written whole before the sender is told that it was taken. Standard library only.
"""

import itertools
import os
import socketserver
import sys
import threading

MAIL_BYTES_MAX = 10 * 1024 * 1024


class Session(socketserver.StreamRequestHandler):
    """One conversation: enough of RFC 5321 for a sender that follows it."""

    timeout = 60

    def say(self, line):
        self.wfile.write(line.encode("ascii") + b"\r\n")

    def handle(self):
        self.say("220 smtp-sink")
        self.recipients = []
        while True:
            line = self.rfile.readline(1000)
            if not line:
                return
            verb = line[:4].upper()
            if verb in (b"EHLO", b"HELO"):
                self.say("250 smtp-sink")
            elif verb == b"MAIL":
                self.recipients = []
                self.say("250 ok")
            elif verb == b"RCPT":
                self.recipients.append(line.decode("utf-8", "replace").strip())
                self.say("250 ok")
            elif verb == b"DATA":
                if not self.take_mail():
                    return
            elif verb in (b"RSET", b"NOOP"):
                self.say("250 ok")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("502 not known here")

    def take_mail(self):
        self.say("354 go on, a line with a dot ends it")
        lines, size = [], 0
        while True:
            line = self.rfile.readline(MAIL_BYTES_MAX)
            if not line:
                return False  # The sender went away: what came so far is no mail.
            if line in (b".\r\n", b".\n"):
                break
            size += len(line)
            if size > MAIL_BYTES_MAX:
                self.say("552 too large")
                return False
            lines.append(line[1:] if line.startswith(b".") else line)
        self.server.keep(self.recipients, b"".join(lines))
        self.say("250 taken")
        return True


class Sink(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, folder, port):
        super().__init__(("127.0.0.1", port), Session)
        self.folder = folder
        self.numbers = itertools.count(1)
        self.lock = threading.Lock()

    def keep(self, recipients, content):
        with self.lock:
            path = os.path.join(self.folder, f"{next(self.numbers):04}.eml")
        head = "".join(f"X-Envelope: {recipient}\r\n" for recipient in recipients).encode("utf-8")
        with open(path + ".part", "wb") as file:
            file.write(head + content)
        os.rename(path + ".part", path)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    os.makedirs(sys.argv[1], exist_ok=True)
    port = int(sys.argv[2]) if len(sys.argv) == 3 else 0
    with Sink(sys.argv[1], port) as sink:
        print(sink.server_address[1], flush=True)
        sink.serve_forever()


if __name__ == "__main__":
    main()
