"""Every command without a screen: plain lines for pipes and logs."""
