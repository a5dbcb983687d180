"""Ways to people's phones. A channel is a folder; it translates, and has no opinion about medicine."""
