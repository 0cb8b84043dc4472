"""What people do with a case: one function for each act of the office, the unit and the leaders."""
