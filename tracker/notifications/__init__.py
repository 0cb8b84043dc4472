"""Notices (通知): what a post must be told, and the outbox that brings it to people."""
