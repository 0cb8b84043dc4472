"""The ground floor: clock, database, encryption, errors, files and text."""
