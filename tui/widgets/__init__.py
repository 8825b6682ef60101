"""The widgets of the screens. They show records and numbers, and use no samplers or threads."""
