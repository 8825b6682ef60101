"""The forward screen: a digit on its way to noise."""
