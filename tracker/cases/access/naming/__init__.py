"""Whom words may mean (比对): letters name posts and titles more than people, and spell them in many ways."""
