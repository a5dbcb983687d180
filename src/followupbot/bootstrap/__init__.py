"""Where everything is put together: only here do storage, channels and the application meet."""
