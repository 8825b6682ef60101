"""The screens of the apps, and their base classes."""
