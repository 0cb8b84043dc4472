"""督办: the ladder of reminders and escalations, orders to units, instructions of leaders, and what the timer did."""
