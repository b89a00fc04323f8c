"""A report written in Word, read with care and sorted into the sections of the notice."""
