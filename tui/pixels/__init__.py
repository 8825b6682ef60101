"""From images to terminal cells: pure numpy, no textual."""
