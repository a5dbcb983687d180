"""Years in minutes: made-up people, faults and crashes in virtual time, judged from what reached their phones."""
