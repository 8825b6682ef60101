"""The commands without an app: plain lines for pipes and logs."""
