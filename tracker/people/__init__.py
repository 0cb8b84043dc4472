"""People: departments, users, posts (岗位), roles, sign-in."""
