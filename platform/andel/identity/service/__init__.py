"""Sign-in, sessions, people and operators: what the gate does."""
