"""First floor: turns measured code into one calibrated, decided, explained answer."""
