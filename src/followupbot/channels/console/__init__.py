"""The same conversation in a terminal, for previewing a care protocol: nothing is sent, and nothing is kept."""
