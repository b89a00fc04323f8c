"""What in the records of a school is worth a question: pure functions from rows to findings, no database (0018)."""
