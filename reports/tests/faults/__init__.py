"""The whole system as processes of its own, to be killed: web, workers, beats, database, broker."""
