"""The screens of the app, and what each of them is built on."""
