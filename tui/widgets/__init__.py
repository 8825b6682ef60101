"""What the screens are made of. Widgets know records and numbers, not samplers or threads."""
