"""What we measure, always against something else in the same run: a ratio holds where seconds do not."""
