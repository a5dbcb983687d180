"""`python -m followupbot` and the `followupbot` command."""

from followupbot.cli import app


def main() -> None:
    """Run the command line."""
    app.main()


if __name__ == "__main__":
    main()
