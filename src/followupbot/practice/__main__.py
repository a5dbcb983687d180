"""`python -m followupbot.practice`: the practice Telegram on this machine, until Ctrl-C."""

import argparse
import asyncio
import contextlib
import sys

from followupbot.practice.server import DEFAULT_NAME, DEFAULT_TOKEN, DEFAULT_USERNAME, Practice


def main() -> None:
    """Reads the arguments and serves."""
    parser = argparse.ArgumentParser(prog="python -m followupbot.practice", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default %(default)s)")
    parser.add_argument("--port", type=int, default=8081, help="port to listen at; 0 for any (default %(default)s)")
    parser.add_argument("--token", default=DEFAULT_TOKEN, help="the bot's token (default %(default)s)")
    parser.add_argument("--username", default=DEFAULT_USERNAME, help="the bot's username (default %(default)s)")
    parser.add_argument("--name", default=DEFAULT_NAME, help="the bot's name (default %(default)s)")
    parser.add_argument("--no-limits", action="store_true", help="do not limit how fast the bot may send")
    arguments = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(arguments))


async def _serve(arguments: argparse.Namespace) -> None:
    practice = Practice(
        token=arguments.token,
        username=arguments.username,
        name=arguments.name,
        limits=not arguments.no_limits,
    )
    async with practice.serve(arguments.host, arguments.port) as address:
        sys.stdout.write(f"phones at {address}/\nBot API at {address}/bot\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
