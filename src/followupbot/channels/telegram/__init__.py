"""Telegram, by the Bot API: updates in, messages out. The only package that knows python-telegram-bot."""
