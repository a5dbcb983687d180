"""One function for each thing that can happen; a few lines each. No SQL, no Telegram, no words."""
