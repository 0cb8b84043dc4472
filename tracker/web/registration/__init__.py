"""The page of registration (登记), and what it answers while it is typed."""
