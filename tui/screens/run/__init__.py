"""The run screen: one digit, step by step."""
