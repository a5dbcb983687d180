"""What followupbot knows about following people up: pure, synchronous, standard library only."""
