"""Invented demonstration and benchmark data. Nothing here is a real person, school, number or address."""
