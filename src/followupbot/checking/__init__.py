"""`check`: protocols, words and the clinic's file together, as they would be published."""
