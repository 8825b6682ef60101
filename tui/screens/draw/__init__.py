"""The canvas: a drawing of the user's, its U-turns, and the filling in of a part of it."""
