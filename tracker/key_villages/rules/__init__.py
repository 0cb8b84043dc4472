"""What stands fast about difficult villages: codes, the table of acts, the check list. Pure."""
