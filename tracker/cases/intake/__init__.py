"""How a case comes in: registration, drafts, earlier matters, history imported from older ledgers."""
