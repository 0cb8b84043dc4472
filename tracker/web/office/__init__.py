"""The pages of the office itself: sign-in, people, units, categories, holidays, log, the first page (工作台)."""
